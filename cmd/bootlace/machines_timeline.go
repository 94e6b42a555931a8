// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/api"
)

func newMachinesTimelineCommand() *cobra.Command {
	var r remote
	var follow bool
	cmd := &cobra.Command{
		Use:   "timeline NAME",
		Short: "Draw what a machine did: each boot as a waterfall of its steps, with times, bytes and rates",
		Long: `Draws each boot that is remembered of the machine, the last one below: a step a line, with when it began, how
long it took, what it loaded, and a bar where it lies in the boot. Bytes a second are those of the file alone.
With --follow it goes on with a line for each step to come, until Ctrl-C.

` + machinesExitCodes,
		Example: `  bootlace machines timeline node1
  bootlace machines timeline node1 --follow
  bootlace machines timeline node1 --follow --json | jq .text`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: r.complete,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := r.dial()
			if err != nil {
				return err
			}
			if follow {
				return r.explain(c.Follow(cmd.Context(), args[0], func(e api.Event) error { return r.step(cmd.OutOrStdout(), &e) }))
			}
			t, err := c.Timeline(cmd.Context(), args[0])
			if err != nil {
				return r.explain(err)
			}
			if r.asJSON {
				return printJSON(cmd.OutOrStdout(), t)
			}
			return printTimeline(cmd.OutOrStdout(), &t)
		},
	}
	r.addFlags(cmd.Flags())
	cmd.Flags().BoolVarP(&follow, "follow", "f", false, "go on with what happens from now on")
	return cmd
}

// step prints one step as a line by itself.
func (r *remote) step(out io.Writer, e *api.Event) error {
	if r.asJSON {
		return printJSONLine(out, e)
	}
	line := fmt.Sprintf("%s  %-6s  %s", at(e.Time), stepOf(e), what(e))
	if f := e.File; f != nil && f.Bytes > 0 {
		line += fmt.Sprintf("  %s in %s, %s", sizeText(f.Bytes), tookText(f.Seconds), rateText(f))
	}
	_, err := fmt.Fprintln(out, boot.Printable(line))
	return err
}
