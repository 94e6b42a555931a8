// SPDX-License-Identifier: Apache-2.0

package main

import (
	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/configs"
)

func newConfigCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Print what configuration files may hold",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		printCommand("reference", "Print an example of every key, with comments and defaults", configs.Reference),
		newSchemaCommand(),
	)
	return cmd
}

func newSchemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema [bootlace|profile|hosts]",
		Short: "Print the JSON Schema of the files, for editors",
		Long: `Prints the JSON Schema of all configuration files, or of one kind: bootlace.yaml, profiles/*.yaml or
hosts/*.yaml. Editors that know schemas complete and check the files with it.`,
		Example:   "  bootlace config schema hosts > hosts.schema.json",
		Args:      cobra.MatchAll(cobra.MaximumNArgs(1), cobra.OnlyValidArgs),
		ValidArgs: configs.SchemaKinds(),
		RunE: func(cmd *cobra.Command, args []string) error {
			text := configs.Schema()
			if len(args) > 0 {
				var err error
				if text, err = configs.SchemaOf(args[0]); err != nil {
					return err
				}
			}
			_, err := cmd.OutOrStdout().Write(text)
			return err
		},
	}
}

func printCommand(name, short string, text func() []byte) *cobra.Command {
	return &cobra.Command{
		Use:     name,
		Short:   short,
		Example: "  bootlace config " + name,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := cmd.OutOrStdout().Write(text())
			return err
		},
	}
}
