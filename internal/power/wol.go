// SPDX-License-Identifier: Apache-2.0

package power

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// wol wakes a machine by its network card, and knows no more of it.
type wol struct {
	mac boot.MAC
	to  []netip.AddrPort
}

// wolPort is the one of the discard service, to which everybody sends them: cards look at the bytes, not at the port.
const wolPort = 9

// wolTimes is how often the packet is sent: nobody acknowledges it.
const wolTimes = 3

func openWoL(w *boot.WoL) (Machine, error) {
	if w.MAC.IsZero() {
		return nil, missing(w.Pos, "wol.mac", "")
	}
	m := &wol{mac: w.MAC}
	if w.Broadcast.IsValid() {
		m.to = []netip.AddrPort{netip.AddrPortFrom(w.Broadcast, wolPort)}
		return m, nil
	}
	var err error
	if m.to, err = broadcasts(w.Interface); err != nil {
		return nil, &Error{Fault: Misconfigured, What: err.Error(), Fix: "say power.wol.broadcast or power.wol.interface at " + w.Pos.String()}
	}
	return m, nil
}

// broadcasts lists the broadcast addresses of an interface's networks; of all interfaces, if none is named.
func broadcasts(name string) (all []netip.AddrPort, err error) {
	list, err := net.Interfaces()
	if name != "" {
		var one *net.Interface
		if one, err = net.InterfaceByName(name); err != nil {
			return nil, fmt.Errorf("interface %s: %w", boot.Excerpt(name, 40), err)
		}
		list = []net.Interface{*one}
	}
	if err != nil {
		return nil, err
	}
	for _, i := range list {
		if i.Flags&net.FlagUp == 0 || i.Flags&net.FlagBroadcast == 0 {
			continue
		}
		addrs, err := i.Addrs()
		if err != nil {
			return nil, err
		}
		for _, a := range addrs {
			if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil {
				all = append(all, netip.AddrPortFrom(broadcast(n), wolPort))
			}
		}
	}
	if len(all) == 0 {
		return nil, errors.New("no interface that is up has an IPv4 network to send to")
	}
	return all, nil
}

func broadcast(n *net.IPNet) netip.Addr {
	ip, mask := n.IP.To4(), net.IP(n.Mask).To4()
	var out [4]byte
	for i := range out {
		out[i] = ip[i] | ^mask[i]
	}
	return netip.AddrFrom4(out)
}

// magicPacket is what a sleeping card listens for: six times ff, and its address sixteen times.
func magicPacket(mac boot.MAC) []byte {
	return append(bytes.Repeat([]byte{0xff}, 6), bytes.Repeat(mac[:], 16)...)
}

// Status follows Machine.
func (*wol) Status(context.Context) (State, error) {
	return Unknown, &Error{Fault: Refused, What: "Wake-on-LAN cannot tell whether a machine is on", Fix: "power by redfish or ipmi can"}
}

// Set follows Machine.
func (w *wol) Set(ctx context.Context, a Action) error {
	if a != TurnOn {
		return &Error{Fault: Refused, What: "Wake-on-LAN can only switch on", Fix: "power by redfish or ipmi can do more"}
	}
	conn, err := net.ListenUDP("udp4", nil) // Go allows broadcasts on all sockets
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // nothing is left in it
	for range wolTimes {
		if err := w.send(conn); err != nil {
			return err
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// send succeeds if one network took it.
func (w *wol) send(conn *net.UDPConn) error {
	var failed []error
	for _, to := range w.to {
		if _, err := conn.WriteToUDPAddrPort(magicPacket(w.mac), to); err != nil {
			failed = append(failed, err)
		}
	}
	if len(failed) < len(w.to) {
		return nil
	}
	return errors.Join(failed...)
}

// BootFromNetworkOnce follows Machine.
func (*wol) BootFromNetworkOnce(context.Context, Way) error {
	return &Error{Fault: Refused, What: "Wake-on-LAN cannot choose what is booted", Fix: "set the order in the firmware, or use power by redfish or ipmi"}
}

// Close follows Machine.
func (*wol) Close() {}
