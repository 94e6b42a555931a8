// SPDX-License-Identifier: Apache-2.0

package power

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/bootlace-net/bootlace/boot"
)

// within does f in a new network namespace with two networks: wake0, whose other end is heard0, and other0. The thread ends with it.
func within(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("NOT TESTED: needs root to make a network namespace")
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked: the thread is of no use to others any more
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			t.Error(err)
			return
		}
		for _, line := range []string{
			"link set lo up", "link add wake0 type veth peer name heard0", "link add other0 type veth peer name other1",
			"addr add 10.97.1.1/24 dev wake0", "addr add 10.97.2.1/25 dev other0",
			"link set wake0 up", "link set heard0 up", "link set other0 up", "link set other1 up",
		} {
			if out, err := exec.Command("ip", strings.Fields(line)...).CombinedOutput(); err != nil {
				t.Errorf("ip %s: %v: %s", line, err, out)
				return
			}
		}
		f(t)
	}()
	<-done
}

// heard listens on an interface for the frames of one way to wake, and gives their addresses and payloads.
func heard(t *testing.T, name string, wake func()) (all []string) {
	i, err := net.InterfaceByName(name)
	if err != nil {
		t.Error(err)
		return nil
	}
	const every = 0x0300 // ETH_P_ALL in network order
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW, every)
	if err != nil {
		t.Error(err)
		return nil
	}
	defer unix.Close(fd)
	_ = unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Usec: 200_000})
	if err := unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: every, Ifindex: i.Index}); err != nil {
		t.Error(err)
		return nil
	}
	wake()
	b := make([]byte, 2000)
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); {
		n, _, err := unix.Recvfrom(fd, b, 0)
		if err != nil {
			break
		}
		const ip, udp = 14, 14 + 20
		if n > udp+8 && b[12] == 8 && b[13] == 0 && b[ip+9] == unix.IPPROTO_UDP && b[udp+3] == wolPort {
			all = append(all, fmt.Sprintf("%v %v % x", net.HardwareAddr(b[:6]), net.IP(b[ip+16:ip+20]), b[udp+8:n]))
		}
	}
	return all
}

// TestWakeOnLAN sees the packet on the wire: to everybody in the network that is meant, and in no other.
func TestWakeOnLAN(t *testing.T) {
	mac := boot.MAC{0x52, 0x54, 0, 0, 0, 1}
	packet := fmt.Sprintf("% x", append(bytes.Repeat([]byte{0xff}, 6), bytes.Repeat(mac[:], 16)...))
	want := "ff:ff:ff:ff:ff:ff 10.97.1.255 " + packet
	within(t, func(t *testing.T) {
		for name, tc := range map[string]struct {
			way             boot.WoL
			here, elsewhere bool
		}{
			"interface": {boot.WoL{MAC: mac, Interface: "wake0"}, true, false},
			"broadcast": {boot.WoL{MAC: mac, Broadcast: netip.MustParseAddr("10.97.1.255")}, true, false},
			"all":       {boot.WoL{MAC: mac}, true, true},
			"other":     {boot.WoL{MAC: mac, Interface: "other0"}, false, true},
		} {
			wake := func() {
				m, err := Open(t.Context(), &Target{Power: boot.Power{WoL: &tc.way}})
				if err == nil {
					err = m.Set(t.Context(), TurnOn) // in this thread
				}
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
			got := heard(t, "heard0", wake)
			if tc.here && (len(got) != wolTimes || got[0] != want) || !tc.here && len(got) > 0 {
				t.Errorf("%s: %q", name, got)
			}
			if got := heard(t, "other1", wake); (len(got) > 0) != tc.elsewhere {
				t.Errorf("%s: %d packets in the other network", name, len(got))
			}
		}
	})
}

func TestWakeOnLANErrors(t *testing.T) {
	mac := boot.MAC{0x52, 0x54, 0, 0, 0, 1}
	for _, tc := range []struct {
		way   boot.WoL
		order Order
		want  string
	}{
		{boot.WoL{MAC: mac, Broadcast: netip.MustParseAddr("127.255.255.255")}, Order{Action: TurnOff}, "node1: Wake-on-LAN of 52:54:00:00:00:01: Wake-on-LAN can only switch on"},
		{boot.WoL{MAC: mac, Broadcast: netip.MustParseAddr("127.255.255.255")}, Order{Action: Cycle, Network: true}, "Wake-on-LAN cannot choose what is booted"},
		{boot.WoL{MAC: mac, Broadcast: netip.MustParseAddr("127.255.255.255")}, Order{}, "cannot tell whether a machine is on"},
		{boot.WoL{MAC: mac, Interface: "nosuch0"}, Order{Action: TurnOn}, "interface nosuch0"},
		{boot.WoL{}, Order{Action: TurnOn}, "power.wol.mac is not said"},
	} {
		_, err := (&Desk{}).Do(t.Context(), &Target{Name: "node1", Power: boot.Power{WoL: &tc.way}}, tc.order)
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%v; want %s", err, tc.want)
		}
	}
}
