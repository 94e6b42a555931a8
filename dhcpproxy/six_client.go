// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"net"
	"net/netip"
	"strings"

	"github.com/insomniacslk/dhcp/dhcpv6"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/dhcp4"
	"github.com/bootlace-net/bootlace/internal/dhcp6"
)

// asks fills in what the packet and the way it came tell of the client. DHCPv6 has PXE's words in options of its own.
func (x *exchange6) asks() {
	c, o := &x.client, x.msg.Options
	for _, data := range o.VendorClass(dhcp6.EnterprisePXE) {
		if class := dhcp4.ClassOf(data); class != boot.ClassNone {
			c.Class, c.Vendor = class, dhcp4.Printable(data)
			break
		}
	}
	for _, a := range o.ArchTypes() {
		c.Archs = append(c.Archs, boot.Arch(a))
	}
	if len(c.Archs) == 0 && c.Class != boot.ClassNone {
		c.Archs = dhcp4.ArchOf([]byte(c.Vendor))
	}
	var users []string
	for _, u := range o.UserClasses() {
		users = append(users, dhcp4.Printable(u))
	}
	c.User = strings.Join(users, ",")
	c.Stage = dhcp4.StageOf(c.User, nil)
	if c.Stage != boot.StageROM && c.Class == boot.ClassNone {
		c.Class = boot.ClassPXE
	}
	x.identity(c)
	x.place(c)
}

// place says where the client is.
func (x *exchange6) place(c *boot.Client) {
	c.Interface, c.Subnet = x.arrival.Interface, x.arrival.Subnet
	if from := x.arrival.Remote.Addr().WithZone(""); x.relay == nil && !from.IsLinkLocalUnicast() {
		c.Addr = from
	}
	if x.relay != nil {
		c.Relay = x.relayAddr()
		c.Circuit = dhcp4.Printable(x.relay.Options.InterfaceID())
		if c.Relay.IsValid() {
			c.Subnet = netip.PrefixFrom(c.Relay, 128)
		}
	}
}

// relayAddr is the address of the relay nearest to the client, which says what network it is on.
func (x *exchange6) relayAddr() netip.Addr {
	for m := x.relay; m != nil; {
		inner, ok := m.Options.RelayMessage().(*dhcpv6.RelayMessage)
		if !ok {
			a, _ := netip.AddrFromSlice(m.LinkAddr)
			if a.IsUnspecified() {
				return netip.Addr{}
			}
			return a
		}
		m = inner
	}
	return netip.Addr{}
}

// identity finds hardware address and UUID: in the client's DUID, in what a relay adds (RFC 6939), or in a link-local
// address made of the hardware address, as firmware's are. The request on port 4011 comes from a global address, which
// need not hold it: the DUID then says which machine it is.
func (x *exchange6) identity(c *boot.Client) {
	duid := x.msg.Options.ClientID()
	if duid != nil {
		c.DUID = string(duid.ToBytes())
	}
	switch id := duid.(type) {
	case *dhcpv6.DUIDLL:
		c.MAC = macOf(id.LinkLayerAddr)
	case *dhcpv6.DUIDLLT:
		c.MAC = macOf(id.LinkLayerAddr)
	case *dhcpv6.DUIDUUID:
		u := boot.UUIDFromWire(id.UUID) // EDK2 copies the SMBIOS table
		if c.Stage != boot.StageROM {
			u = boot.UUID(id.UUID) // iPXE writes the text's order
		}
		if !u.Placeholder() {
			c.UUID = u
		}
	}
	peer := x.arrival.Remote.Addr()
	if x.relay != nil {
		_, hw := x.relay.Options.ClientLinkLayerAddress()
		if m := macOf(hw); !m.IsZero() {
			c.MAC = m
		}
		peer, _ = netip.AddrFromSlice(x.relay.PeerAddr)
	}
	if m := macOfEUI64(peer); c.MAC.IsZero() && !m.IsZero() {
		c.MAC = m
	}
}

func macOf(hw net.HardwareAddr) (m boot.MAC) {
	if len(hw) == len(m) {
		copy(m[:], hw)
	}
	return m
}

// macOfEUI64 undoes RFC 4291 appendix A.
func macOfEUI64(a netip.Addr) boot.MAC {
	if !a.IsLinkLocalUnicast() || !a.Is6() {
		return boot.MAC{}
	}
	b := a.As16()
	if b[11] != 0xff || b[12] != 0xfe {
		return boot.MAC{}
	}
	return boot.MAC{b[8] ^ 2, b[9], b[10], b[13], b[14], b[15]}
}
