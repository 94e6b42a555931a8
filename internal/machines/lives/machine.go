// SPDX-License-Identifier: Apache-2.0

package lives

import (
	"strings"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/machines/life"
)

// Machine is who lives a life, and what the configuration wants of it now.
type Machine struct {
	Key     string // of its record; "": nothing is known by which to find one again
	Plan    boot.Plan
	Desired life.Desired
}

// The beginnings of keys.
const (
	hostPrefix = "host/"
	macPrefix  = "mac/"
)

// Of gives the machine of a plan. All network cards of a host are one machine; one that no host names is known by its address.
func Of(p boot.Plan) Machine {
	var room [64]byte
	return Machine{Plan: p, Desired: desired(&p), Key: string(appendKey(room[:0], &p))}
}

// appendKey appends the key of a plan's machine.
func appendKey(b []byte, p *boot.Plan) []byte {
	if p.Host != nil {
		return append(append(b, hostPrefix...), p.Host.Name...)
	}
	if key := p.Client.Key(); !key.IsZero() {
		return key.AppendTo(append(b, macPrefix...))
	}
	return b
}

// HostOf gives the name of the host that a key is of.
func HostOf(key string) (name string, ok bool) { return strings.CutPrefix(key, hostPrefix) }

func installs(p *boot.Plan) bool { return p.Install != nil && p.Action == boot.ActionBoot }

// desired translates what a plan says of installing.
func desired(p *boot.Plan) life.Desired {
	if !installs(p) {
		return life.Desired{Generation: p.Generation}
	}
	i := p.Install
	d := life.Desired{Installs: true, Generation: p.Generation, Attempts: i.Attempts, Within: i.Within}
	if p.Profile != nil {
		d.Profile = p.Profile.Name
	}
	if i.Then != boot.ThenLocal {
		d.Then = i.Then
	}
	switch i.Success.By {
	case boot.SuccessOSDHCP:
		d.Success.By = life.ProofSystem
	case boot.SuccessTimeout:
		d.Success.By = life.ProofTimeout
	case boot.SuccessFetch:
		d.Success = life.Success{By: life.ProofFetch, Path: i.Success.Path}
	case boot.SuccessCallback:
	}
	return d
}

// about ties an event to the machine.
func (m *Machine) about(e boot.Event) boot.Event {
	e.About(m.Plan)
	return e
}
