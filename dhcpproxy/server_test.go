// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"errors"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/dhcp4"
	"github.com/bootlace-net/bootlace/internal/netif"
	"github.com/bootlace-net/bootlace/internal/udp"
)

// said is what a packet on the wire says, in a line.
func said(t *testing.T, b []byte, from, to netip.AddrPort, lan string) string {
	t.Helper()
	p, ok := dhcp4.ParseAnswer(b)
	if !ok {
		t.Fatal("no DHCP reply")
	}
	return strings.Join([]string{lan, from.String(), to.String(), p.Type.String(), p.SIAddr.String(), p.Server.String(), p.File()}, " ")
}

// TestTwoInterfaces: each network is answered on its own wire only, from the address there, with an answer of its own.
func TestTwoInterfaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, "10.77.0.2/24", "10.78.0.2/24", "10.79.0.2/24")
		s.server.Planner, s.server.Host.Served = bySubnet{}, []string{"eth0", "eth1"}
		s.start()
		var got []string
		for _, lan := range []string{"lan0", "lan1"} {
			machine := s.station(lan, "10.99.0.1/32", portClient)
			p := machine.ask(ofROM(boot.ArchX64).bytes(), everybody)
			got = append(got, said(t, p.Data, p.From, p.To, p.LAN))
			time.Sleep(2 * time.Second) // another machine's packet, not the same by two ways
		}
		want := []string{
			"lan0 10.77.0.2:67 255.255.255.255:68 OFFER 10.77.0.2 10.77.0.2 10.77.0.0.efi",
			"lan1 10.78.0.2:67 255.255.255.255:68 OFFER 10.78.0.2 10.78.0.2 10.78.0.0.efi",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		s.station("lan2", "10.99.0.1/32", portClient).send(ofROM(boot.ArchX64).bytes(), everybody)
		if n := len(s.replies()); n != 0 || s.count(SilentInterface) != 1 {
			t.Errorf("%d answers on an interface that is not served", n)
		}
	})
}

// TestRelays: what came through a relay goes back to it, on port 67 or, with RFC 8357, on the port it came from; the
// network that counts is the relay's, or the one it names (RFC 3527).
func TestRelays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, "10.0.0.2/8")
		s.server.Planner = bySubnet{}
		s.start()
		relay := s.station("lan0", "10.9.0.1/8", 40067)
		request := ofROM(boot.ArchX64)
		request.giaddr = "10.9.0.1"
		var got []string
		for _, info := range []string{"\x01\x04ge-1", "\x01\x04ge-1\x13\x00", "\x05\x04\x0a\x55\x00\x00"} {
			packet := request.with(dhcp4.OptRelayAgent, info).bytes()
			p := relay.ask(packet, "10.0.0.2:67")
			checkReply(t, packet, Answer{Reply: p.Data})
			got = append(got, said(t, p.Data, p.From, p.To, p.LAN))
		}
		want := []string{
			"lan0 10.0.0.2:67 10.9.0.1:67 OFFER 10.0.0.2 10.0.0.2 10.9.0.1.efi",
			"lan0 10.0.0.2:67 10.9.0.1:40067 OFFER 10.0.0.2 10.0.0.2 10.9.0.1.efi",
			"lan0 10.0.0.2:67 10.9.0.1:67 OFFER 10.0.0.2 10.0.0.2 10.85.0.0.efi",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// TestInterfaceAppearsAndMoves: without a restart.
func TestInterfaceAppearsAndMoves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, "10.77.0.2/24", "10.78.0.2/24")
		later := s.nics[1]
		s.nics = s.nics[:1]
		s.start()
		machine := s.station("lan1", "10.99.0.1/32", portClient)
		machine.send(ofROM(boot.ArchX64).bytes(), everybody)
		if len(s.replies()) != 0 || s.count(SilentInterface) != 1 {
			t.Fatal("an interface that is not there is served")
		}
		s.change(func(n []netif.Interface) []netif.Interface { return append(n, later) })
		if p := machine.ask(ofROM(boot.ArchX64).bytes(), everybody); p.From.String() != "10.78.0.2:67" {
			t.Errorf("answered from %s", p.From)
		}
		s.change(func(n []netif.Interface) []netif.Interface {
			n[1].Prefixes = []netip.Prefix{netip.MustParsePrefix("10.80.0.9/24")}
			return n
		})
		p := machine.ask(ofROM(boot.ArchX64).bytes(), everybody)
		if reply, _ := dhcp4.ParseAnswer(p.Data); p.From.String() != "10.80.0.9:67" || reply.SIAddr != p.From.Addr() || reply.Server != p.From.Addr() {
			t.Errorf("after the address changed: from %s with siaddr %s", p.From, reply.SIAddr)
		}
		s.change(func(n []netif.Interface) []netif.Interface { return n[:1] })
		var told []string
		s.mu.Lock()
		for _, e := range s.events {
			if e.Kind == boot.EventNetwork {
				told = append(told, e.Client.Interface+": "+e.Text)
			}
		}
		s.mu.Unlock()
		want := []string{"eth1: now answering PXE clients on eth1", "eth1: nothing is answered on eth1 any more: the interface is gone or down, or has no IPv4 address"}
		if diff := cmp.Diff(want, told); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// TestPort4011: answers leave from 4011 and go to where the request came from, be it EDK2's 4011 or iPXE's 68; both types
