// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"fmt"
	"net/netip"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/dhcp4"
)

// rival is a kind of other server that keeps machines from taking our offers.
type rival uint8

const (
	rivalNone    rival = iota
	rivalProxy         // another ProxyDHCP server
	rivalClass         // a DHCP server that says PXEClient in option 60
	rivalFile          // a DHCP server that names a boot file of its own
	rivalTwice         // ourselves: machines are heard through two interfaces
	rivalUnheard       // a DHCP server that leads machines elsewhere by what only they hear
	rivalCount
)

// String names the kind in metrics.
func (k rival) String() string {
	return [...]string{"none", "proxy", "option-60", "boot-file", "two-interfaces", "unheard"}[k]
}

// judge says what an answer of a server means for machines that want ours. ours reports whether an address is our own.
func judge(m *dhcp4.Message, ours func(netip.Addr) bool) (rival, netip.Addr) {
	id := m.Server()
	if !id.IsValid() {
		id = m.SIAddr
	}
	netboot := dhcp4.ClassOf(m.Class) != boot.ClassNone
	switch {
	case m.Op != dhcp4.OpReply || m.Type != dhcp4.Offer && m.Type != dhcp4.Ack:
		return rivalNone, id
	case !m.YIAddr.IsValid() && ours(id):
		return rivalNone, id // our own broadcast, heard again
	case !m.YIAddr.IsValid() && netboot:
		return rivalProxy, id
	case netboot && !ours(id): // ours leads machines to port 4011 of this host, where we answer
		return rivalClass, id
	case m.YIAddr.IsValid() && (len(m.HeaderFile) > 0 || len(m.BootFile) > 0):
		return rivalFile, id
	}
	return rivalNone, id
}

// advice says what a rival does and how to end it.
func (k rival) advice(id netip.Addr, m *dhcp4.Message) string {
	file := dhcp4.Printable(m.HeaderFile)
	if file == "" {
		file = dhcp4.Printable(m.BootFile)
	}
	switch k {
	case rivalProxy:
		return fmt.Sprintf("%s is another ProxyDHCP server on this network: of two offers with a file UEFI firmware takes the first, iPXE that of the higher priority, which ours is, unless it has its address by then; ROMs differ. Stop one of the two, or let each deny the other's machines", id)
	case rivalClass:
		return fmt.Sprintf("the DHCP server %s sends option 60 %q: UEFI firmware then asks it for the boot file, and never takes ours by PXE (PXE-E16); an iPXE does so if that offer comes before ours (Nothing to boot). Remove option 60 (vendor-class-identifier) from that server", id, dhcp4.Printable(m.Class))
	default:
		return fmt.Sprintf("the DHCP server %s names a boot file of its own, %q: some firmware loads that instead of ours. Remove the boot file (option 67, filename) from that server; next-server may stay", id, file)
	}
}

// RivalNames lists the kinds of servers that get into the way.
func RivalNames() []string {
	var names []string
	for k := rivalProxy; k < rivalCount; k++ {
		names = append(names, k.String())
	}
	return names
}

// overhearServer learns from the answers of other servers: which machine has which address, what it may boot instead, and what
// will break booting.
func (s *Server) overhearServer(packet []byte, a *Arrival) {
	var m dhcp4.Message
	if m.Parse(packet) != nil || m.Op != dhcp4.OpReply {
		return
	}
	mac := m.MAC()
	if m.Type == dhcp4.Ack && m.YIAddr.IsValid() && s.Machines != nil && s.known(mac) {
		s.Machines.See(boot.Client{MAC: mac, Addr: m.YIAddr, Interface: a.Interface, Subnet: a.Subnet})
	}
	kind, id := judge(&m, s.Host.Owns)
	if (kind == rivalProxy || kind == rivalClass) && m.Type == dhcp4.Offer {
		s.outbid(mac, m.XID, a.Time)
	}
	if kind == rivalNone || kind == rivalFile && !s.known(mac) {
		return
	}
	s.emit(boot.Event{Time: a.Time, Kind: boot.EventNetwork, Level: boot.LevelWarn, Client: boot.Client{MAC: mac, Interface: a.Interface},
		Text: kind.advice(id, &m), Once: rivalAge, Network: &boot.Network{Rival: kind.String(), Server: id}})
}
