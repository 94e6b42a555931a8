// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/internal/api"
)

func newMachinesNextCommand() *cobra.Command {
	var profile string
	var cancel, powerCycle bool
	var r remote
	cmd := newMachinesRemoteCommand(&r, api.Next, "Boot another profile, once", `The machine's next boot is of the profile of --profile, and the one after that of its own again. --cancel takes that
back, as long as that boot has not begun. --power-cycle has that boot begin now, and from the network, whatever the
machine's firmware does else: alone, or with --profile. It needs power: by redfish or ipmi.`, `  bootlace machines next node1 --profile rescue
  bootlace machines next node1 --profile rescue --power-cycle
  bootlace machines next node1 --cancel`)
	change := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		switch {
		case cancel && powerCycle:
			return usageError(errors.New("--cancel goes with nothing else"))
		case profile == "" && !cancel && !powerCycle, profile != "" && cancel:
			return usageError(errors.New("which profile is to be booted next? Say --profile, or --cancel for none, or --power-cycle for the machine's own"))
		}
		switch {
		case !powerCycle:
			return change(cmd, args)
		case profile == "":
			return r.power(cmd, args[0], nextBoot())
		}
		return r.bootNow(cmd, args[0], profile)
	}
	cmd.Flags().StringVar(&profile, "profile", "", "the profile of that boot")
	cmd.Flags().BoolVar(&cancel, "cancel", false, "take back the last one")
	cmd.Flags().BoolVar(&powerCycle, "power-cycle", false, "begin that boot now: power off and on, from the network")
	return cmd
}

// nextBoot has a machine boot at once, from the network.
func nextBoot() api.PowerOrder { return api.PowerOrder{Action: api.PowerCycle, Network: true} }

// bootNow orders another profile for the next boot, and has that begin. With --json it prints one object; one without "power" is of a
// machine that could not be switched.
func (r *remote) bootNow(cmd *cobra.Command, name, profile string) error {
	c, err := r.dial()
	if err != nil {
		return err
	}
	var did struct {
		api.Change
		Power *api.Power `json:"power,omitempty"`
	}
	if did.Change, err = c.Order(cmd.Context(), name, api.Next, profile); err != nil {
		return r.explain(err)
	}
	if !r.asJSON {
		if err := printChange(cmd.OutOrStdout(), name, &did.Change); err != nil {
			return err
		}
		return r.power(cmd, name, nextBoot())
	}
	p, err := c.Power(cmd.Context(), name, nextBoot())
	if err == nil {
		did.Power = &p
	}
	return errors.Join(printJSON(cmd.OutOrStdout(), did), r.explain(err))
}