// are answered; the chosen item comes back.
func TestPort4011(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, "10.77.0.2/24")
		s.start()
		for _, port := range []uint16{portBINL, portClient} {
			machine := s.station("lan0", "10.77.0.100/24", port)
			for _, typ := range []dhcp4.MessageType{dhcp4.Request, dhcp4.Inform} {
				req := ofROM(boot.ArchX64).with(dhcp4.OptVendor, "\x47\x04\x80\x01\x00\x00\xff")
				req.typ, req.ciaddr = typ, "10.77.0.100"
				p := machine.ask(req.bytes(), "10.77.0.2:4011")
				reply, _ := dhcp4.ParseAnswer(p.Data)
				if p.From.String() != "10.77.0.2:4011" || p.To != netip.AddrPortFrom(netip.MustParseAddr("10.77.0.100"), port) {
					t.Errorf("%s from port %d: answered from %s to %s", typ, port, p.From, p.To)
				}
				if reply.Type != dhcp4.Ack || string(dhcp4.SubOption(reply.Vendor, dhcp4.PXEItem)) != "\x80\x01\x00\x00" || reply.File() == "" {
					t.Errorf("%s: %s, item %x, file %q", typ, reply.Type, dhcp4.SubOption(reply.Vendor, dhcp4.PXEItem), reply.File())
				}
			}
		}
	})
}

// TestObserveSendsNothing and says what it would have sent.
func TestObserveSendsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, "10.77.0.2/24")
		s.server.Observe = true
		s.start()
		machine := s.station("lan0", "10.77.0.100/24", portClient)
		machine.send(ofROM(boot.ArchX64).bytes(), everybody)
		binl := ofROM(boot.ArchX64)
		binl.typ, binl.ciaddr = dhcp4.Request, "10.77.0.100"
		machine.send(binl.bytes(), "10.77.0.2:4011")
		if n := len(s.replies()); n != 0 {
			t.Errorf("%d packets were sent", n)
		}
		for _, words := range [][]string{
			{"would be offered", "snponly.efi", `"strategy":"skip"`, machine1()},
			{"would be acknowledged", "snponly.efi", `"port":"4011"`, machine1()},
		} {
			if n := len(s.log.lines(words...)); n != 1 {
				t.Errorf("%d lines with %q in\n%s", n, words, s.log.b.String())
			}
		}
	})
}

func machine1() string { return boot.MAC{0x52, 0x54, 0, 0x12, 0x34, 0x56}.String() }

