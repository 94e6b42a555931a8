// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/internal/api"
)

// newMachinesReleaseCommand also takes no machine, for all.
func newMachinesReleaseCommand(short, long, example string) *cobra.Command {
	var all bool
	var r remote
	cmd := newMachinesRemoteCommand(&r, api.Release, short, long, example)
	one := cmd.RunE
	cmd.Use, cmd.Args = "release NAME | --all", cobra.MaximumNArgs(1)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		switch {
		case all == (len(args) == 1):
			return usageError(errors.New("which machine? Say its name, or --all"))
		case !all:
			return one(cmd, args)
		}
		return r.releaseAll(cmd)
	}
	cmd.Flags().BoolVar(&all, "all", false, "what is stored of all machines is the newest there is; those that an operator holds stay held")
	return cmd
}

func (r *remote) releaseAll(cmd *cobra.Command) error {
	c, err := r.dial()
	if err != nil {
		return err
	}
	done, err := c.ReleaseAll(cmd.Context())
	if err != nil {
		return r.explain(err)
	}
	if r.asJSON {
		return printJSON(cmd.OutOrStdout(), done)
	}
	text := "what is stored of machines counts as the newest there is"
	if !done.Changed {
		text = "that changes nothing: nobody doubts what is stored"
	}
	_, err = fmt.Fprintln(cmd.OutOrStdout(), text)
	return err
}
