// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/dhcp4"
)

// play runs a script of events against a responder and gives a line for each. Every step is "SECONDS EVENT".
type play struct {
	t *testing.T
	r *Responder
	p *planner
	n []string
}

func newPlay(t *testing.T) *play {
	p := newPlanner(t)
	return &play{t: t, p: p, r: &Responder{Planner: p, Machines: remember()}}
}

func (p *play) discover(at float64, xid uint32, arch boot.Arch, more ...func(*request)) Answer {
	req := ofROM(arch)
	req.xid = xid
	for _, f := range more {
		f(&req)
	}
	ans := p.r.Respond(req.bytes(), on67(seconds(at)), nil)
	p.n = append(p.n, fmt.Sprintf("%g %s %s %s: %s", at, ans.Client.Stage, ans.Verdict, ans.Strategy, ans.Why))
	return ans
}

func (p *play) request(at float64, xid uint32) {
	req := ofROM(boot.ArchX64)
	req.typ, req.xid = dhcp4.Request, xid
	if ans := p.r.Respond(req.bytes(), on67(seconds(at)), nil); len(ans.Reply) > 0 {
		p.t.Errorf("at %g: a request on port 67 was answered", at)
	}
}

func (p *play) binl(at float64, xid uint32) {
	req := ofROM(boot.ArchX64)
	req.typ, req.xid, req.ciaddr = dhcp4.Request, xid, "10.77.0.100"
	ans := p.r.Respond(req.bytes(), on4011(seconds(at), "10.77.0.100:4011"), nil)
	p.n = append(p.n, fmt.Sprintf("%g 4011 %s %s", at, ans.Verdict, ans.Strategy))
}

// fetched is what the door to the files does.
func (p *play) fetched() {
	p.r.Machines.Learn(machine, func(h *boot.History) { h.Note(boot.EvidenceFetched) })
}

func (p *play) expect(want ...string) {
	p.t.Helper()
	if diff := cmp.Diff(want, p.n); diff != "" {
		p.t.Errorf("(-want +got):\n%s", diff)
	}
}

func seconds(n float64) time.Duration { return time.Duration(n * float64(time.Second)) }

func asIPXE(r *request) {
	*r = r.with(dhcp4.OptUserClass, "iPXE").with(dhcp4.OptIPXE, "\x13\x01\x01\x18\x01\x01\x21\x01\x01")
}

// TestStrategyRotates as EDK2 repeats its DISCOVER after 4, 12 and 28 seconds without having taken an offer.
func TestStrategyRotates(t *testing.T) {
	p := newPlay(t)
	for _, at := range []float64{0, 0.5, 3.8, 11.8, 27.8} {
		p.discover(at, 1, boot.ArchX64)
	}
	p.expect(
		"0 rom offer skip: usual for this kind of client",
		"0.5 rom offer skip: the same request again",
		"3.8 rom offer binl: the last offer (skip) was not taken",
		"11.8 rom offer menu: the last offer (binl) was not taken",
		"27.8 rom offer skip: the last offer (menu) was not taken",
	)
}

func TestBIOSRotatesItsOwnWay(t *testing.T) {
	p := newPlay(t)
	for i, at := range []float64{0, 4, 12} {
		p.discover(at, 1, boot.ArchBIOS)
		if want := []boot.Strategy{boot.StrategySkip, boot.StrategyMenu, boot.StrategyBINL}[i]; !strings.Contains(p.n[i], want.String()) {
			t.Errorf("%s: want %s", p.n[i], want)
		}
	}
}

// TestRequestEndsRotation: EDK2 asks the DHCP server only when it can boot with what it has.
func TestRequestEndsRotation(t *testing.T) {
	p := newPlay(t)
	p.discover(0, 1, boot.ArchX64)
	p.request(3.8, 1)
	p.discover(9, 1, boot.ArchX64)
	p.discover(100, 2, boot.ArchX64)
	p.expect(
		"0 rom offer skip: usual for this kind of client",
		"9 rom offer skip: the same as last time",
		"100 rom offer skip: the same as last time",
	)
}

// TestWhatWorkedIsRemembered over boots, and what stops working is left again.
func TestWhatWorkedIsRemembered(t *testing.T) {
	p := newPlay(t)
	p.r.Fetches = true
	p.discover(0, 1, boot.ArchX64)
	p.discover(4, 1, boot.ArchX64)
	p.request(8, 1)
	p.binl(8.1, 9)
	p.fetched()
	p.discover(100, 2, boot.ArchX64)
	p.fetched()
	p.discover(200, 3, boot.ArchX64)
	p.request(204, 3) // but no file is fetched
	p.discover(260, 4, boot.ArchX64)
	p.expect(
		"0 rom offer skip: usual for this kind of client",
		"4 rom offer binl: the last offer (skip) was not taken",
		"8.1 4011 ack binl",
		"100 rom offer binl: the same as last time",
		"200 rom offer binl: it worked for this machine",
		"260 rom offer menu: the last offer (binl) was not taken",
	)
}

