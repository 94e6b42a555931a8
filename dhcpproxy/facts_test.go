// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv6"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/dhcp4"
)

// pick is a planner of a catalog with one host, which is selected as the test says. Everybody gets the menu.
func pick(t *testing.T, m boot.Match) *planner {
	t.Helper()
	cat, problems := boot.Build(boot.Spec{Hosts: []*boot.Host{{Name: "chosen", Match: m}}, Unknown: boot.Unknown{Action: boot.ActionMenu}})
	if cat == nil { // that the host has no profile is only a warning
		t.Fatal(problems)
	}
	return &planner{catalog: cat}
}

// TestRequestOn4011LeavesTheUUIDOut: the host that the first packet was found by is found by the second too, over IPv4 and
// over IPv6.
func TestRequestOn4011LeavesTheUUIDOut(t *testing.T) {
	wire := [16]byte{0x78, 0x56, 0x34, 0x12, 0x34, 0x12, 0x78, 0x56, 9, 10, 11, 12, 13, 14, 15, 16}
	r := &Responder{Planner: pick(t, boot.Match{UUIDs: []boot.UUID{boot.UUIDFromWire(wire)}}), Machines: remember(), DUID: testDUID()}
	asks := func(ans Answer, what string) {
		t.Helper()
		if !ans.Verdict.Answered() || ans.Plan.Host == nil || ans.Plan.Host.Name != "chosen" {
			t.Errorf("%s: %s %s, host %v", what, ans.Verdict, ans.Detail, ans.Plan.Host)
		}
	}
	asks(r.Respond(ofROM(boot.ArchX64).with(dhcp4.OptUUID, "\x00"+string(wire[:])).bytes(), on67(0), nil), "DISCOVER with the UUID")
	req := ofROM(boot.ArchX64)
	req.typ, req.ciaddr = dhcp4.Request, "10.77.0.100"
	asks(r.Respond(req.bytes(), on4011(time.Second, "10.77.0.100:4011"), nil), "REQUEST on 4011 without it")

	const pxe = "PXEClient:Arch:00007:UNDI:003000"
	r.Machines = remember()
	asks(r.Respond6(solicit(t, dhcpv6.MessageTypeSolicit, pxe, 7, "").ToBytes(), on547(), nil), "SOLICIT whose DUID is the UUID")
	m := solicit(t, dhcpv6.MessageTypeRequest, pxe, 7, "")
	m.UpdateOption(dhcpv6.OptClientID(&dhcpv6.DUIDLL{HWType: 1, LinkLayerAddr: machine[:]}))
	a := on547()
	a.Role, a.Remote, a.Multicast = RoleBINL, netip.MustParseAddrPort("[fd77::142]:4011"), false
	asks(r.Respond6(withServer(t, m.ToBytes(), testDUID()), a, nil), "REQUEST on 4011 whose DUID is the hardware address")
}

// TestRequestOn4011FromBehindARelay: it comes by the router, on the server's own network, and is still a machine of the
// relay's.
func TestRequestOn4011FromBehindARelay(t *testing.T) {
	r := &Responder{Planner: pick(t, boot.Match{Relays: []netip.Addr{netip.MustParseAddr("10.9.0.1")}}), Machines: remember()}
	req := ofROM(boot.ArchX64)
	req.giaddr = "10.9.0.1"
	if ans := r.Respond(req.bytes(), on67(0), nil); ans.Verdict != AnsweredOffer || ans.Plan.Host == nil {
		t.Fatal(ans.Verdict)
	}
	req = ofROM(boot.ArchX64)
	req.typ, req.ciaddr = dhcp4.Request, "10.9.0.100"
	if ans := r.Respond(req.bytes(), on4011(time.Second, "10.9.0.100:4011"), nil); ans.Verdict != AnsweredAck || ans.Plan.Host == nil {
		t.Errorf("%s %s", ans.Verdict, ans.Detail)
	}
}

// TestAMachineThatMoved asks for an address in its new network: the one it had says nothing of where it is.
func TestAMachineThatMoved(t *testing.T) {
	r := &Responder{Planner: pick(t, boot.Match{Subnets: []netip.Prefix{netip.MustParsePrefix("10.77.0.0/24"), netip.MustParsePrefix("fd77::/64")}}), Machines: remember(), DUID: testDUID()}
	r.Machines.See(boot.Client{MAC: machine, Addr: netip.MustParseAddr("192.0.2.9"), Subnet: netip.MustParsePrefix("192.0.2.1/24")})
	if ans := r.Respond(ofROM(boot.ArchX64).bytes(), on67(0), nil); ans.Verdict != AnsweredOffer || ans.Plan.Host == nil {
		t.Errorf("DISCOVER: %s %s", ans.Verdict, ans.Detail)
	}
	r.Machines.See(boot.Client{MAC: machine, Addr: netip.MustParseAddr("192.0.2.9")})
	if ans := r.Respond6(solicit(t, dhcpv6.MessageTypeSolicit, "PXEClient:Arch:00007:UNDI:003000", 7, "").ToBytes(), on547(), nil); ans.Verdict != AnsweredOffer || ans.Plan.Host == nil {
		t.Errorf("SOLICIT: %s %s", ans.Verdict, ans.Detail)
	}
	r.Allow = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	if ans := r.Respond(ofROM(boot.ArchX64).bytes(), on67(time.Minute), nil); ans.Verdict != SilentNetwork {
		t.Errorf("dhcp.allow by an address it had: %s", ans.Verdict)
	}
}

// TestAnOverheardAckAddsTheAddress, and leaves all else that is known of the machine as it was.
func TestAnOverheardAckAddsTheAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, "10.77.0.2/24")
		s.start()
		s.station("lan0", "10.99.0.1/32", portClient).ask(ofROM(boot.ArchX64).bytes(), everybody)
		before, _ := s.memory.Find(machine)
		var m dhcp4.Message
		if err := m.Parse(ofROM(boot.ArchX64).bytes()); err != nil {
			t.Fatal(err)
		}
		var r dhcp4.Reply
		r.Add(dhcp4.OptType, []byte{byte(dhcp4.Ack)})
		r.Add(dhcp4.OptServerID, []byte{10, 77, 0, 1})
		ack := r.Encode(&m, nil, dhcp4.MaxSize)
		putAddr(ack[offYIAddr:], "10.77.0.50")
		s.station("lan0", "10.77.0.1/24", portServer).send(ack, "255.255.255.255:68")
		got, ok := s.memory.At(netip.MustParseAddr("10.77.0.50"))
		if !ok || got.MAC != machine || got.Vendor == "" || got.Vendor != before.Vendor || got.Class != boot.ClassPXE {
			t.Errorf("%+v, before the ACK %+v", got, before)
		}
	})
}
