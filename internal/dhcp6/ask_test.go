// SPDX-License-Identifier: Apache-2.0

package dhcp6

import (
	"net"
	"strings"
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv6"

	"github.com/bootlace-net/bootlace/boot"
)

var machine = boot.MAC{0x52, 0x54, 0, 1, 2, 3}

// TestAsk: each kind of request has the type and the words by which servers know its client.
func TestAsk(t *testing.T) {
	server := (&dhcpv6.DUIDLL{HWType: 1, LinkLayerAddr: net.HardwareAddr{2, 0, 0, 0, 0, 2}}).ToBytes()
	for _, tt := range []struct {
		ask  Ask
		typ  dhcpv6.MessageType
		user string
	}{
		{Ask{Class: boot.ClassPXE, Arch: boot.ArchX64}, dhcpv6.MessageTypeSolicit, ""},
		{Ask{Class: boot.ClassHTTP, Arch: boot.ArchX64HTTP}, dhcpv6.MessageTypeSolicit, ""},
		{Ask{Class: boot.ClassPXE, Arch: boot.ArchARM64, Server: server}, dhcpv6.MessageTypeRequest, ""},
		{Ask{Class: boot.ClassPXE, Arch: boot.ArchX64, IPXE: true, Inform: true}, dhcpv6.MessageTypeInformationRequest, "iPXE"},
	} {
		tt.ask.MAC, tt.ask.XID = machine, [3]byte{1, 2, 3}
		m, err := dhcpv6.MessageFromBytes(tt.ask.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		var users []string
		for _, u := range m.Options.UserClasses() {
			users = append(users, string(u))
		}
		class := m.Options.VendorClass(EnterprisePXE)
		if m.MessageType != tt.typ || m.TransactionID != tt.ask.XID || len(class) != 1 || !strings.HasPrefix(string(class[0]), tt.ask.Class.String()+":Arch:") ||
			len(m.Options.ArchTypes()) != 1 || boot.Arch(m.Options.ArchTypes()[0]) != tt.ask.Arch || strings.Join(users, ",") != tt.user {
			t.Errorf("%+v: %s", tt.ask, m.Summary())
		}
		if id := m.Options.ServerID(); (id != nil) != (tt.ask.Server != nil) || id != nil && string(id.ToBytes()) != string(server) {
			t.Errorf("%+v: server %v", tt.ask, id)
		}
		if _, ok := ParseAnswer(tt.ask.Bytes()); ok {
			t.Errorf("%+v is taken for an answer", tt.ask)
		}
	}
}

func TestParseAnswer(t *testing.T) {
	id := &dhcpv6.DUIDLL{HWType: 1, LinkLayerAddr: net.HardwareAddr{2, 0, 0, 0, 0, 2}}
	m := &dhcpv6.Message{MessageType: dhcpv6.MessageTypeAdvertise, TransactionID: dhcpv6.TransactionID{1, 2, 3}}
	m.AddOption(dhcpv6.OptServerID(id))
	m.AddOption(&dhcpv6.OptVendorClass{EnterpriseNumber: EnterprisePXE, Data: [][]byte{[]byte("PXEClient")}})
	m.AddOption(dhcpv6.OptBootFileURL("tftp://[2001:db8::1]/x"))
	p, ok := ParseAnswer(m.ToBytes())
	if !ok || p.Type != "ADVERTISE" || p.XID != [3]byte{1, 2, 3} || string(p.Server) != string(id.ToBytes()) || p.Address || p.Class != "PXEClient" || p.URL != "tftp://[2001:db8::1]/x" {
		t.Errorf("a proxy's: %+v", p)
	}
	m.AddOption(&dhcpv6.OptIANA{Options: dhcpv6.IdentityOptions{Options: dhcpv6.Options{&dhcpv6.OptIAAddress{IPv6Addr: net.ParseIP("2001:db8::9")}}}})
	if p, ok := ParseAnswer(m.ToBytes()); !ok || !p.Address {
		t.Errorf("with an address: %+v", p)
	}
	if lines := strings.Join(Describe(m.ToBytes()), "\n"); !strings.Contains(lines, "ADVERTISE") || !strings.Contains(lines, "tftp://[2001:db8::1]/x") {
		t.Error(lines)
	}
	for _, b := range [][]byte{nil, {2}, []byte("HTTP/1.1 200")} {
		if _, ok := ParseAnswer(b); ok || len(Describe(b)) != 1 && b != nil {
			t.Errorf("%q is taken for an answer, or described as %q", b, Describe(b))
		}
	}
}
