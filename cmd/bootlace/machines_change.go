// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/api"
)

// newMachinesChangeCommands makes a command of each verb.
func newMachinesChangeCommands() []*cobra.Command {
	return []*cobra.Command{
		newMachinesNextCommand(),
		newMachinesChangeCommand(api.Install, "Install a machine again", `The machine's next boot installs it, whatever was installed before: what is on its disk will be lost. The attempts
that its profile allows begin anew. Said again before that boot, it still installs once.`, "  bootlace machines install node1"),
		newMachinesChangeCommand(api.Hold, "Give a machine nothing that installs, until release", `Whatever its configuration says, the machine gets what comes after an installation: its disk, or the profile that
its own names for then. An installer that runs already goes on.`, "  bootlace machines hold node1"),
		newMachinesReleaseCommand("End a hold, and the verdict that a machine loops", `The machine gets again what its configuration says: a hold ends, that its disk does not boot is forgotten, and its
boots are counted anew if it was left alone because it came back too often (loop.returns). What is stored of it counts
as the newest there is, where that was in doubt after a backup was restored; with --all that of all machines does.`, "  bootlace machines release node1\n  bootlace machines release --all"),
		newMachinesChangeCommand(api.Finish, "Say that a machine is installed", `What the machine was to install counts as installed, whatever was seen of it: for installers that cannot say so
themselves, and for machines that were installed by other means.`, "  bootlace machines done node1"),
		newMachinesChangeCommand(api.Forget, "Forget what a machine said and did", `What the machine said of itself, its timeline, and what worked for its firmware are forgotten. What was installed,
tried and held is not: forgetting never installs.`, "  bootlace machines forget 52:54:00:12:34:56"),
	}
}

func newMachinesChangeCommand(verb api.Verb, short, long, example string) *cobra.Command {
	return newMachinesRemoteCommand(new(remote), verb, short, long, example)
}

func newMachinesRemoteCommand(r *remote, verb api.Verb, short, long, example string) *cobra.Command {
	cmd := &cobra.Command{
		Use:               string(verb) + " NAME",
		Short:             short,
		Long:              long + "\n\n" + machinesExitCodes,
		Example:           example,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: r.complete,
		RunE: func(cmd *cobra.Command, args []string) error {
			profile := ""
			if f := cmd.Flags().Lookup("profile"); f != nil {
				profile = f.Value.String()
			}
			return r.change(cmd, args[0], verb, profile)
		},
	}
	r.addFlags(cmd.Flags())
	return cmd
}

// change asks for something to be done, and says where the machine stands then.
func (r *remote) change(cmd *cobra.Command, name string, verb api.Verb, profile string) error {
	c, err := r.dial()
	if err != nil {
		return err
	}
	done, err := c.Order(cmd.Context(), name, verb, profile)
	if err != nil {
		return r.explain(err)
	}
	if r.asJSON {
		return printJSON(cmd.OutOrStdout(), done)
	}
	return printChange(cmd.OutOrStdout(), name, &done)
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
