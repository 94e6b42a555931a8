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
