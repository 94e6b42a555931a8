// SPDX-License-Identifier: Apache-2.0

package life

import (
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

var (
	nic1 = boot.MAC{0x52, 0x54, 0, 0, 0, 1}
	nic2 = boot.MAC{0x52, 0x54, 0, 0, 0, 2}
)

// rig is one appliance with one machine, and a store that never fails.
type rig struct {
	t      *testing.T
	want   Desired
	record Record
	sight  Sight
	uptime time.Duration
	last   Result
	told   []Effect
}

func newRig(t *testing.T, want Desired) *rig {
	want.Installs, want.Profile = true, "debian"
	return &rig{t: t, want: want, sight: Sight{Run: "a"}}
}

// do lets an event happen one second after the one before.
func (g *rig) do(e Event) *rig {
	g.t.Helper()
	g.uptime += time.Second
	e.Uptime, e.At = g.uptime, time.Unix(1e9, 0).Add(g.uptime)
	if e.NIC.IsZero() {
		e.NIC = nic1
	}
	g.sight = g.sight.See(e)
	return g.take(Step(g.want, g.record, g.sight, e), e)
}

func (g *rig) take(o Result, e Event) *rig {
	g.t.Helper()
	if o.Durable && !o.Changed {
		g.t.Error("durable without a change")
	}
	if back, err := Decode(o.Record.Encode()); o.Changed && (err != nil || string(back.Encode()) != string(o.Record.Encode())) {
		g.t.Fatalf("the record does not survive its store: %v\n%s", err, o.Record.Encode())
	}
	g.record, g.last, g.told = o.Record, o, append(g.told, o.Effects...)
	g.sight = g.sight.After(o, e)
	return g
}

func (g *rig) order(v Verb, profile ...string) *rig {
	g.t.Helper()
	return g.take(Command(g.want, g.record, g.sight, Order{Verb: v, Profile: strings.Join(profile, ""), At: time.Unix(1e9, 0)}), Event{})
}

func (g *rig) wait(d time.Duration) *rig { g.uptime += d; return g }

// restart is another run of the appliance: it remembers nothing but the record.
func (g *rig) restart() *rig {
	g.sight, g.uptime = Sight{Run: g.sight.Run + "a"}, 0
	return g
}

func (g *rig) request() *rig {
	return g.do(Event{Kind: Requested, Fresh: true, Firmware: true, Way: "v4"})
}
func (g *rig) ask(w Evidence) *rig  { return g.do(Event{Kind: Asked, What: w}) }
func (g *rig) sent(w Evidence) *rig { return g.do(Event{Kind: Sent, What: w, Boot: g.sight.Boot()}) }
func (g *rig) system() *rig         { return g.do(Event{Kind: SystemSeen}) }

// install is one boot that goes as far as the installer.
func (g *rig) install() *rig {
	return g.request().ask(EvidenceScript).sent(EvidenceScript).ask(EvidenceKernel).sent(EvidenceKernel).ask(EvidenceInitrd).sent(EvidenceInitrd)
}

func (g *rig) claim() Claim { return Claim{g.record.Attempt.Target, g.record.Attempt.Number} }

// is checks where the machine is and what it gets.
func (g *rig) is(s State, serve Serve, attempt int) *rig {
	g.t.Helper()
	st := Derive(g.want, g.record, g.sight)
	if st.State != s || st.Serve != serve || st.Attempt != attempt {
		g.t.Fatalf("%s, %s, attempt %d (%s); want %s, %s, attempt %d", st.State, st.Serve, st.Attempt, st.Why, s, serve, attempt)
	}
	return g
}

// alarms counts those of a kind that were told.
func (g *rig) alarms(a Alarm) (n int) {
	for _, e := range g.told {
		if e.Alarm == a {
			n++
		}
	}
	return n
}

func TestInstallOnce(t *testing.T) {
	g := newRig(t, Desired{})
	g.is(StateArmed, ServeInstall, 1)
	g.request().is(StateOffered, ServeInstall, 1)
	if g.ask(EvidenceScript); !g.last.Durable {
		t.Error("the first script is given out before the attempt is stored")
	}
	g.is(StateScript, ServeInstall, 1).ask(EvidenceKernel)
	if g.last.Durable {
		t.Error("the same attempt waits for the store again")
	}
	g.sent(EvidenceKernel).is(StateKernel, ServeInstall, 1)
	g.ask(EvidenceInitrd).sent(EvidenceInitrd).is(StateInstaller, ServeInstall, 1)
	g.do(Event{Kind: Reported, Claim: g.claim()}).is(StateDone, ServeLocal, 0)
	if !g.last.Durable {
		t.Error("done is answered before it is stored")
	}
	for range 5 {
		g.wait(time.Hour).request().is(StateDone, ServeLocal, 0).ask(EvidenceScript).is(StateDone, ServeLocal, 0)
	}
	g.restart().request().ask(EvidenceScript).is(StateDone, ServeLocal, 0)
}

// I1: however often a machine comes back, it installs no more often than it may, and somebody is told once.
func TestAttemptsAreBounded(t *testing.T) {
	for _, restarts := range []bool{false, true} {
		g := newRig(t, Desired{Attempts: 2})
		for n := range 6 {
			if restarts {
				g.restart()
			}
			g.wait(time.Hour).request().ask(EvidenceScript).ask(EvidenceKernel)
			if want := n < 2; (g.last.Status.Serve == ServeInstall) != want {
				t.Fatalf("boot %d (restarts: %t): %+v", n, restarts, g.last.Status)
			}
		}
		g.is(StateExhausted, ServeLocal, 0)
		if g.alarms(AlarmExhausted) != 1 {
			t.Errorf("told %d times", g.alarms(AlarmExhausted))
		}
		g.want.Attempts = 3
		g.is(StateArmed, ServeInstall, 3)
	}
}

// A restart in the middle of a boot: the appliance does not know the boot any more and counts another attempt, unless a token
// shows whose it is.
func TestRestartWithinABoot(t *testing.T) {
	g := newRig(t, Desired{Attempts: 2}).request().ask(EvidenceScript)
	g.restart().is(StateScript, ServeInstall, 1).ask(EvidenceKernel).is(StateScript, ServeInstall, 2)
	old := Claim{g.record.Attempt.Target, 1}
	g.do(Event{Kind: Reported, Claim: old}).is(StateDone, ServeLocal, 0) // no script was given out since: it is that boot

	g = newRig(t, Desired{Attempts: 1}).install().restart()
	g.do(Event{Kind: Asked, What: EvidenceAnswer, Claim: g.claim()}).is(StateInstaller, ServeInstall, 1)
	if g.record.Attempt.Number != 1 {
		t.Errorf("an installer that shows its token is in a new attempt: %+v", g.last)
	}
	g.ask(EvidenceAnswer).is(StateInstaller, ServeInstall, 1)
	g.request().is(StateExhausted, ServeLocal, 0)

	g = newRig(t, Desired{Attempts: 2}).install().restart()
	g.do(Event{Kind: Asked, What: EvidenceScript, Claim: g.claim()}).is(StateScript, ServeInstall, 2) // a token is of a script, and this is the next one

	g = newRig(t, Desired{Attempts: 2}).install().restart().request()
	g.do(Event{Kind: Asked, What: EvidenceKernel, Claim: g.claim()}).is(StateScript, ServeInstall, 2) // it was seen to boot since
}

// I2, I5: what is done is done, reports may come twice and late, and none is about anything but its own target.
func TestReports(t *testing.T) {
	g := newRig(t, Desired{}).install()
	first := g.claim()
	g.do(Event{Kind: Reported, Claim: first}).do(Event{Kind: Reported, Claim: first})
	if !g.last.Already || g.last.Changed {
		t.Errorf("a report twice: %+v", g.last)
	}
	g.do(Event{Kind: Complained, Claim: first, Text: "late"}).is(StateDone, ServeLocal, 0)
	if !g.last.Refused || g.last.Changed || len(g.last.Effects) != 1 || g.last.Effects[0].Alarm != "" {
		t.Errorf("a late failure is only told: %+v", g.last)
	}
	g.want.Generation = 2
	g.is(StateArmed, ServeInstall, 1).do(Event{Kind: Reported, Claim: first}).is(StateArmed, ServeInstall, 1)
	g.install().do(Event{Kind: Reported, Claim: first}).is(StateInstaller, ServeInstall, 1)
	g.do(Event{Kind: Complained, Claim: first, Text: "late"}).is(StateInstaller, ServeInstall, 1)
	g.do(Event{Kind: Reported}).is(StateInstaller, ServeInstall, 1)
	g.do(Event{Kind: Reported, Claim: Claim{g.claim().Target, 2}}).is(StateInstaller, ServeInstall, 1)

	second := g.claim()
	g.want.Generation = 3 // raised while it installs
	g.do(Event{Kind: Reported, Claim: second})
	if g.record.Done.Target.Generation != 2 {
		t.Errorf("%+v", g.record.Done)
	}
	g.is(StateArmed, ServeInstall, 1)
}

func TestAReportOfTheAttemptBefore(t *testing.T) {
	g := newRig(t, Desired{}).install()
	first := g.claim()
	g.wait(time.Hour).install().do(Event{Kind: Reported, Claim: first}).is(StateInstaller, ServeInstall, 2)
	if !g.last.Refused {
		t.Error("the disk is being written over by now")
	}
	g.do(Event{Kind: Reported, Claim: g.claim()}).is(StateDone, ServeLocal, 0)
}

func TestFailures(t *testing.T) {
	g := newRig(t, Desired{Attempts: 2}).install()
	g.do(Event{Kind: Complained, Claim: g.claim(), Text: strings.Repeat("no disk é", 90)}).is(StateFailed, ServeInstall, 2)
	if len(g.record.Attempt.Why) > mostText || g.alarms(AlarmFailed) != 1 || !g.last.Durable {
		t.Errorf("%+v", g.last)
	}
	if g.do(Event{Kind: Complained, Claim: g.claim()}); !g.last.Already || g.last.Changed {
		t.Errorf("%+v", g.last)
	}
	g.install().is(StateInstaller, ServeInstall, 2)
	g.do(Event{Kind: Complained, Claim: g.claim(), Text: "again"}).is(StateExhausted, ServeLocal, 0)
	if g.alarms(AlarmFailed) != 2 || g.alarms(AlarmExhausted) != 1 {
		t.Errorf("%+v", g.told)
	}
}

// I3: what cannot be known installs nothing.
func TestRefuse(t *testing.T) {
	_, err := Decode([]byte(`{"schema":1,"orders":`))
	if o := Refuse(err); err == nil || o.Status.Serve != ServeLocal || o.Effects[0].Alarm != AlarmRefused || o.Changed {
		t.Errorf("%+v", o)
	}
	g := newRig(t, Desired{})
	e := Event{Kind: Asked, What: EvidenceScript, NIC: nic1}
	if o := Step(g.want, Record{}, Sight{}, e); o.Status.Serve != ServeLocal || o.Changed {
		t.Errorf("without a sight: %+v", o)
	}
	if o := Step(g.want, Record{}, Sight{}.See(e), e); o.Status.Serve != ServeLocal || o.Changed {
		t.Errorf("with a sight that has no name: %+v", o)
	}
}

// I6: what firmware and loaders do within one boot.
func TestOneBootIsOneAttempt(t *testing.T) {
	other := Event{Kind: Requested, Fresh: true, Firmware: true, Way: "v4", NIC: nic2}
	six := Event{Kind: Requested, Fresh: true, Firmware: true, Way: "v6"}
	ours := Event{Kind: Requested, Fresh: true, Way: "v4"}
	again := Event{Kind: Requested, Firmware: true, Way: "v4"}
	for name, c := range map[string]struct {
		do   func(g *rig)
		want int
	}{
		"script twice":       {func(g *rig) { g.ask(EvidenceScript).ask(EvidenceScript) }, 1},
		"packet sent again":  {func(g *rig) { g.ask(EvidenceScript).do(again).ask(EvidenceScript) }, 1},
		"our iPXE asks DHCP": {func(g *rig) { g.do(ours).ask(EvidenceScript).do(ours).ask(EvidenceScript) }, 1},
		"the other NIC":      {func(g *rig) { g.ask(EvidenceScript).do(other).ask(EvidenceScript) }, 1},
		"the other NIC late": {func(g *rig) { g.ask(EvidenceScript).wait(2 * time.Minute).do(other).ask(EvidenceScript) }, 2},
		"the other NIC with kernel": {func(g *rig) {
			g.ask(EvidenceScript).ask(EvidenceKernel).sent(EvidenceKernel).do(other).ask(EvidenceScript)
		}, 2},
		"IPv6 after IPv4":           {func(g *rig) { g.ask(EvidenceScript).do(six).ask(EvidenceScript) }, 1},
		"the same NIC":              {func(g *rig) { g.ask(EvidenceScript).request().ask(EvidenceScript) }, 2},
		"both NICs, then the first": {func(g *rig) { g.ask(EvidenceScript).do(other).ask(EvidenceScript).request().ask(EvidenceScript) }, 2},
		"HTTP after TFTP": {func(g *rig) {
			g.ask(EvidenceKernel).ask(EvidenceScript).ask(EvidenceKernel).sent(EvidenceKernel).ask(EvidenceKernel)
		}, 1},
		"script after the kernel":                              {func(g *rig) { g.ask(EvidenceScript).ask(EvidenceKernel).sent(EvidenceKernel).ask(EvidenceScript) }, 2},
		"script much later":                                    {func(g *rig) { g.ask(EvidenceScript).wait(time.Hour).ask(EvidenceScript) }, 2},
		"our iPXE after the kernel":                            {func(g *rig) { g.ask(EvidenceKernel).sent(EvidenceKernel).do(ours).ask(EvidenceKernel) }, 2},
		"the other NIC with the kernel, that then asks for it": {func(g *rig) { g.ask(EvidenceKernel).sent(EvidenceKernel).do(other).ask(EvidenceKernel) }, 2},
		"script long after asking for the kernel":              {func(g *rig) { g.ask(EvidenceScript).ask(EvidenceKernel).wait(2 * time.Minute).ask(EvidenceScript) }, 2},
		"the other NIC late, then the first":                   {func(g *rig) { g.wait(2 * time.Minute).do(other).ask(EvidenceScript).request().ask(EvidenceScript) }, 2},
		"our iPXE begins, and nobody heard the firmware": {func(g *rig) {
			g.ask(EvidenceKernel).sent(EvidenceKernel).do(ours).ask(EvidenceScript).ask(EvidenceKernel).ask(EvidenceScript)
		}, 3},
		"a transfer of the boot before": {func(g *rig) {
			end := Event{Kind: Sent, What: EvidenceKernel, Boot: g.ask(EvidenceKernel).sight.Boot()}
			g.request().ask(EvidenceScript).do(end).ask(EvidenceScript)
		}, 2},
		"two initrds, hours": {func(g *rig) { g.ask(EvidenceInitrd).wait(3 * time.Hour).ask(EvidenceInitrd).ask(EvidenceAnswer) }, 1},
		"a slow kernel": {func(g *rig) {
			g.ask(EvidenceScript).ask(EvidenceKernel).wait(time.Hour).sent(EvidenceKernel).ask(EvidenceInitrd)
		}, 1},
	} {
		g := newRig(t, Desired{Attempts: 9}).request()
		if c.do(g); g.record.Attempt.Number != c.want || g.last.Status.Serve != ServeInstall && g.last.Status.Serve != 0 {
			t.Errorf("%s: %d attempts, want %d; %+v", name, g.record.Attempt.Number, c.want, g.last.Status)
		}
	}
}

// Where no DISCOVER is ever heard (a relay that does not know us, a DHCP server that names our files) files alone tell boots apart.
func TestBootsNobodyHeard(t *testing.T) {
	g := newRig(t, Desired{Attempts: 9})
	g.ask(EvidenceScript).ask(EvidenceScript).ask(EvidenceKernel).ask(EvidenceKernel).sent(EvidenceKernel).ask(EvidenceInitrd).is(StateKernel, ServeInstall, 1)
	g.ask(EvidenceScript).is(StateScript, ServeInstall, 2) // though it has only asked for the kernel
	g.ask(EvidenceKernel).ask(EvidenceScript).is(StateScript, ServeInstall, 3)
	g.wait(2*time.Minute).ask(EvidenceScript).is(StateScript, ServeInstall, 4)
	g.ask(EvidenceKernel).sent(EvidenceKernel).ask(EvidenceKernel).is(StateScript, ServeInstall, 5)
	g.request().is(StateOffered, ServeInstall, 6)
}

// I7: the disk does not boot.
func TestBackFromTheDisk(t *testing.T) {
	g := newRig(t, Desired{}).install()
	g.do(Event{Kind: Reported, Claim: g.claim()})
	g.wait(3*time.Minute).request().is(StateDone, ServeLocal, 0)
	for range 4 {
		g.wait(3 * time.Minute).request()
	}
	if g.alarms(AlarmDisk) != 1 {
		t.Errorf("told %d times", g.alarms(AlarmDisk))
	}
	g.want.Generation = 2
	g.is(StateOffered, ServeInstall, 1).install().is(StateInstaller, ServeInstall, 1)

	g = newRig(t, Desired{}).install()
	g.do(Event{Kind: Reported, Claim: g.claim()})
	for range 4 {
		g.wait(3 * time.Minute).request().system() // it boots
		g.wait(3 * time.Hour).request()
	}
	if g.alarms(AlarmDisk) != 0 || g.record.Returns != 0 {
		t.Errorf("a disk that boots: %+v", g.told)
	}
	g = newRig(t, Desired{}).install() // an order came while it came back: it is no return from a disk that is to be written over
	g.do(Event{Kind: Reported, Claim: g.claim()}).request().request().order(OrderInstall).request()
	if g.alarms(AlarmDisk) != 0 {
		t.Error("its disk is about to be installed")
	}
	g = newRig(t, Desired{}).install()
	g.do(Event{Kind: Reported, Claim: g.claim()}).request()
	for range 4 { // firmware tries all it has before the disk
		g.do(Event{Kind: Requested, Fresh: true, Firmware: true, Way: "v6"})
		g.do(Event{Kind: Requested, Fresh: true, Firmware: true, Way: "v4", NIC: nic2})
		g.wait(time.Hour).request()
	}
	if g.alarms(AlarmDisk) != 0 {
		t.Error("the next NIC is no return")
	}
}

// I9: installers that cannot call back. The machine is sent to its disk once the installer had its turn.
func TestProofs(t *testing.T) {
	systemOf := func() *rig { return newRig(t, Desired{Success: Success{By: ProofSystem}}).install() }
	g := systemOf().system().is(StateInstaller, ServeInstall, 1) // the installer's own request
	g.wait(20*time.Minute).request().is(StateTrial, ServeLocal, 0).ask(EvidenceScript).is(StateTrial, ServeLocal, 0)
	g.wait(time.Minute).system().is(StateDone, ServeLocal, 0)

	g = systemOf().wait(time.Minute).request().is(StateTrial, ServeLocal, 0) // it crashed, and the disk is empty
	g.wait(time.Minute).request().is(StateFailed, ServeInstall, 2).install()
	g.wait(time.Minute).request().is(StateTrial, ServeLocal, 0).wait(time.Minute).request().is(StateFailed, ServeLocal, 0)
	if g.alarms(AlarmDisk) != 1 {
		t.Errorf("%+v", g.told)
	}
	g.wait(time.Hour).request().is(StateFailed, ServeLocal, 0).order(OrderRelease).is(StateFailed, ServeInstall, 3)

	g = newRig(t, Desired{Success: Success{By: ProofSystem}}).request().ask(EvidenceScript).restart()
	g.request().is(StateTrial, ServeLocal, 0) // how far it came before the restart is not known

	g = systemOf().restart().request().is(StateTrial, ServeLocal, 0).restart().system().is(StateInstaller, ServeInstall, 1)
	g.request().is(StateTrial, ServeLocal, 0).system().is(StateDone, ServeLocal, 0)

	systemOf().wait(DefaultWithin).system().is(StateDone, ServeLocal, 0) // its disk is before the network

	g = newRig(t, Desired{Success: Success{By: ProofFetch, Path: "ready"}})
	g.do(Event{Kind: Sent, Path: "ready"}).is(StateArmed, ServeInstall, 1).install()
	g.do(Event{Kind: Sent, Path: "other"}).is(StateInstaller, ServeInstall, 1)
	g.do(Event{Kind: Sent, Path: "ready"}).is(StateDone, ServeLocal, 0)

	g = newRig(t, Desired{Success: Success{By: ProofTimeout}}).install()
	g.wait(time.Hour).request().is(StateTrial, ServeLocal, 0).do(Event{Kind: Ticked}).is(StateTrial, ServeLocal, 0)
	g.wait(time.Hour).do(Event{Kind: Ticked}).is(StateDone, ServeLocal, 0)
}

func TestStalled(t *testing.T) {
	g := newRig(t, Desired{}).install().do(Event{Kind: Ticked}).is(StateInstaller, ServeInstall, 1)
	for range 3 {
		g.wait(DefaultWithin).do(Event{Kind: Ticked}).is(StateStalled, ServeInstall, 1)
	}
	if g.alarms(AlarmStalled) != 1 {
		t.Errorf("%+v", g.told)
	}
	g.ask(EvidenceAnswer).is(StateStalled, ServeInstall, 1) // slow, but the same
	g.do(Event{Kind: Reported, Claim: g.claim()}).is(StateDone, ServeLocal, 0)
	g = newRig(t, Desired{}).install().wait(DefaultWithin).do(Event{Kind: Ticked}).request().is(StateStalled, ServeInstall, 2)
	g.install().is(StateInstaller, ServeInstall, 2)
}

func TestOrders(t *testing.T) {
	g := newRig(t, Desired{Then: "shell"}).order(OrderHold).is(StateHeld, ServeProfile, 0)
	g.request().ask(EvidenceScript).is(StateHeld, ServeProfile, 0).order(OrderInstall).is(StateHeld, ServeProfile, 0)
	g.order(OrderRelease).install().order(OrderHold).ask(EvidenceAnswer).is(StateHeld, ServeProfile, 0)
	g.order(OrderRelease).is(StateInstaller, ServeInstall, 1).do(Event{Kind: Reported, Claim: g.claim()}).is(StateDone, ServeProfile, 0)
	if g.record.Done.Target != (Target{1, 1}) {
		t.Errorf("both reasons to install are met: %+v", g.record.Done)
	}
	g.order(OrderInstall).is(StateArmed, ServeInstall, 1).order(OrderDone).is(StateDone, ServeProfile, 0)
	if g.record.Attempt.Number != 0 {
		t.Errorf("nobody tried that: %+v", g.record.Attempt)
	}
	if g.order(OrderDone); !g.last.Already || g.last.Changed {
		t.Errorf("%+v", g.last)
	}
	g.order(OrderInstall).install().order(OrderDone).ask(EvidenceAnswer).is(StateDone, ServeProfile, 0)
	g.order(OrderInstall).install().order(OrderForget).is(StateInstaller, ServeInstall, 1)
	if g.record.MACs != nil || g.record.Orders != 4 {
		t.Errorf("%+v", g.record)
	}
	g.record.Orders = mostOrders
	if g.order(OrderInstall); !g.last.Refused || g.last.Changed {
		t.Errorf("%+v", g.last)
	}
	g.want.Installs = false
	if g.order(OrderInstall); !g.last.Refused || g.last.Changed {
		t.Errorf("%+v", g.last)
	}
	if g.order("dance"); !g.last.Refused || g.last.Changed {
		t.Errorf("%+v", g.last)
	}
}

func TestNextBoot(t *testing.T) {
	g := newRig(t, Desired{}).order(OrderNext, "rescue").is(StateArmed, ServeProfile, 0)
	g.request().is(StateOffered, ServeProfile, 0)
	if g.ask(EvidenceScript); !g.last.Durable || g.last.Status.Profile != "rescue" {
		t.Errorf("%+v", g.last)
	}
	g.ask(EvidenceKernel).is(StateArmed, ServeProfile, 0)
	g.request().is(StateOffered, ServeInstall, 1).install().order(OrderNext, "rescue").is(StateInstaller, ServeInstall, 1)
	g.do(Event{Kind: Reported, Claim: g.claim()}).is(StateDone, ServeProfile, 0)
	g.request().ask(EvidenceScript).restart().ask(EvidenceKernel).is(StateDone, ServeLocal, 0) // at most once
	if g.record.Next != (Next{}) {
		t.Errorf("it is over: %+v", g.record.Next)
	}
	g.order(OrderNext, "rescue").order(OrderNext).is(StateDone, ServeLocal, 0)
}

// Lowering a generation and changing a profile install nothing, and give no attempts back.
func TestGenerations(t *testing.T) {
	g := newRig(t, Desired{Generation: 5, Attempts: 1}).install()
	g.want.Generation = 3
	g.request().is(StateLocal, ServeLocal, 0).order(OrderInstall).is(StateOffered, ServeInstall, 1)
	g.install().do(Event{Kind: Reported, Claim: g.claim()}).is(StateLocal, ServeLocal, 0)
	g.want.Generation, g.want.Profile = 5, "other"
	g.is(StateDone, ServeLocal, 0)
	g.want.Generation = 6
	g.is(StateArmed, ServeInstall, 1)
}

func TestTokens(t *testing.T) {
	mint := func(hash string, s Scope) []Token { return []Token{{Hash: hash, Scope: s}} }
	g := newRig(t, Desired{}).request()
	g.do(Event{Kind: Asked, What: EvidenceScript, Tokens: mint("f", ScopeFiles)}).do(Event{Kind: Asked, What: EvidenceScript, Tokens: mint("d", ScopeDone)})
	if tok, ok := g.record.Token("f"); !ok || tok.Number != 1 || tok.Target.Generation != 1 || !g.last.Durable {
		t.Errorf("%+v", g.record.Tokens)
	}
	g.do(Event{Kind: Reported, Claim: g.claim()})
	if _, ok := g.record.Token("f"); ok || len(g.record.Tokens) != 1 {
		t.Errorf("after done: %+v", g.record.Tokens)
	}
	g.want.Generation = 2
	if g.install(); len(g.record.Tokens) != 0 {
		t.Errorf("after the next attempt: %+v", g.record.Tokens)
	}
	for range 3 * mostTokens {
		g.do(Event{Kind: Asked, What: EvidenceAnswer, Tokens: mint("x", ScopeFiles)})
	}
	if len(g.record.Tokens) != mostTokens {
		t.Errorf("%d tokens", len(g.record.Tokens))
	}
	if g.wait(DefaultWithin).do(Event{Kind: Ticked}).do(Event{Kind: Ticked}); len(g.record.Tokens) != mostTokens {
		t.Errorf("a report that comes late is still believed: %d tokens", len(g.record.Tokens))
	}
	g.wait(DefaultWithin).do(Event{Kind: Ticked})
	if len(g.record.Tokens) != 0 {
		t.Errorf("after all that time: %+v", g.record.Tokens)
	}
}

func TestAHostWithoutInstall(t *testing.T) {
	g := newRig(t, Desired{})
	g.want.Installs = false
	g.install().system().do(Event{Kind: Ticked}).is(StateLocal, ServeConfigured, 0)
	if g.record.Attempt.Number != 0 || len(g.record.MACs) != 0 || len(g.told) != 0 {
		t.Errorf("%+v %+v", g.record, g.told)
	}
	g.order(OrderHold).is(StateLocal, ServeConfigured, 0).order(OrderNext, "rescue").is(StateLocal, ServeProfile, 0)
	g.request().ask(EvidenceScript).is(StateLocal, ServeProfile, 0).request().ask(EvidenceScript).is(StateLocal, ServeConfigured, 0)
}

func TestRenamedHosts(t *testing.T) {
	g := newRig(t, Desired{})
	uuid := boot.UUID{1, 2, 3}
	g.do(Event{Kind: Requested, Fresh: true, Firmware: true, UUID: uuid})
	if !g.record.Knows(nic1, boot.UUID{}) || !g.record.Knows(nic2, uuid) || g.record.Knows(nic2, boot.UUID{9}) || (Record{}).Knows(boot.MAC{}, boot.UUID{}) {
		t.Errorf("%+v", g.record)
	}
	for i := range 3 * mostMACs {
		g.do(Event{Kind: Requested, NIC: boot.MAC{2, byte(i)}})
	}
	if len(g.record.MACs) != mostMACs {
		t.Errorf("%d addresses", len(g.record.MACs))
	}
}

// What is answered to a boot that is over by then is no answer to the next one.
func TestAnswersThatComeLate(t *testing.T) {
	g := newRig(t, Desired{}).install()
	g.do(Event{Kind: Reported, Claim: g.claim()}).wait(time.Hour).request()
	slow := g.last
	g.wait(time.Hour).request()
	g.sight = g.sight.begin(Event{Uptime: g.uptime}).After(slow, Event{Kind: Asked, Uptime: g.uptime})
	g.wait(time.Minute).request()
	if g.sight.back {
		t.Error("it was not sent to its disk in the boot before")
	}
}

// Two appliances see the same machine. One of them takes what the other installs for the boot from the disk that it ordered.
func TestProofAtAnotherAppliance(t *testing.T) {
	want := Desired{Success: Success{By: ProofSystem}}
	a, b := newRig(t, want), newRig(t, want)
	b.sight.Run = "b"
	a.request().ask(EvidenceScript) // as far as a knows no kernel ran
	b.record = a.record
	b.request().is(StateTrial, ServeLocal, 0)
	a.request().install().is(StateInstaller, ServeInstall, 2)
	b.record = a.record
	if b.system(); b.record.Done.How != "" {
		t.Error("that was the installer's own request")
	}
}
