// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"fmt"
	"net"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/insomniacslk/dhcp/dhcpv6"
	"github.com/insomniacslk/dhcp/iana"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/dhcp6"
)

func on547() Arrival {
	a := on67(0)
	a.Remote, a.Local, a.Multicast = netip.MustParseAddrPort("[fe80::5054:ff:fe12:3456%2]:546"), serverV6, true
	a.Subnet = netip.MustParsePrefix("fd77::2/64")
	return a
}

func testDUID() []byte {
	return (&dhcpv6.DUIDLL{HWType: iana.HWTypeEthernet, LinkLayerAddr: net.HardwareAddr{2, 0, 0, 0, 0, 2}}).ToBytes()
}

// TestCapturesOfFirmware6 replays what OVMF and iPXE sent over IPv6. The capture's servers had another DUID, so requests
// that name one are given ours first.
func TestCapturesOfFirmware6(t *testing.T) {
	files, err := filepath.Glob("testdata/*pxe6*.pcap")
	if err != nil || len(files) < 2 {
		t.Fatalf("%d captures, %v: expected at least 2", len(files), err)
	}
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".pcap")
		t.Run(name, func(t *testing.T) {
			r := &Responder{Planner: newPlanner(t), DUID: testDUID(), Machines: remember()}
			var text strings.Builder
			answered := 0
			for _, c := range readPcap(t, path) {
				if !c.to.Addr().Is6() || c.to.Port() != portServer6 && c.to.Port() != portBINL || c.from.Addr() == serverV6 {
					continue
				}
				a := on547()
				a.Remote, a.Time, a.Multicast = c.from, c.at, c.to.Addr().IsMulticast()
				if c.to.Port() == portBINL {
					a.Role = RoleBINL
					c.payload = withServer(t, c.payload, testDUID())
				}
				ans := r.Respond6(c.payload, a, nil)
				fmt.Fprintf(&text, "%s from %s to %s\n%s\n", ans.Request, c.from, c.to, ans.story6())
				if len(ans.Reply) > 0 {
					answered++
				}
			}
			if answered == 0 {
				t.Error("nothing was answered")
			}
			golden(t, name, text.String())
		})
	}
}

func withServer(t *testing.T, packet, duid []byte) []byte {
	t.Helper()
	m, err := dhcpv6.MessageFromBytes(packet)
	if err != nil {
		t.Fatal(err)
	}
	id, err := dhcpv6.DUIDFromBytes(duid)
	if err != nil {
		t.Fatal(err)
	}
	m.UpdateOption(dhcpv6.OptServerID(id))
	return m.ToBytes()
}

func (ans *Answer) story6() string {
	var b strings.Builder
	c := ans.Client
	fmt.Fprintf(&b, "%s: mac %s, uuid %s, arch %s, stage %s; %s\n", ans.Verdict, c.MAC, c.UUID, c.Arch(), c.Stage, ans.Strategy)
	if len(ans.Reply) > 0 {
		fmt.Fprintf(&b, "  to %s from %s\n", ans.To.Remote, ans.To.Local)
		for _, line := range dhcp6.Describe(ans.Reply) {
			fmt.Fprintf(&b, "  %s\n", line)
		}
	}
	return b.String()
}

// solicit builds what EDK2 sends.
func solicit(t *testing.T, typ dhcpv6.MessageType, class string, arch iana.Arch, user string) *dhcpv6.Message {
	t.Helper()
	m := &dhcpv6.Message{MessageType: typ, TransactionID: dhcpv6.TransactionID{1, 2, 3}}
	m.AddOption(dhcpv6.OptClientID(&dhcpv6.DUIDUUID{UUID: [16]byte{0x78, 0x56, 0x34, 0x12, 0x34, 0x12, 0x78, 0x56, 9, 10, 11, 12, 13, 14, 15, 16}}))
	if class != "" {
		m.AddOption(&dhcpv6.OptVendorClass{EnterpriseNumber: dhcp6.EnterprisePXE, Data: [][]byte{[]byte(class)}})
		m.AddOption(dhcpv6.OptClientArchType(arch))
	}
	if user != "" {
		m.AddOption(&dhcpv6.OptUserClass{UserClasses: [][]byte{[]byte(user)}})
	}
	return m
}