// TestIPXEProvesTheROM: when an iPXE asks, the ROM took its offer.
func TestIPXEProvesTheROM(t *testing.T) {
	p := newPlay(t)
	p.r.Fetches = true
	p.discover(0, 1, boot.ArchX64)
	p.discover(9, 2, boot.ArchX64, asIPXE)
	p.discover(60, 3, boot.ArchX64)
	p.expect(
		"0 rom offer skip: usual for this kind of client",
		"9 ipxe offer ipxe: the only one for this kind of client",
		"60 rom offer skip: the same as last time",
	)
}

func TestPinnedStrategyDoesNotRotate(t *testing.T) {
	p := newPlay(t)
	p.p.strategy = boot.StrategyBINL
	for _, at := range []float64{0, 4, 12} {
		if ans := p.discover(at, 1, boot.ArchX64); ans.Strategy != boot.StrategyBINL {
			t.Errorf("at %g: %s", at, ans.Strategy)
		}
	}
	if ans := p.discover(20, 2, boot.ArchX64, asIPXE); ans.Strategy != boot.StrategyIPXE {
		t.Errorf("a style of PXE was forced on iPXE: %s", ans.Strategy)
	}
	if ans := p.discover(30, 3, boot.ArchX64HTTP); ans.Strategy != boot.StrategyHTTP {
		t.Errorf("a style of PXE was forced on HTTP Boot: %s", ans.Strategy)
	}
	p = newPlay(t)
	p.p.strategy = boot.StrategyHTTP
	if ans := p.discover(40, 4, boot.ArchX64); ans.Strategy != boot.StrategySkip {
		t.Errorf("HTTP Boot was forced on PXE: %s", ans.Strategy)
	}
}

