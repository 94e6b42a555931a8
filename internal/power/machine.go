// SPDX-License-Identifier: Apache-2.0

package power

import (
	"context"
	"fmt"

	"github.com/bootlace-net/bootlace/boot"
)

// Machine is what is switched.
type Machine interface {
	Status(ctx context.Context) (State, error)
	Set(ctx context.Context, a Action) error
	// BootFromNetworkOnce has the next boot alone come from the network, whatever its firmware does else.
	BootFromNetworkOnce(ctx context.Context, w Way) error
	Close()
}

// State is whether a machine has power, as its BMC says.
type State string

// The states.
const (
	On      State = "on"
	Off     State = "off"
	Turning State = "turning" // on or off, right now
	Unknown State = "unknown" // nobody says
)

// Action is what can be done about it.
type Action string

// The actions.
const (
	TurnOn  Action = "on"
	TurnOff Action = "off"   // at once: no system is asked
	Cycle   Action = "cycle" // off and on again; on, if it is off
)

// Way is how a machine boots from the network.
type Way struct {
	BIOS bool   // its firmware is no UEFI
	HTTP string // what to boot by UEFI HTTP Boot; "": PXE
}

// Target is a machine with all that is needed to switch it.
type Target struct {
	Name     string // of the machine, for errors
	Power    boot.Power
	Password string
	CA       []byte // certificates, PEM; nil: those that the system trusts
	Way      Way
	UUID     boot.UUID // of the machine, to find it among the systems of one BMC; zero: not known
}

// String says what is talked to.
func (t *Target) String() string {
	switch p := &t.Power; {
	case p.Redfish != nil:
		return "Redfish at " + boot.Excerpt(p.Redfish.URL, 200)
	case p.IPMI != nil:
		return "IPMI at " + boot.Excerpt(p.IPMI.Address, 200)
	case p.WoL != nil:
		return "Wake-on-LAN of " + p.WoL.MAC.String()
	}
	return "nothing"
}

// Open connects to what switches a machine.
func Open(ctx context.Context, t *Target) (Machine, error) {
	switch p := &t.Power; {
	case p.Redfish != nil:
		return openRedfish(ctx, t, p.Redfish)
	case p.IPMI != nil:
		return openIPMI(ctx, t, p.IPMI)
	case p.WoL != nil:
		return openWoL(p.WoL)
	}
	return nil, &Error{Fault: Misconfigured, What: "there is no way to switch it", Fix: "say power: for its host or a group"}
}

// missing is an error where a way lacks a key.
func missing(pos boot.Pos, key, value string) error {
	if value != "" {
		return nil
	}
	return &Error{Fault: Misconfigured, What: fmt.Sprintf("power.%s is not said", key), Fix: "say it at " + pos.String() + ", or in a group"}
}
