// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"context"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/machines/lives"
	"github.com/bootlace-net/bootlace/internal/secureboot"
)

// Bounds of foresight.
const (
	mostForeseen  = 256              // boots that wait to be looked at; more are not looked at
	toldForeseen  = 10 * time.Minute // a boot asks DHCP more than once
	toldUncertain = 24 * time.Hour
)

// foresight says, when a machine whose Secure Boot is on begins to boot, that it will be refused what it is to start, or that nobody knows.
// To find out takes reading programs, for which no packet waits.
type foresight struct {
	began  chan boot.Plan
	said   func(key boot.MAC) *boot.Inventory
	judge  func(p boot.Plan, said *boot.Inventory) *secureboot.Verdict
	events func(boot.Event)
}

func newForesight(d *daemon) *foresight {
	return &foresight{
		began: make(chan boot.Plan, mostForeseen), said: d.memory.Inventoried, events: d.recorder.Record,
		judge: func(p boot.Plan, said *boot.Inventory) *secureboot.Verdict {
			return d.current.Load().SecureBoot(p, said)
		},
	}
}

// Begins notes that a machine's firmware has asked for something to boot. It waits for nothing.
func (f *foresight) Begins(p boot.Plan) {
	if p.Client.Stage != boot.StageROM || p.Client.Firmware() != boot.FirmwareUEFI || p.ToDisk {
		return
	}
	select {
	case f.began <- p:
	default: // so many begin at once that somebody will look anyway
	}
}

func (f *foresight) String() string { return "foresight" }

// Run looks at boots until ctx ends.
func (f *foresight) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case p := <-f.began:
			f.look(p)
		}
	}
}

// look tells of a boot that will be refused, or may be, on a machine that said that its Secure Boot is on.
func (f *foresight) look(p boot.Plan) {
	said := f.said(p.Client.Key())
	if said == nil || secureboot.State(said.SecureBoot) != secureboot.On {
		return
	}
	v := f.judge(p, said)
	if v == nil || v.Answer == secureboot.Yes {
		return
	}
	e := boot.Event{Kind: boot.EventNotice, Level: boot.LevelWarn, Once: toldForeseen, Text: "Secure Boot is on, and will refuse what it boots: " + v.Why, Detail: string(v.Code)}
	if v.Answer == secureboot.Unknown {
		e.Level, e.Once, e.Text = boot.LevelInfo, toldUncertain, "Secure Boot is on, and it is not known whether it lets through what it boots: "+v.Why
	}
	e.About(p)
	f.events(e)
}

// foresee looks at the boot of a machine that has just said whether its Secure Boot is on.
func (d *decider) foresee(p boot.Plan) {
	if d.begins == nil || p.Action == boot.ActionIgnore {
		return
	}
	if g, ok := d.gate.(*lifeGate); ok && g.lives.Concerns(&p) {
		p = planFor(d.current(), p, g.lives.Status(lives.Of(p)))
	}
	p.Client.Stage = boot.StageROM // it came from there
	d.begins(p)
}