// TestPoorIPXEGetsOursFirst, twice at most: then the script, whatever it can do.
func TestPoorIPXEGetsOursFirst(t *testing.T) {
	p := newPlay(t)
	poor := func(r *request) {
		*r = r.with(dhcp4.OptUserClass, "iPXE").with(dhcp4.OptIPXE, "\x15\x01\x01\x21\x01\x01")
	}
	var got []boot.Strategy
	for i := range 3 {
		got = append(got, p.discover(float64(10*i), uint32(i+1), boot.ArchBIOS, poor).Strategy)
	}
	if diff := cmp.Diff([]boot.Strategy{boot.StrategySkip, boot.StrategySkip, boot.StrategyIPXE}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestOursNeverGetsALoader: however poor it looks.
func TestOursNeverGetsALoader(t *testing.T) {
	p := newPlay(t)
	ours := func(r *request) {
		*r = r.with(dhcp4.OptUserClass, dhcp4.OurUserClass).with(dhcp4.OptIPXE, "\x21\x01\x01")
	}
	for i := range 5 {
		if ans := p.discover(float64(10*i), uint32(i+1), boot.ArchBIOS, ours); !strings.HasSuffix(ans.File, "/boot.ipxe") {
			t.Errorf("boot %d: %s", i, ans.File)
		}
	}
}

func TestLoop(t *testing.T) {
	for _, tt := range []struct {
		action LoopAction
		want   Verdict
	}{{LoopLocal, AnsweredLocal}, {LoopSilent, SilentLoop}, {LoopAnswer, AnsweredOffer}} {
		p := newPlay(t)
		p.r.Loop, p.r.Limits = tt.action, Limits{Returns: 3, Within: 10 * time.Minute}
		for i := range 3 {
			if ans := p.discover(float64(60*i), uint32(i+1), boot.ArchX64); ans.Loop.Returns > 0 || ans.Verdict != AnsweredOffer {
				t.Errorf("boot %d: %s", i, ans.Verdict)
			}
		}
		ans := p.discover(200, 9, boot.ArchX64)
		if ans.Verdict != tt.want || ans.Loop.Returns != 4 {
			t.Errorf("the fourth boot: %s, %d returns; want %s", ans.Verdict, ans.Loop.Returns, tt.want)
		}
		if tt.want == AnsweredLocal {
			req := ofROM(boot.ArchX64)
			req.xid = 9
			checkReply(t, req.bytes(), ans)
			golden(t, "family/loop-local", ans.story())
		}
		if ans := p.discover(204, 9, boot.ArchX64); ans.Loop.Returns != 4 {
			t.Errorf("its second try counts as %d", ans.Loop.Returns)
		}
		p.r.Machines.Learn(machine, (*boot.History).Arrived)
		if ans := p.discover(300, 10, boot.ArchX64); ans.Verdict != AnsweredOffer {
			t.Errorf("after Done: %s", ans.Verdict)
		}
		if ans := p.discover(2000, 11, boot.ArchX64); ans.Loop.Returns > 0 {
			t.Error("old boots are never forgotten")
		}
	}
}

// TestLoopOfScripts: an iPXE that is sent back to itself.
func TestLoopOfScripts(t *testing.T) {
	p := newPlay(t)
	p.r.Limits = Limits{Returns: 2, Within: time.Hour}
	last := Verdict(0)
	for i := range 3 {
		last = p.discover(float64(10*i), uint32(i+1), boot.ArchX64, asIPXE).Verdict
	}
	if last != AnsweredLocal {
		t.Errorf("after %d scripts: %s", 3, last)
	}
}

func TestRates(t *testing.T) {
	p := newPlay(t)
	p.r.Limits = Limits{PerMAC: 5, PerSecond: 8}
	count := map[Verdict]int{}
	for range 20 {
		count[p.discover(0, 1, boot.ArchX64).Verdict]++
	}
	for i := range 20 {
		count[p.discover(0, 1, boot.ArchX64, func(r *request) { r.mac = boot.MAC{2, 0, 0, 0, 0, byte(i)} }).Verdict]++
	}
	if diff := cmp.Diff(map[Verdict]int{AnsweredOffer: 8, SilentRate: 15, SilentFlood: 17}, count); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if v := p.discover(1, 1, boot.ArchX64).Verdict; v != AnsweredOffer {
		t.Errorf("a second later: %s", v)
	}
}

// TestSessionsAreBounded: a storm of invented addresses pushes out the oldest, and only those.
func TestSessionsAreBounded(t *testing.T) {
	r := &Responder{Limits: Limits{Machines: 100}}
	mac := func(i int) boot.MAC { return boot.MAC{2, 0, 0, 0, byte(i >> 8), byte(i)} }
	for i := range 1000 {
		r.session(mac(i)).rom.xid = uint32(i)
		r.session(machine).iface = "eth7" // heard of all the time
	}
	if r.sessions.Len() != 100 {
		t.Errorf("%d sessions", r.sessions.Len())
	}
	if s, ok := r.sessions.Peek(machine); !ok || s.iface != "eth7" {
		t.Error("the machine that was heard of all the time is forgotten")
	}
	if r.known(mac(1)) {
		t.Error("the oldest is still there")
	}
	if s, ok := r.sessions.Peek(mac(999)); !ok || s.rom.xid != 999 {
		t.Error("the newest is not there")
	}
}

func TestAdmission(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*Responder, *planner, *request, *Arrival)
		want   Verdict
	}{
		{"observe", func(r *Responder, _ *planner, _ *request, _ *Arrival) { r.Observe = true }, ObservedOffer},
		{"denied", func(r *Responder, _ *planner, _ *request, _ *Arrival) {
			r.Deny = func(m boot.MAC) bool { return m == machine }
		}, SilentDenied},
		{"network allowed", func(r *Responder, _ *planner, _ *request, _ *Arrival) {
			r.Allow = []netip.Prefix{netip.MustParsePrefix("10.77.0.0/16")}
		}, AnsweredOffer},
		{"network not allowed", func(r *Responder, _ *planner, _ *request, _ *Arrival) {
			r.Allow = []netip.Prefix{netip.MustParsePrefix("10.78.0.0/16")}
		}, SilentNetwork},
		{"relay allowed", func(r *Responder, _ *planner, q *request, _ *Arrival) {
			q.giaddr, r.Allow = "10.78.0.1", []netip.Prefix{netip.MustParsePrefix("10.78.0.0/16")}
		}, AnsweredOffer},
		{"ignored", func(_ *Responder, p *planner, _ *request, _ *Arrival) { p.ignore = true }, SilentIgnored},
		{"no address", func(_ *Responder, _ *planner, _ *request, a *Arrival) { a.Local = netip.Addr{} }, SilentNoAddress},
		{"ordinary client", func(_ *Responder, _ *planner, q *request, _ *Arrival) { q.class = "MSFT 5.0" }, SilentNotNetboot},
		{"class is only the prefix", func(_ *Responder, _ *planner, q *request, _ *Arrival) { q.class = "PXEClient" }, AnsweredOffer},
		{"class in lower case", func(_ *Responder, _ *planner, q *request, _ *Arrival) { q.class = "pxeclient" }, SilentNotNetboot},
		{"release", func(_ *Responder, _ *planner, q *request, _ *Arrival) { q.typ = dhcp4.Release }, SilentType},
		{"request on 67", func(_ *Responder, _ *planner, q *request, _ *Arrival) { q.typ = dhcp4.Request }, SilentRequest},
		{"bare names", func(r *Responder, _ *planner, _ *request, _ *Arrival) { r.Bare = true }, AnsweredOffer},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlanner(t)
			r, q, a := &Responder{Planner: p, Machines: remember()}, ofROM(boot.ArchX64), on67(0)
			tt.change(r, p, &q, &a)
			ans := r.Respond(q.bytes(), a, nil)
			if ans.Verdict != tt.want || ans.Verdict.Answered() != (len(ans.Reply) > 0) {
				t.Errorf("%s with a reply of %d bytes, want %s", ans.Verdict, len(ans.Reply), tt.want)
			}
			if r.Bare && ans.File != "snponly.efi" {
				t.Errorf("file %q", ans.File)
			}
		})
	}
}