func TestDHCPv6(t *testing.T) {
	pxe, http := "PXEClient:Arch:00007:UNDI:003000", "HTTPClient:Arch:00016:UNDI:003000"
	own, err := dhcpv6.DUIDFromBytes(testDUID())
	if err != nil {
		t.Fatal(err)
	}
	request := func(id dhcpv6.DUID) *dhcpv6.Message {
		m := solicit(t, dhcpv6.MessageTypeRequest, pxe, 7, "")
		m.AddOption(dhcpv6.OptServerID(id))
		return m
	}
	for _, tt := range []struct {
		name    string
		packet  dhcpv6.DHCPv6
		change  func(*Arrival)
		verdict Verdict
		file    string
	}{
		{"PXE", solicit(t, dhcpv6.MessageTypeSolicit, pxe, 7, ""), nil, AnsweredOffer, "tftp://[fd77::2]/m/52-54-00-12-34-56/snponly.efi"},
		{"PXE, architecture in the class only", solicit(t, dhcpv6.MessageTypeSolicit, "PXEClient:Arch:00011:UNDI:003000", 11, ""), nil, AnsweredOffer, "tftp://[fd77::2]/m/52-54-00-12-34-56/snp-arm64.efi"},
		{"HTTP", solicit(t, dhcpv6.MessageTypeSolicit, http, 16, ""), nil, AnsweredOffer, "http://[fd77::2]:8080/m/52-54-00-12-34-56/snponly.efi"},
		{"HTTP is off", solicit(t, dhcpv6.MessageTypeSolicit, http, 16, ""), func(a *Arrival) { a.Tree = boot.Endpoint{} }, SilentNoHTTP, ""},
		{"information request of an iPXE", solicit(t, dhcpv6.MessageTypeInformationRequest, pxe, 7, "iPXE"), nil, AnsweredAck, "http://[fd77::2]:8080/m/52-54-00-12-34-56/boot.ipxe"},
		{"information request of a ROM", solicit(t, dhcpv6.MessageTypeInformationRequest, pxe, 7, ""), nil, AnsweredAck, "tftp://[fd77::2]/m/52-54-00-12-34-56/snponly.efi"},
		{"solicit of an iPXE", solicit(t, dhcpv6.MessageTypeSolicit, pxe, 7, "iPXE"), nil, SilentNeedsAddress, ""},
		{"ordinary client", solicit(t, dhcpv6.MessageTypeSolicit, "", 0, ""), nil, SilentNotNetboot, ""},
		{"request to us on 4011", request(own), func(a *Arrival) { a.Role = RoleBINL }, AnsweredAck, "tftp://[fd77::2]/m/52-54-00-12-34-56/snponly.efi"},
		{"request to another server", request(&dhcpv6.DUIDLL{HWType: 1, LinkLayerAddr: net.HardwareAddr{9, 9, 9, 9, 9, 9}}), nil, SilentOtherServer, ""},
		{"request to nobody", solicit(t, dhcpv6.MessageTypeRequest, pxe, 7, ""), nil, SilentOtherServer, ""},
		{"solicit on 4011", solicit(t, dhcpv6.MessageTypeSolicit, pxe, 7, ""), func(a *Arrival) { a.Role = RoleBINL }, SilentType, ""},
		{"no global address", solicit(t, dhcpv6.MessageTypeSolicit, pxe, 7, ""), func(a *Arrival) { a.Local = netip.MustParseAddr("fe80::2") }, SilentNoIPv6, ""},
		{"another server's advertise", solicit(t, dhcpv6.MessageTypeAdvertise, pxe, 7, ""), nil, SilentReply, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := &Responder{Planner: newPlanner(t), DUID: testDUID(), Machines: remember()}
			a := on547()
			if tt.change != nil {
				tt.change(&a)
			}
			ans := r.Respond6(tt.packet.ToBytes(), a, nil)
			if ans.Verdict != tt.verdict || ans.File != tt.file {
				t.Errorf("%s %q, want %s %q", ans.Verdict, ans.File, tt.verdict, tt.file)
			}
			if ans.Verdict.Answered() != (len(ans.Reply) > 0) {
				t.Error("verdict and reply disagree")
			}
			if m, err := dhcpv6.MessageFromBytes(ans.Reply); err == nil && m.GetOneOption(dhcpv6.OptionBootfileParam) != nil {
				t.Error("option 60: EDK2 would take it for the file's size")
			}
		})
	}
}

