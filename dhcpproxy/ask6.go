// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"fmt"
	"net"

	"github.com/insomniacslk/dhcp/dhcpv6"
	"github.com/insomniacslk/dhcp/iana"

	"github.com/bootlace-net/bootlace/boot"
)

// Ask6 is a DHCPv6 request as firmware makes it, for tools that play one.
type Ask6 struct {
	XID    [3]byte
	MAC    boot.MAC
	Class  boot.Class
	Arch   boot.Arch
	IPXE   bool
	Server []byte // DUID of the server that is asked: a REQUEST, as EDK2 sends it to port 4011; nil: a SOLICIT
	// Inform asks for information only, as iPXE does in networks whose routers give the addresses.
	Inform bool
}

// Bytes gives the message.
func (a Ask6) Bytes() []byte {
	m := &dhcpv6.Message{MessageType: dhcpv6.MessageTypeSolicit, TransactionID: a.XID}
	m.AddOption(dhcpv6.OptClientID(&dhcpv6.DUIDLL{HWType: iana.HWTypeEthernet, LinkLayerAddr: net.HardwareAddr(a.MAC[:])}))
	switch {
	case a.Server != nil:
		m.MessageType = dhcpv6.MessageTypeRequest
		if id, err := dhcpv6.DUIDFromBytes(a.Server); err == nil {
			m.AddOption(dhcpv6.OptServerID(id))
		}
	case a.Inform:
		m.MessageType = dhcpv6.MessageTypeInformationRequest
	default:
		m.AddOption(&dhcpv6.OptIANA{IaId: [4]byte(a.MAC[2:])})
	}
	m.AddOption(dhcpv6.OptElapsedTime(0))
	m.AddOption(dhcpv6.OptRequestedOption(dhcpv6.OptionBootfileURL, dhcpv6.OptionBootfileParam, dhcpv6.OptionDNSRecursiveNameServer, dhcpv6.OptionVendorClass))
	m.AddOption(dhcpv6.OptClientArchType(iana.Arch(a.Arch)))
	m.AddOption(&dhcpv6.OptVendorClass{EnterpriseNumber: enterprisePXE, Data: [][]byte{fmt.Appendf(nil, "%s:Arch:%05d:UNDI:003000", a.Class, a.Arch)}})
	if a.IPXE {
		m.AddOption(&dhcpv6.OptUserClass{UserClasses: [][]byte{[]byte("iPXE")}})
	}
	return m.ToBytes()
}

// Packet6 is what a DHCPv6 server's answer says, as far as booting goes.
type Packet6 struct {
	Type    string
	XID     [3]byte
	Server  []byte // DUID
	Address bool   // it gives an address
	Class   string // vendor class of enterprise 343
	URL     string // option 59
}

// Parse6 reads an answer; false if it is none.
func Parse6(b []byte) (Packet6, bool) {
	m, err := dhcpv6.MessageFromBytes(b)
	if err != nil || m.MessageType != dhcpv6.MessageTypeAdvertise && m.MessageType != dhcpv6.MessageTypeReply {
		return Packet6{}, false
	}
	p := Packet6{Type: m.MessageType.String(), XID: m.TransactionID, URL: m.Options.BootFileURL()}
	if id := m.Options.ServerID(); id != nil {
		p.Server = id.ToBytes()
	}
	if ia := m.Options.OneIANA(); ia != nil {
		p.Address = ia.Options.OneAddress() != nil
	}
	for _, data := range m.Options.VendorClass(enterprisePXE) {
		p.Class = printable(data)
	}
	return p, true
}
