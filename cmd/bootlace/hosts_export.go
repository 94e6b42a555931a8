// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io"

	"github.com/spf13/cobra"
)

func newHostsExportCommand() *cobra.Command {
	var p place
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Print the hosts that were made by the API as YAML",
		Long: `Prints the hosts that were made by the API (PUT /api/v1/hosts/NAME) as a file for hosts/ of the configuration. Once it is there the
YAML wins: delete them by the API then.`,
		Example: "  bootlace hosts export --config /etc/bootlace >exported.yaml",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			app, err := p.open(cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			text, err := app.ExportAPIHosts()
			if err != nil {
				return err
			}
			_, err = io.WriteString(cmd.OutOrStdout(), text)
			return err
		},
	}
	p.addFlags(cmd.Flags())
	return cmd
}
