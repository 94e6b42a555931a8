// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"slices"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/netif"
)

// follow keeps up with this host until done is closed: it enters DHCPv6's group on interfaces that appear, looks for DHCP
// servers that start, and tells of both.
func (s *Server) follow(done <-chan struct{}) {
	known := s.served
	for tick := time.NewTicker(netif.Age); ; {
		select {
		case <-done:
			tick.Stop()
			return
		case now := <-tick.C:
			if served, err := s.Host.Serving(); err == nil {
				s.enter(served)
				known = s.tellChanges(known, answering(served), now)
			}
			s.tellUnheard(now)
			for _, c := range s.sockets {
				if text := s.findOwner(c); text != "" {
					s.emit(boot.Event{Time: now, Kind: boot.EventNetwork, Level: boot.LevelInfo, Text: text})
				}
			}
		}
	}
}

// answering names the interfaces on which a machine can get an answer.
func answering(served []netif.Interface) (names []string) {
	for _, i := range served {
		if i.Up && i.HasIPv4() {
			names = append(names, i.Name)
		}
	}
	return names
}

// tellChanges says which interfaces came and went.
func (s *Server) tellChanges(before, after []string, now time.Time) []string {
	tell := func(level boot.Level, name, text string) {
		s.emit(boot.Event{Time: now, Kind: boot.EventNetwork, Level: level, Client: boot.Client{Interface: name}, Text: text})
	}
	for _, name := range after {
		if !slices.Contains(before, name) {
			tell(boot.LevelInfo, name, "now answering PXE clients on "+name)
		}
	}
	for _, name := range before {
		if !slices.Contains(after, name) {
			tell(boot.LevelWarn, name, "nothing is answered on "+name+" any more: the interface is gone or down, or has no IPv4 address")
		}
	}
	return after
}
