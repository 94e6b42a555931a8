// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"fmt"
	"net"
	"net/netip"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/internal/netif"
	"github.com/bootlace-net/bootlace/internal/recorder"
	"github.com/bootlace-net/bootlace/tftpd"
)

// listenTFTP binds the TFTP engine; the task serves it.
func (d *daemon) listenTFTP(s *configs.TFTP) error {
	if !s.Enabled {
		return nil
	}
	srv := d.tftpServer(s)
	if err := d.openUploads(srv, &s.Writes); err != nil {
		return err
	}
	if err := srv.Listen(); err != nil {
		return &SystemError{What: "tftp", Err: netif.ExplainListen(err, "tftp.listen", "")}
	}
	d.recorder.ShowTFTP(srv.Stats)
	d.started = append(d.started, fmt.Sprintf("tftp %v", srv.LocalAddrs()))
	d.tasks = append(d.tasks, job{"tftp", srv.Serve})
	return nil
}

func gso(g configs.GSO) tftpd.GSO {
	switch g {
	case configs.GSOOn:
		return tftpd.On
	case configs.GSOOff:
		return tftpd.Off
	default:
		return tftpd.Auto
	}
}

// tftpServer translates the settings.
func (d *daemon) tftpServer(s *configs.TFTP) *tftpd.Server {
	return &tftpd.Server{
		Opener:     tftpDoor{d.doorFor(s.Allow)},
		Addrs:      everyFamily(s.Listen),
		SinglePort: s.SinglePort,
		Lanes:      s.Lanes,
		MinBlock:   s.BlockSize.Min,
		MaxBlock:   s.BlockSize.Max,
		MaxWindow:  s.WindowSize.Max,
		MTU:        d.host.MTU,
		Retransmit: retransmit(&s.Retransmit),
		Silence:    s.Retransmit.Silence,
		GSO:        gso(s.GSO),
		BusyPoll:   s.BusyPoll,
		Pin:        s.Pin,
		Limits: tftpd.Limits{
			Transfers: s.Limits.Transfers, Unproved: s.Limits.Unproved, PerAddress: s.Limits.PerAddress, PerPrefix: s.Limits.PerPrefix,
			RequestRate: float64(s.Limits.RequestsPerSecond), Memory: int64(s.Cache), Networks: s.Allow, Broadcasts: s.Broadcast,
		},
		Events: d.tftpEvent,
	}
}

// retransmit sets the same bounds for every class of client; what is zero keeps the class's own.
func retransmit(s *configs.Retransmit) map[tftpd.Class]tftpd.Retransmit {
	all := make(map[tftpd.Class]tftpd.Retransmit)
	for c := tftpd.Other; c <= tftpd.WindowsBoot; c++ {
		all[c] = tftpd.Retransmit{Floor: s.Min, Ceiling: s.Max, Initial: s.Initial}
	}
	return all
}

// tftpEvent adds to an event of the TFTP engine which machine it is about. Who asked was found out when the file was opened;
// only of requests that the engine refuses by itself nobody knows yet.
func (d *daemon) tftpEvent(event tftpd.Event) {
	e := recorder.FromTFTP(event)
	switch x := event.(type) {
	case tftpd.Finished:
		d.about(&e, &x.Request)
		if a, ok := x.Request.Label.(asker); ok && whole(&x) {
			d.fetched(a)
		}
	case tftpd.TooManyBlocks:
		d.about(&e, &x.Request)
	}
	d.recorder.Record(e)
}

// whole reports whether a client has all of a file. Some never acknowledge the last block.
func whole(x *tftpd.Finished) bool {
	return !x.Request.Write && (x.Outcome == tftpd.Complete || x.Outcome == tftpd.Unconfirmed)
}

func (d *daemon) about(e *boot.Event, r *tftpd.Request) {
	a, ok := r.Label.(asker)
	if !ok {
		a = d.decider.asker(d.decider.current(), r.Name, r.Remote.Addr())
	}
	e.About(a.plan)
	e.Transfer.By = a.by
}

// everyFamily turns a port without an address into that port on all addresses of both families.
func everyFamily(listen []netip.AddrPort) []netip.AddrPort {
	var out []netip.AddrPort
	for _, a := range listen {
		if a.Addr().IsValid() {
			out = append(out, a)
			continue
		}
		out = append(out, netip.AddrPortFrom(netip.IPv4Unspecified(), a.Port()))
		if hasIPv6() {
			out = append(out, netip.AddrPortFrom(netip.IPv6Unspecified(), a.Port()))
		}
	}
	return out
}

// hasIPv6 asks the system by opening a socket; containers often come without.
func hasIPv6() bool {
	c, err := net.ListenPacket("udp6", "[::]:0")
	if err != nil {
		return false
	}
	return c.Close() == nil
}
