// SPDX-License-Identifier: Apache-2.0

package dhcp6

import (
	"fmt"
	"net"

	"github.com/insomniacslk/dhcp/dhcpv6"
	"github.com/insomniacslk/dhcp/iana"

	"github.com/bootlace-net/bootlace/boot"
)

// EnterprisePXE is Intel's number, under which PXE and HTTP Boot clients write their class (UEFI 2.10 section 24.3.1).
const EnterprisePXE = 343

// Ask is a DHCPv6 request as firmware makes it, for tools that play one.
type Ask struct {
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
func (a Ask) Bytes() []byte {
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
	m.AddOption(&dhcpv6.OptVendorClass{EnterpriseNumber: EnterprisePXE, Data: [][]byte{fmt.Appendf(nil, "%s:Arch:%05d:UNDI:003000", a.Class, a.Arch)}})
	if a.IPXE {
		m.AddOption(&dhcpv6.OptUserClass{UserClasses: [][]byte{[]byte("iPXE")}})
	}
	return m.ToBytes()
}

// Answer is what a DHCPv6 server's answer says, as far as booting goes.
type Answer struct {
	Type    string
	XID     [3]byte
	Server  []byte // DUID
	Address bool   // it gives an address
	Class   string // vendor class of enterprise 343
	URL     string // option 59
}

// ParseAnswer reads an answer; false if it is none.
func ParseAnswer(b []byte) (Answer, bool) {
	m, err := dhcpv6.MessageFromBytes(b)
	if err != nil || m.MessageType != dhcpv6.MessageTypeAdvertise && m.MessageType != dhcpv6.MessageTypeReply {
		return Answer{}, false
	}
	p := Answer{Type: m.MessageType.String(), XID: m.TransactionID, URL: m.Options.BootFileURL()}
	if id := m.Options.ServerID(); id != nil {
		p.Server = id.ToBytes()
	}
	if ia := m.Options.OneIANA(); ia != nil {
		p.Address = ia.Options.OneAddress() != nil
	}
	for _, data := range m.Options.VendorClass(EnterprisePXE) {
		p.Class = string(data)
	}
	return p, true
}