// TestRequestOn4011KeepsTheMachine: the SOLICIT's link-local address tells the hardware address, the later request's does
// not.
func TestRequestOn4011KeepsTheMachine(t *testing.T) {
	r := &Responder{Planner: newPlanner(t), DUID: testDUID(), Machines: remember()}
	pxe := "PXEClient:Arch:00007:UNDI:003000"
	r.Respond6(solicit(t, dhcpv6.MessageTypeSolicit, pxe, 7, "").ToBytes(), on547(), nil)
	a := on547()
	a.Role, a.Remote, a.Multicast = RoleBINL, netip.MustParseAddrPort("[fd77::142]:4011"), false
	packet := withServer(t, solicit(t, dhcpv6.MessageTypeRequest, pxe, 7, "").ToBytes(), testDUID())
	if ans := r.Respond6(packet, a, nil); ans.Client.MAC != machine || ans.To.Local != serverV6 || ans.To.Remote != a.Remote {
		t.Errorf("%s of %s to %s from %s", ans.Verdict, ans.Client.MAC, ans.To.Remote, ans.To.Local)
	}
}

func TestDHCPv6ThroughRelay(t *testing.T) {
	inner := solicit(t, dhcpv6.MessageTypeSolicit, "PXEClient:Arch:00007:UNDI:003000", 7, "")
	relay := &dhcpv6.RelayMessage{MessageType: dhcpv6.MessageTypeRelayForward, LinkAddr: net.ParseIP("fd99::1"), PeerAddr: net.ParseIP("fe80::5054:ff:fe12:3456")}
	relay.AddOption(dhcpv6.OptInterfaceID([]byte("ge-0/0/1")))
	relay.AddOption(dhcpv6.OptRelayMessage(inner))
	r := &Responder{Planner: newPlanner(t), DUID: testDUID(), Machines: remember()}
	a := on547()
	a.Remote, a.Multicast = netip.MustParseAddrPort("[fd99::1]:40000"), false
	ans := r.Respond6(relay.ToBytes(), a, nil)
	if ans.Verdict != AnsweredOffer || ans.To.Remote != netip.MustParseAddrPort("[fd99::1]:547") {
		t.Fatalf("%s to %s", ans.Verdict, ans.To.Remote)
	}
	want := boot.Client{MAC: machine, UUID: ans.Client.UUID, DUID: ans.Client.DUID, Archs: []boot.Arch{7}, Class: boot.ClassPXE, Vendor: "PXEClient:Arch:00007:UNDI:003000",
		Interface: "eth0", Subnet: netip.MustParsePrefix("fd99::1/128"), Relay: netip.MustParseAddr("fd99::1"), Circuit: "ge-0/0/1"}
	if diff := cmp.Diff(want, ans.Client, cmp.Comparer(func(a, b netip.Addr) bool { return a == b }), cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
		t.Errorf("client (-want +got):\n%s", diff)
	}
	out, err := dhcpv6.FromBytes(ans.Reply)
	if err != nil {
		t.Fatal(err)
	}
	wrapped, ok := out.(*dhcpv6.RelayMessage)
	if !ok || wrapped.MessageType != dhcpv6.MessageTypeRelayReply || string(wrapped.Options.InterfaceID()) != "ge-0/0/1" {
		t.Errorf("not a relay reply with the interface id: %v", out)
	}
	relay.AddOption(dhcpv6.OptRelayPort(0))
	if ans = r.Respond6(relay.ToBytes(), a, nil); ans.To.Remote != a.Remote {
		t.Errorf("RFC 8357: answered to %s, want %s", ans.To.Remote, a.Remote)
	}
}
