// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// What a DHCP server sends to a machine alone is not heard here. That it sends the machine elsewhere shows by what comes next:
// the machine takes its address with our offer in hand, and then asks nothing of us.

// Bounds of what is watched.
const (
	unheardAge  = 30 * time.Second // firmware that has its address asks port 4011 or for its file within seconds
	mostWaiting = 256
	mostServers = 64
	mostSilent  = 3 // machines in a row, of a server that machines have booted beside
)

// waitingFor is a machine that was seen to go on to a DHCP server with our offer in hand.
type waitingFor struct {
	server netip.Addr
	at     time.Time
	where  boot.Client // as far as it says where the machine is
}

// besides is what is known of a DHCP server beside which we offer.
type besides struct {
	works  bool // machines that have their address from it have asked us for their files
	silent int  // machines in a row that have not
}

// watch notes a machine that takes its address, unless another server was heard to offer it a boot. The lock is held.
func (r *Responder) watch(x *exchange, s *session) {
	now := x.now
	heard := s.other.same(x.xid, now) || s.rom.same(x.xid, now) && s.outbid
	if r.Machines == nil || !r.Fetches || r.Bare || heard || !s.offered.same(x.xid, now) || !x.server.IsValid() || x.client.MAC.IsZero() || len(r.waiting) >= mostWaiting {
		return
	}
	if r.waiting == nil {
		r.waiting, r.servers = make(map[boot.MAC]waitingFor), make(map[netip.Addr]*besides)
	}
	r.waiting[x.key] = waitingFor{x.server, x.arrival.Time, boot.Client{MAC: x.client.MAC, Interface: x.arrival.Interface}}
}

// offered notes that a machine got an offer to boot from here.
func (r *Responder) offered(x *exchange) {
	r.mu.Lock()
	defer r.mu.Unlock()
	x.session.offered = attempt{x.now, x.xid}
}

// unheard gives the machines that were waited for in vain, where that says something about their DHCP server.
func (r *Responder) unheard(now time.Time) (lost []waitingFor) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for key, w := range r.waiting {
		if now.Sub(w.at) < unheardAge {
			continue
		}
		delete(r.waiting, key)
		asked := false
		r.Machines.Learn(key, func(h *boot.History) { asked = !h.Asked.Before(w.at) })
		if r.server(w.server).lost(asked) {
			lost = append(lost, w)
		}
	}
	return lost
}

func (r *Responder) server(a netip.Addr) *besides {
	if b := r.servers[a]; b != nil {
		return b
	}
	if len(r.servers) >= mostServers {
		clear(r.servers)
	}
	b := &besides{}
	r.servers[a] = b
	return b
}

// lost takes how it went with one more machine, and reports whether it is the server that leads machines elsewhere.
func (b *besides) lost(asked bool) bool {
	if asked {
		b.works, b.silent = true, 0
		return false
	}
	b.silent++
	return !b.works || b.silent >= mostSilent
}

// tellUnheard warns of DHCP servers whose offers lead machines elsewhere.
func (s *Server) tellUnheard(now time.Time) {
	for _, w := range s.unheard(now) {
		s.emit(boot.Event{Time: now, Kind: boot.EventNetwork, Level: boot.LevelWarn, Client: w.where, Once: rivalAge,
			Text:    fmt.Sprintf("a machine took its address from the DHCP server %s with our offer in hand, and then asked nothing of us: that server may send option 60 PXEClient or a boot file of its own in an offer that only the machine hears (bootlace probe shows it; remove them there), or a firewall is in the way of ports 69, 4011 and HTTP's", w.server),
			Network: &boot.Network{Rival: rivalUnheard.String(), Server: w.server}})
	}
}
