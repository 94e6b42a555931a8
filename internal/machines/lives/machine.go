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
	m := Machine{Plan: p, Desired: desired(p)}
	switch {
	case p.Host != nil:
		m.Key = hostPrefix + p.Host.Name
	case !p.Client.Key().IsZero():
		m.Key = macPrefix + p.Client.Key().String()
	}
	return m
}

// HostOf gives the name of the host that a key is of.
func HostOf(key string) (name string, ok bool) { return strings.CutPrefix(key, hostPrefix) }

// desired translates what a plan says of installing.
func desired(p boot.Plan) life.Desired {
	if p.Install == nil || p.Action != boot.ActionBoot {
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