// TestBadPackets: no crash, no answer, a reason.
func TestBadPackets(t *testing.T) {
	good := ofROM(boot.ArchX64).with(dhcp4.OptMaxSize, "\x05\xc0").bytes()
	change := func(off int, v ...byte) []byte {
		b := append([]byte(nil), good...)
		copy(b[off:], v)
		return b
	}
	cut := append(append([]byte(nil), good[:len(good)-1]...), dhcp4.OptHostname, 200, 'x')
	for _, tt := range []struct {
		name   string
		packet []byte
		want   Verdict
	}{
		{"empty", nil, SilentTruncated},
		{"one byte", []byte{1}, SilentTruncated},
		{"header only", good[:offOpts-1], SilentTruncated},
		{"no options", good[:offOpts], SilentType},
		{"wrong magic", change(offCookie, 0, 0, 0, 0), SilentNotDHCP},
		{"hlen of 17", change(offHLen, 17), SilentNotDHCP},
		{"reply", change(offOp, dhcp4.OpReply), SilentReply},
		{"op of 3", change(offOp, 3), SilentReply},
		{"last option cut off", cut, AnsweredOffer},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := &Responder{Planner: newPlanner(t), Machines: remember()}
			if ans := r.Respond(tt.packet, on67(0), nil); ans.Verdict != tt.want {
				t.Errorf("%s, want %s", ans.Verdict, tt.want)
			}
		})
	}
}

// TestOverloadedRequest has options in file and sname, as RFC 2131 allows.
func TestOverloadedRequest(t *testing.T) {
	req := request{typ: dhcp4.Discover, xid: 7}.with(dhcp4.OptOverload, "\x03").bytes()
	copy(req[offFile:], append([]byte{dhcp4.OptClass, 9}, "PXEClient\xff"...))
	copy(req[offSName:], []byte{dhcp4.OptArch, 2, 0, 11, dhcp4.OptEnd})
	r := &Responder{Planner: newPlanner(t), Machines: remember()}
	if ans := r.Respond(req, on67(0), nil); ans.Verdict != AnsweredOffer || ans.Client.Arch() != boot.ArchARM64 {
		t.Errorf("%s for %s", ans.Verdict, ans.Client.Arch())
	}
}

// TestTheSameMachineOnTwoInterfaces is told once, with the fix.
func TestTheSameMachineOnTwoInterfaces(t *testing.T) {
	r := &Responder{Planner: newPlanner(t), Machines: remember()}
	a := on67(0)
	r.Respond(ofROM(boot.ArchX64).bytes(), a, nil)
	a.Interface, a.Index = "eth1", 3
	ans := r.Respond(ofROM(boot.ArchX64).bytes(), a, nil)
	if !strings.Contains(ans.Note, "eth0") || !strings.Contains(ans.Note, "eth1") || !strings.Contains(ans.Note, "server.interfaces") {
		t.Errorf("note %q", ans.Note)
	}
	if ans.To.Interface != 3 {
		t.Errorf("answered by interface %d", ans.To.Interface)
	}
}

func TestVerdictsHaveWords(t *testing.T) {
	seen := map[string]bool{}
	for _, v := range Verdicts() {
		if v.String() == "" || v.Sentence() == "" || seen[v.String()] {
			t.Errorf("verdict %d: %q, %q", v, v, v.Sentence())
		}
		seen[v.String()] = true
	}
}
