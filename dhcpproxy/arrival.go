// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"net/netip"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/dhcp4"
)

// Ports.
const (
	portServer  = 67
	portClient  = 68
	portBINL    = 4011
	portClient6 = 546
	portServer6 = 547
)

// Role is the port a packet came to.
type Role uint8

// The roles.
const (
	RoleDHCP Role = iota // port 67 (DHCPv6: 547), beside the site's server
	RoleBINL             // port 4011, a PXE boot server
)

// String names the port.
func (r Role) String() string { return [...]string{"67", "4011"}[r] }

// Arrival says how a packet came in.
type Arrival struct {
	Role      Role
	Remote    netip.AddrPort
	Local     netip.Addr    // our address on that network: source and siaddr of answers, host of URLs; invalid: none
	Interface string        // name; "" where it does not matter
	Index     int           // of the interface
	Subnet    netip.Prefix  // of Local
	Multicast bool          // sent to a group, not to Local (DHCPv6)
	Tree      boot.Endpoint // where the tree is served, without its host: that is Local
	Time      time.Time
}

// Destination is where an answer goes. It leaves by the interface the packet came in by, from its local address and the
// port it came to.
type Destination struct {
	Remote    netip.AddrPort
	Local     netip.Addr
	Interface int
}

// Broadcast reports whether everybody on the network gets it.
func (d Destination) Broadcast() bool { return d.Remote.Addr() == broadcastAddr() }

func broadcastAddr() netip.Addr { return netip.AddrFrom4([4]byte{255, 255, 255, 255}) }

// destination follows RFC 2131 section 4.1 and PXE 2.1: a relay gets answers for its clients on the server port, or on
// the port it sent from if it says so (RFC 8357); a client that has an address gets them there; everybody else hears them
// as broadcasts. What came to port 4011 is answered to where it came from: EDK2 waits on 4011, iPXE on 68.
func destination(m *dhcp4.Message, a *Arrival) Destination {
	d := Destination{Local: a.Local, Interface: a.Index}
	switch {
	case a.Role == RoleBINL && a.Remote.Addr().IsValid() && !a.Remote.Addr().IsUnspecified():
		d.Remote = a.Remote
	case m.GIAddr.IsValid():
		d.Remote = netip.AddrPortFrom(m.GIAddr, relayPort(m, a))
		d.Interface = 0 // the relay may be reached another way than its packet came
	case m.CIAddr.IsValid():
		d.Remote = netip.AddrPortFrom(m.CIAddr, portClient)
	default:
		d.Remote = netip.AddrPortFrom(broadcastAddr(), portClient)
	}
	return d
}

func relayPort(m *dhcp4.Message, a *Arrival) uint16 {
	if dhcp4.SubOption(m.Relay, dhcp4.RelaySourcePort) != nil && a.Remote.Port() != 0 {
		return a.Remote.Port()
	}
	return portServer
}
