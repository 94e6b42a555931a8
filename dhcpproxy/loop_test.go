// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv6"
	"github.com/insomniacslk/dhcp/iana"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/dhcp4"
)

// TestDHCPv6Loop: a machine that comes back too often is sent on to its disk, whatever it asks; its repetitions are not
// boots, a boot over IPv4 does not count, and what reached its system starts anew.
func TestDHCPv6Loop(t *testing.T) {
	r := &Responder{Planner: newPlanner(t), DUID: testDUID(), Machines: remember(), Limits: Limits{Returns: 2, Within: 20 * time.Minute}}
	ask := func(at time.Duration, id byte, want Verdict, returns int) {
		t.Helper()
		m := solicit(t, dhcpv6.MessageTypeSolicit, "PXEClient:Arch:00007:UNDI:003000", 7, "")
		m.TransactionID = dhcpv6.TransactionID{1, 2, id}
		a := on547()
		a.Time = a.Time.Add(at)
		if ans := r.Respond6(m.ToBytes(), a, nil); ans.Verdict != want || ans.Returns != returns || (len(ans.Reply) > 0) != want.Answered() {
			t.Errorf("boot %d: %s, returns %d, reply of %d bytes; want %s, %d", id, ans.Verdict, ans.Returns, len(ans.Reply), want, returns)
		}
	}
	ask(0, 1, AnsweredOffer, 0)
	ask(time.Second, 1, AnsweredOffer, 0)
	for i := range 3 {
		req := ofROM(boot.ArchX64)
		req.xid = uint32(i)
		r.Respond(req.bytes(), on67(2*time.Second), nil)
	}
	ask(time.Minute, 2, AnsweredOffer, 0)
	ask(2*time.Minute, 3, AnsweredLocal, 3)
	ask(2*time.Minute+time.Second, 3, AnsweredLocal, 3)
	ask(3*time.Minute, 4, AnsweredLocal, 4)
	r.Machines.Learn(machine, (*boot.History).Arrived)
	ask(4*time.Minute, 5, AnsweredOffer, 0)
	ask(5*time.Minute, 6, AnsweredOffer, 0)
	r.Loop = LoopAnswer
	ask(6*time.Minute, 7, AnsweredOffer, 3)
	r.Loop = LoopSilent
	ask(7*time.Minute, 8, SilentLoop, 4)
}

// TestLoopWithoutAMenu: firmware that cannot be shown a menu gets a file that is not there, on both families of DHCP and on
// each port that it asks; silence would cost EDK2 a minute.
func TestLoopWithoutAMenu(t *testing.T) {
	const there, http, tftp = "m/52-54-00-12-34-56/boot-the-local-disk", "http://[fd77::2]:8080/", "tftp://[fd77::2]/"
	loops := Limits{Returns: 1, Within: time.Hour}
	again := func(xid uint32) request {
		req := ofROM(boot.ArchX64HTTP)
		req.xid = xid
		return req
	}
	for _, off := range []bool{false, true} {
		r := &Responder{Planner: newPlanner(t), Machines: remember(), Limits: loops}
		r.Respond(again(1).bytes(), on67(0), nil)
		a, packet := on67(time.Minute), again(2).bytes()
		if off {
			a.Tree = boot.Endpoint{}
		}
		ans := r.Respond(packet, a, nil)
		if off {
			if ans.Verdict != SilentLoop || len(ans.Reply) > 0 {
				t.Errorf("HTTP is off: %s", ans.Verdict)
			}
			continue
		}
		checkReply(t, packet, ans)
		p, ok := dhcp4.ParseAnswer(ans.Reply)
		if !ok || ans.Verdict != AnsweredLocal || p.Class != "HTTPClient" || p.File() != "http://10.77.0.2:8080/"+there || p.Vendor != nil {
			t.Errorf("UEFI HTTP Boot over IPv4: %s\n%s", ans.Verdict, ans.story())
		}
		golden(t, "family/loop-http", ans.story())
	}
	for _, tt := range []struct {
		name, class, user string
		arch              iana.Arch
		first, then       dhcpv6.MessageType
		want              string
	}{
		{"UEFI HTTP Boot", "HTTPClient:Arch:00016:UNDI:003000", "", 16, dhcpv6.MessageTypeSolicit, 0, http + there},
		{"UEFI PXE, its request on port 4011 too", "PXEClient:Arch:00007:UNDI:003000", "", 7, dhcpv6.MessageTypeSolicit, dhcpv6.MessageTypeRequest, tftp + there},
		{"an iPXE", "PXEClient:Arch:00007:UNDI:003000", "iPXE", 7, dhcpv6.MessageTypeInformationRequest, 0, http + there},
	} {
		r := &Responder{Planner: newPlanner(t), DUID: testDUID(), Machines: remember(), Limits: loops}
		for i := range 2*scriptsPerBoot + 1 {
			m := solicit(t, tt.first, tt.class, tt.arch, tt.user)
			m.TransactionID = dhcpv6.TransactionID{1, 2, byte(i)}
			last := r.Respond6(m.ToBytes(), on547(), nil)
			if i == 2*scriptsPerBoot && (last.Verdict != AnsweredLocal || last.File != tt.want) {
				t.Errorf("%s: %s %s", tt.name, last.Verdict, last.File)
			}
		}
		if tt.then == 0 {
			continue
		}
		a := on547()
		a.Role, a.Multicast = RoleBINL, false
		packet := withServer(t, solicit(t, tt.then, tt.class, tt.arch, tt.user).ToBytes(), testDUID())
		if ans := r.Respond6(packet, a, nil); ans.Verdict != AnsweredLocal || ans.File != tt.want || len(ans.Reply) == 0 {
			t.Errorf("%s on port 4011: %s %s", tt.name, ans.Verdict, ans.File)
		}
	}
}
