// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"context"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/dhcp4"
	"github.com/bootlace-net/bootlace/internal/netif"
	"github.com/bootlace-net/bootlace/internal/simnet"
	"github.com/bootlace-net/bootlace/internal/udp"
)

// twin starts another server of the same configuration on the site's first LAN.
func (s *site) twin(prefix string) *Server {
	s.t.Helper()
	nic := simnet.Interface{Index: 2, Name: "eth0", LAN: "lan0", Prefix: netip.MustParsePrefix(prefix)}
	host := s.net.Host(nic)
	listen := func(c udp.Config) (Packets, error) { return host.Listen(c) }
	twin := &Server{
		Responder: Responder{Planner: s.server.Planner, Machines: remember(), Fetches: s.server.Fetches}, Tree: s.server.Tree, NoIPv6: true,
		Host: &netif.Host{Interfaces: func() ([]netif.Interface, error) {
			return []netif.Interface{{Index: nic.Index, Name: nic.Name, Up: true, Prefixes: []netip.Prefix{nic.Prefix}}}, nil
		}},
		network: network{udp: listen, packets: func(c udp.PacketConfig) (Packets, error) {
			return listen(udp.Config{Addr: netip.AddrPortFrom(netip.IPv4Unspecified(), c.Port), Broadcast: true, PacketInfo: true})
		}},
	}
	if err := twin.Listen(); err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(s.t.Context())
	done := make(chan error)
	go func() { done <- twin.Serve(ctx) }()
	s.t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			s.t.Error(err)
		}
	})
	synctest.Wait()
	return twin
}

// style is that of a server's last offer to the machine.
func style(r *Responder) (s boot.Strategy) {
	r.Machines.Learn(machine, func(h *boot.History) { s = h.Offered })
	return s
}

// TestTwoServersOfOneConfiguration on one wire: a machine boots from either, and the other one, which hears of no file
// being fetched, does not take that for its offer's fault. A machine that takes neither offer gets the next style from
// both.
func TestTwoServersOfOneConfiguration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, "10.77.0.2/24")
		s.server.Fetches = true
		s.start()
		twin := s.twin("10.77.0.3/24")
		rom := s.station("lan0", "10.99.0.1/32", portClient)
		send := func(typ dhcp4.MessageType, xid uint32) {
			req := ofROM(boot.ArchX64)
			req.typ, req.xid = typ, xid
			rom.send(req.bytes(), everybody)
		}
		var got []boot.Strategy
		for boots := range uint32(4) {
			send(dhcp4.Discover, 100+boots)
			got = append(got, style(&s.server.Responder), style(&twin.Responder))
			time.Sleep(4 * time.Second)
			send(dhcp4.Request, 100+boots)
			winner := &s.server.Responder // in turns
			if boots%2 > 0 {
				winner = &twin.Responder
			}
			winner.Machines.Learn(machine, func(h *boot.History) { h.Note(boot.EvidenceFetched) })
			time.Sleep(2 * time.Minute)
		}
		if diff := cmp.Diff([]boot.Strategy{boot.StrategySkip, boot.StrategySkip, boot.StrategySkip, boot.StrategySkip, boot.StrategySkip, boot.StrategySkip, boot.StrategySkip, boot.StrategySkip}, got); diff != "" {
			t.Errorf("offers of both (-want +got):\n%s", diff)
		}
		send(dhcp4.Discover, 200)
		time.Sleep(4 * time.Second)
		send(dhcp4.Discover, 200)
		if a, b := style(&s.server.Responder), style(&twin.Responder); a != boot.StrategyBINL || b != boot.StrategyBINL {
			t.Errorf("after a try without effect: %s and %s", a, b)
		}
	})
}

// TestOutbidBeforeTheRequestItself: the other server's offer may be heard before the DISCOVER is answered here.
func TestOutbidBeforeTheRequestItself(t *testing.T) {
	for _, early := range []bool{false, true} {
		p := newPlay(t)
		p.r.Fetches = true
		if early {
			p.r.outbid(machine, 1, midnight)
		}
		p.discover(0, 1, boot.ArchX64)
		if !early {
			p.r.outbid(machine, 1, midnight.Add(time.Millisecond))
		}
		p.request(4, 1)
		if ans := p.discover(100, 2, boot.ArchX64); ans.Strategy != boot.StrategySkip {
			t.Errorf("early %v: %s, %s", early, ans.Strategy, ans.Why)
		}
		p.request(104, 2) // this time there was no other offer
		if ans := p.discover(200, 3, boot.ArchX64); ans.Strategy != boot.StrategyBINL {
			t.Errorf("early %v, then alone: %s, %s", early, ans.Strategy, ans.Why)
		}
	}
}