// TestRotationOnTheWire: EDK2's tries at 0, 4, 12 and 28 s get one style after the other.
func TestRotationOnTheWire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, "10.77.0.2/24")
		s.start()
		machine := s.station("lan0", "10.99.0.1/32", portClient)
		var got []string
		for _, wait := range []time.Duration{0, 4, 8, 16} {
			time.Sleep(wait * time.Second)
			p := machine.ask(ofROM(boot.ArchX64).bytes(), everybody)
			reply, _ := dhcp4.ParseAnswer(p.Data)
			switch {
			case reply.BootNow():
				got = append(got, "skip")
			case !reply.PXE():
				got = append(got, "binl")
			default:
				got = append(got, "menu")
			}
		}
		if diff := cmp.Diff([]string{"skip", "binl", "menu", "skip"}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// TestDelay holds offers back, not answers on 4011.
func TestDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, "10.77.0.2/24")
		s.server.Delay = 300 * time.Millisecond
		s.start()
		machine := s.station("lan0", "10.77.0.100/24", portClient)
		machine.send(ofROM(boot.ArchX64).bytes(), everybody)
		if n := len(s.replies()); n != 0 {
			t.Errorf("%d offers at once", n)
		}
		time.Sleep(301 * time.Millisecond)
		if n := len(s.replies()); n != 1 {
			t.Errorf("%d offers after the delay", n)
		}
		binl := ofROM(boot.ArchX64)
		binl.typ, binl.ciaddr = dhcp4.Request, "10.77.0.100"
		machine.ask(binl.bytes(), "10.77.0.2:4011")
	})
}

// TestSocketModes: what happens where somebody else has the port, and what is said about it.
func TestSocketModes(t *testing.T) {
	type taken = map[uint16]bool
	const beside, bound = "packets to port 67, packets from here to port 68, udp 0.0.0.0:4011, packets to port 68", "udp 0.0.0.0:67, udp 0.0.0.0:4011"
	const owned, kept = "port 67 belongs to dnsmasq (pid 7): reading beside it", "port 67 is kept from any DHCP server that starts on this host later"
	for _, tt := range []struct {
		name    string
		mode    SocketMode
		taken   taken
		refused bool // packet sockets need a privilege that is not there
		opened  string
		notice  string // "": none
		err     string
	}{
		{"auto, free", SocketAuto, taken{}, false, beside, "", ""},
		{"auto, taken", SocketAuto, taken{67: true}, false, beside, owned, ""},
		{"auto, free, no privilege", SocketAuto, taken{}, true, bound, kept, ""},
		{"auto, taken, no privilege", SocketAuto, taken{67: true}, true, "", "", "let Bootlace answer beside it: run as root, or give the binary the right"},
		{"packet", SocketPacket, taken{}, false, beside, "", ""},
		{"packet, taken", SocketPacket, taken{67: true}, false, beside, owned, ""},
		{"packet, no privilege", SocketPacket, taken{}, true, "", "", "dhcp.socket: operation not permitted: run as root"},
		{"udp", SocketUDP, taken{}, false, bound + ", packets to port 68", "", ""},
		{"udp, taken", SocketUDP, taken{67: true}, false, "", "", "set dhcp.socket to auto or packet"},
		{"4011 taken", SocketAuto, taken{4011: true}, false, "", "", "stop it, or switch off its PXE service, which is a ProxyDHCP server too"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t, "10.77.0.2/24")
			s.server.Socket = tt.mode
			s.server.network.udp = func(c udp.Config) (Packets, error) {
				if tt.taken[c.Addr.Port()] {
					return nil, errInUse
				}
				return s.host.Listen(c)
			}
			if tt.refused {
				s.server.network.packets = func(udp.PacketConfig) (Packets, error) { return nil, syscall.EPERM }
			}
			s.server.Host.Owner = func(_ string, port uint16) string {
				if tt.taken[port] {
					return "dnsmasq (pid 7)"
				}
				return ""
			}
			err := s.server.Listen()
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) || !errors.Is(err, errInUse) && !tt.refused || len(s.server.LocalAddrs()) != 0 {
					t.Errorf("error %v with %v open, want %q", err, s.server.LocalAddrs(), tt.err)
				}
				return
			}
			if got := strings.Join(s.server.LocalAddrs(), ", "); err != nil || got != tt.opened {
				t.Errorf("%q, %v; want %q", got, err, tt.opened)
			}
			if got := strings.Join(s.server.Notices(), "\n"); !strings.Contains(got, tt.notice) || tt.notice == "" && got != "" {
				t.Errorf("notices %q, want %q", got, tt.notice)
			}
			if err := s.server.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}
