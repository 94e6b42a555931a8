// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"fmt"
	"io/fs"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// How often it is told of one machine that it has too little memory, or that nobody knows how much.
const (
	toldOfLittle  = time.Minute
	toldOfUnknown = 24 * time.Hour
)

// withoutInstalling gives a machine that has too little memory what says so, and nothing that would install it. No attempt begins.
func withoutInstalling(s source, v *boot.Visit, p boot.Plan, role boot.Role, need boot.MemoryNeed) (boot.File, boot.Plan, passage, error) {
	alone := p.Profile != nil && p.Profile.Start == nil // else another entry of a menu may be what it asks for
	if alone && (role == boot.RoleKernel || role == boot.RoleInitrd || role == boot.RoleAnswer) {
		return nil, p, passage{}, fmt.Errorf("%w: it is not installed: %s", fs.ErrPermission, need.Words())
	}
	f, err := s.File(*v, p)
	return f, p, passage{}, err
}

// tellOfMemory tells the operator what a machine was told with its script.
func (d *decider) tellOfMemory(s source, v *boot.Visit, p boot.Plan) {
	need := s.Memory(*v, p)
	if !need.Looked || need.Answer() == boot.MemoryEnough || s.Role(*v, p) != boot.RoleScript {
		return
	}
	e := boot.Event{Kind: boot.EventNotice, Level: boot.LevelWarn, Once: toldOfLittle, Text: "will most likely fail: " + need.Words()}
	switch {
	case need.Refused:
		d.memory.Learn(p.Client.Key(), (*boot.History).Arrived) // it has got as far as it is to: that is no loop
		e.Text = "is not installed: " + need.Words()
	case !need.Short():
		e.Level, e.Once, e.Text = boot.LevelInfo, toldOfUnknown, "boots all the same: "+need.Words()
	}
	e.About(p)
	d.events(e)
}
