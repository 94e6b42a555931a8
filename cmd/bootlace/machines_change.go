// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/api"
)

// newMachinesChangeCommands makes a command of each verb.
func newMachinesChangeCommands() []*cobra.Command {
	return []*cobra.Command{
		newMachinesChangeCommand(api.Next, "Boot another profile, once", `The machine's next boot is of the profile of --profile, and the one after that of its own again.`,
			"  bootlace machines next node1 --profile rescue"),
		newMachinesChangeCommand(api.Install, "Install a machine again", `The machine's next boot installs it, whatever was installed before: what is on its disk will be lost. Said again before
that boot, it changes nothing.`, "  bootlace machines install node1"),
		newMachinesChangeCommand(api.Hold, "Give a machine nothing that installs, until release", `The machine boots its disk whatever its configuration says, until 'bootlace machines release'.`,
			"  bootlace machines hold node1"),
		newMachinesChangeCommand(api.Release, "End a hold, and the verdict that a machine loops", `The machine gets again what its configuration says: a hold ends, and its boots are counted anew if it was left alone
because it came back too often (loop.returns).`, "  bootlace machines release node1"),
		newMachinesChangeCommand(api.Done, "Say that a machine is installed", `What the machine was to install counts as installed, whatever was seen of it: for installers that could not say so themselves.`,
			"  bootlace machines done node1"),
		newMachinesChangeCommand(api.Forget, "Let go of all that is known of a machine", `What the machine said of itself, its timeline, what worked for its firmware, and what was installed are forgotten.
A machine that the configuration lets install is installed again when it comes next.`, "  bootlace machines forget 52:54:00:12:34:56"),
	}
}

func newMachinesChangeCommand(verb api.Verb, short, long, example string) *cobra.Command {
	var r remote
	o := api.Order{Verb: verb}
	cmd := &cobra.Command{
		Use:               string(verb) + " NAME",
		Short:             short,
		Long:              long + "\n\n" + machinesExitCodes,
		Example:           example,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: r.complete,
		RunE: func(cmd *cobra.Command, args []string) error {
			if verb == api.Next && o.Profile == "" {
				return usageError(errors.New("--profile: which one is to be booted next?"))
			}
			c, err := r.dial()
			if err != nil {
				return err
			}
			done, err := c.Order(cmd.Context(), args[0], o)
			if err != nil {
				return r.explain(err)
			}
			if r.asJSON {
				return printJSON(cmd.OutOrStdout(), done)
			}
			return printChange(cmd.OutOrStdout(), args[0], &done)
		},
	}
	r.addFlags(cmd.Flags())
	if verb == api.Next {
		cmd.Flags().StringVar(&o.Profile, "profile", "", "the profile of that boot")
	}
	return cmd
}

// printChange says where a machine stands now.
func printChange(out io.Writer, name string, c *api.Change) error {
	text := "nothing is known of it any more"
	if m := c.Machine; m != nil {
		name, text = m.Name, m.State
		if m.Why != "" {
			text += ": " + m.Why
		}
	}
	if !c.Changed {
		text = "that changes nothing; " + text
	}
	_, err := fmt.Fprintln(out, boot.Printable(name+": "+text))
	return err
}
