// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/boot"
)

// markUsage gives errors about arguments the exit code of wrong usage and a hint, in every command.
func markUsage(cmd *cobra.Command) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			err := check(cmd, args)
			if err == nil {
				err = cmd.ValidateRequiredFlags() // cobra would do it later, where nobody sees that it is wrong usage
			}
			if err != nil {
				return usageError(fmt.Errorf("%w%s\nsee '%s --help'", err, meant(cmd, args), cmd.CommandPath()))
			}
			return nil
		}
	}
	for _, sub := range cmd.Commands() {
		markUsage(sub)
	}
}

// meant guesses what somebody wanted who gave a command arguments that it does not take.
func meant(cmd *cobra.Command, args []string) string {
	if len(args) == 0 {
		return ""
	}
	var names []string
	for _, sub := range cmd.Commands() {
		names = append(names, sub.Name())
	}
	if near := boot.Nearest(args[0], names); near != "" {
		return ": did you mean " + near + "?"
	}
	if info, err := os.Stat(args[0]); err == nil && info.IsDir() && cmd.Flags().Lookup("config") != nil {
		return ": did you mean --config " + args[0] + "?"
	}
	return ""
}
