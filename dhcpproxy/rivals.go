// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// rival is a kind of other server that keeps machines from taking our offers.
type rival uint8

const (
	rivalNone  rival = iota
	rivalProxy       // another ProxyDHCP server
	rivalClass       // a DHCP server that says PXEClient in option 60
	rivalFile        // a DHCP server that names a boot file of its own
	rivalTwice       // ourselves: machines are heard through two interfaces
	rivalCount
)

// String names the kind in metrics.
func (k rival) String() string {
	return [...]string{"none", "proxy", "option-60", "boot-file", "two-interfaces"}[k]
}

// rivalAge is how long after a warning about a server it is not repeated.
const rivalAge = 24 * time.Hour

// judge says what an answer of a server means for machines that want ours. ours reports whether an address is our own.
func (m *message) judge(ours func(netip.Addr) bool) (rival, netip.Addr) {
	id := m.server()
	if !id.IsValid() {
		id = m.siaddr
	}
	netboot := classOf(m.class) != boot.ClassNone
	switch {
	case m.op != bootReply || m.typ != Offer && m.typ != Ack:
		return rivalNone, id
	case !m.yiaddr.IsValid() && ours(id):
		return rivalNone, id // our own broadcast, heard again
	case !m.yiaddr.IsValid() && netboot:
		return rivalProxy, id
	case netboot:
		return rivalClass, id
	case m.yiaddr.IsValid() && (len(m.headerFile) > 0 || len(m.file) > 0):
		return rivalFile, id
	}
	return rivalNone, id
}

// advice says what a rival does and how to end it.
func (k rival) advice(id netip.Addr, m *message) string {
	file := printable(m.headerFile)
	if file == "" {
		file = printable(m.file)
	}
	switch k {
	case rivalProxy:
		return fmt.Sprintf("%s is another ProxyDHCP server on this network: UEFI firmware takes whichever offer comes first. Stop one of the two, or let each deny the other's machines", id)
	case rivalClass:
		return fmt.Sprintf("the DHCP server %s sends option 60 %q: UEFI firmware then asks it for the boot file and never takes ours (PXE-E16). Remove option 60 (vendor-class-identifier) from that server", id, printable(m.class))
	default:
		return fmt.Sprintf("the DHCP server %s names a boot file of its own, %q: some firmware loads that instead of ours. Remove the boot file (option 67, filename) from that server; next-server may stay", id, file)
	}
}

// overhear learns from the answers of other servers: which machine has which address, and what will break booting.
func (s *Server) overhear(packet []byte, a *Arrival) {
	var m message
	if m.parse(packet) != verdictNone || m.op != bootReply {
		return
	}
	if c := (boot.Client{MAC: m.mac(), Addr: m.yiaddr, Interface: a.Interface, Subnet: a.Subnet}); s.Seen != nil && m.typ == Ack &&
		c.Addr.IsValid() && s.knows(c.MAC) {
		s.Seen(c)
	}
	kind, id := m.judge(s.nics.owns)
	if kind == rivalNone || kind == rivalFile && !s.knows(m.mac()) {
		return
	}
	s.counts.rivals[kind].Add(1)
	if !s.notes.due("rival "+kind.String()+id.String(), a.Time, rivalAge) {
		return
	}
	text := kind.advice(id, &m)
	s.Logger.Warn().Str("step", "dhcp").Str("rival", kind.String()).Stringer("server", id).Stringer("mac", m.mac()).
		Str("interface", a.Interface).Msg(text)
	if s.Hook != nil {
		s.Hook(Event{Time: a.Time, Remote: a.Remote.String(), Arrival: *a, Type: m.typ.String(), Client: boot.Client{MAC: m.mac()}, Note: text})
	}
}

// knows reports whether a machine has been answered or refused before; ordinary clients have no record.
func (r *Responder) knows(mac boot.MAC) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.memory != nil && r.memory.known(mac) != nil
}

// owns reports whether an address is one of this host.
func (t *nicTable) owns(a netip.Addr) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, n := range t.nics {
		for _, p := range n.Prefixes {
			if p.Addr() == a {
				return true
			}
		}
	}
	for _, own := range t.addresses {
		if own == a {
			return true
		}
	}
	return false
}

// Advice lists what rivals would be told about in a packet that was captured elsewhere; for probe and doctor. ours is the
// address of the server that is meant to answer, and may be invalid.
func Advice(packet []byte, ours netip.Addr) string {
	var m message
	if m.parse(packet) != verdictNone {
		return ""
	}
	kind, id := m.judge(func(a netip.Addr) bool { return ours.IsValid() && a == ours })
	if kind == rivalNone {
		return ""
	}
	return strings.TrimSpace(kind.advice(id, &m))
}
