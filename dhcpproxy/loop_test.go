// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"slices"
	"strings"
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
		if ans := r.Respond6(m.ToBytes(), a, nil); ans.Verdict != want || ans.Loop.Returns != returns || (len(ans.Reply) > 0) != want.Answered() {
			t.Errorf("boot %d: %s, returns %d, reply of %d bytes; want %s, %d", id, ans.Verdict, ans.Loop.Returns, len(ans.Reply), want, returns)
		}
	}
	ask(0, 1, AnsweredOffer, 0)
	ask(time.Second, 1, AnsweredOffer, 0)
	for i := range 2 {
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
		for i := range 3 {
			m := solicit(t, tt.first, tt.class, tt.arch, tt.user)
			m.TransactionID = dhcpv6.TransactionID{1, 2, byte(i)}
			last := r.Respond6(m.ToBytes(), on547(), nil)
			if i == 2 && (last.Verdict != AnsweredLocal || last.File != tt.want) {
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

// TestItsSystemRuns: a machine whose system asks for an address has arrived; its firmware, which may leave out that it boots, has
// not, nor has one that nobody boots.
func TestItsSystemRuns(t *testing.T) {
	p := newPlay(t)
	p.r.Limits = Limits{Returns: 2, Within: time.Hour}
	ordinary := func(xid uint32, typ dhcp4.MessageType) {
		req := request{typ: typ, xid: xid}
		p.r.Respond(req.bytes(), on67(0), nil)
	}
	looping := func() bool {
		h := boot.History{}
		p.r.Machines.Learn(machine, func(known *boot.History) { h = *known })
		return h.Most(midnight, time.Hour).Count > 2
	}
	ordinary(77, dhcp4.Discover)
	for i := range uint32(3) {
		p.discover(float64(60*i), i+1, boot.ArchX64)
		ordinary(i+1, dhcp4.Request) // without option 60
	}
	if !looping() {
		t.Error("firmware that leaves option 60 out of its request is taken for a system that runs")
	}
	for _, typ := range []dhcp4.MessageType{dhcp4.Discover, dhcp4.Request} {
		ordinary(78, typ)
		if looping() {
			t.Errorf("%s of the system: it still loops", typ)
		}
		for i := range uint32(3) {
			p.discover(float64(300+60*i), i+10, boot.ArchX64)
		}
	}
	m := solicit(t, dhcpv6.MessageTypeSolicit, "", 0, "")
	p.r.Respond6(m.ToBytes(), on547(), nil)
	if looping() {
		t.Error("SOLICIT of the system: it still loops")
	}
	p = newPlay(t)
	if ordinary(79, dhcp4.Discover); p.r.known(machine) {
		t.Error("an ordinary client is remembered")
	}
}

// TestLoopWords: the warning says what is the matter, which key it is, when it ends, and how to end it now.
func TestLoopWords(t *testing.T) {
	for _, tt := range []struct {
		action LoopAction
		did    string
	}{
		{LoopLocal, "told to boot its local disk"}, {LoopSilent, "left to its own disk, without an answer"},
		{LoopAnswer, "offered m/52-54-00-12-34-56/snponly.efi all the same (loop.then)"},
	} {
		p := newPlay(t)
		p.r.Loop, p.r.Limits, p.r.Fetches = tt.action, Limits{Returns: 2, Within: time.Hour}, true
		for i := range uint32(2) {
			p.discover(float64(60*i), i+1, boot.ArchX64)
			p.fetched()
		}
		ans := p.discover(120, 3, boot.ArchX64)
		want := "booted 3 times without getting anywhere, more than loop.returns, 2: " + tt.did +
			"; its boots are counted anew from 2026-01-01 01:00:00, or now by: bootlace machines release 52:54:00:12:34:56"
		if got := ans.sentence(); got != want || ans.level() != boot.LevelWarn {
			t.Errorf("%v\n got %s\nwant %s", ans.level(), got, want)
		}
		if ans.Why != "it boots again and again" {
			t.Errorf("why: %s", ans.Why)
		}
		if again := p.discover(124, 3, boot.ArchX64); again.level() != boot.LevelInfo || again.Loop.Returns != 3 {
			t.Errorf("its second try: %v, %d times", again.level(), again.Loop.Returns)
		}
		ans.Plan.Host = &boot.Host{Name: "node1"}
		if got := ans.sentence(); !strings.HasSuffix(got, "release node1") {
			t.Error(got)
		}
	}
}

// TestLoopOnOneWay: firmware that is turned away on one way goes on with the next, and is turned away there.
func TestLoopOnOneWay(t *testing.T) {
	p := newPlay(t)
	p.r.Limits = Limits{Returns: 2, Within: time.Hour}
	var got []Verdict
	for i := range uint32(3) {
		got = append(got, p.discover(float64(60*i), 2*i+1, boot.ArchX64).Verdict, p.discover(float64(60*i+20), 2*i+2, boot.ArchX64HTTP).Verdict)
	}
	want := []Verdict{AnsweredOffer, AnsweredOffer, AnsweredOffer, AnsweredOffer, AnsweredLocal, AnsweredLocal}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestNoExperimentsInALoop: a machine that loops is not offered one style after the other, and none of them worked for it.
func TestNoExperimentsInALoop(t *testing.T) {
	p := newPlay(t)
	p.r.Loop, p.r.Limits, p.r.Fetches = LoopAnswer, Limits{Returns: 2, Within: time.Hour}, true
	for i := range uint32(6) {
		p.discover(float64(60*i), i+1, boot.ArchX64)
	}
	p.expect(
		"0 rom offer skip: usual for this kind of client",
		"60 rom offer binl: the last offer (skip) was not taken",
		"120 rom offer binl: it boots again and again",
		"180 rom offer binl: it boots again and again",
		"240 rom offer binl: it boots again and again",
		"300 rom offer binl: it boots again and again",
	)
}
