// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"path/filepath"
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv4"
	"github.com/insomniacslk/dhcp/dhcpv6"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/dhcp4"
	"github.com/bootlace-net/bootlace/internal/dhcp6"
)

// addCaptures makes seeds of everything firmware was seen to send.
func addCaptures(f *testing.F, six bool) {
	files, err := filepath.Glob("testdata/*.pcap")
	if err != nil || len(files) == 0 {
		f.Fatal("no captures", err)
	}
	for _, path := range files {
		for _, c := range readPcap(f, path) {
			port := c.to.Port()
			if c.to.Addr().Is6() == six && (port == portServer || port == portBINL || port == portServer6) {
				f.Add(c.payload, port == portBINL)
			}
		}
	}
}

// FuzzRespond: whatever comes, the responder neither fails nor answers with something that a client could not read.
func FuzzRespond(f *testing.F) {
	addCaptures(f, false)
	f.Add(request{typ: dhcp4.Discover, class: "PXEClient", hlen: 16, chaddr: make([]byte, 16)}.bytes(), false)
	f.Add(ofROM(boot.ArchBIOS).with(dhcp4.OptOverload, "\x03").with(dhcp4.OptRelayAgent, "\x01\xff").bytes(), true)
	p := newPlanner(f)
	f.Fuzz(func(t *testing.T, packet []byte, binl bool) {
		r := &Responder{Planner: p, Machines: remember()}
		a := on67(0)
		if binl {
			a = on4011(0, "10.77.0.100:4011")
		}
		before := string(packet)
		ans := r.Respond(packet, a, nil)
		if string(packet) != before {
			t.Fatal("the request was changed")
		}
		if ans.Verdict == verdictNone || ans.Verdict.Answered() != (len(ans.Reply) > 0) {
			t.Fatalf("verdict %s with %d bytes", ans.Verdict, len(ans.Reply))
		}
		dhcp4.Describe(packet)
		if len(ans.Reply) == 0 {
			return
		}
		out, err := dhcpv4.FromBytes(ans.Reply)
		if err != nil {
			t.Fatalf("unreadable reply: %v", err)
		}
		if !out.YourIPAddr.IsUnspecified() || out.ServerIdentifier() == nil || len(ans.Reply) > dhcp4.MaxSize {
			t.Fatalf("bad reply: %s", out.Summary())
		}
		if !binl && out.MessageType() == dhcpv4.MessageTypeAck && ans.Request != "INFORM" {
			t.Fatal("an ACK on port 67")
		}
	})
}

// FuzzRespond6 is the same for DHCPv6.
func FuzzRespond6(f *testing.F) {
	addCaptures(f, true)
	p := newPlanner(f)
	f.Fuzz(func(t *testing.T, packet []byte, binl bool) {
		r := &Responder{Planner: p, DUID: testDUID(), Machines: remember()}
		a := on547()
		if binl {
			a.Role, a.Multicast = RoleBINL, false
		}
		ans := r.Respond6(packet, a, nil)
		if ans.Verdict == verdictNone || ans.Verdict.Answered() != (len(ans.Reply) > 0) {
			t.Fatalf("verdict %s with %d bytes", ans.Verdict, len(ans.Reply))
		}
		dhcp6.Describe(packet)
		if len(ans.Reply) > 0 {
			if _, err := dhcpv6.FromBytes(ans.Reply); err != nil {
				t.Fatalf("unreadable reply: %v", err)
			}
		}
	})
}
