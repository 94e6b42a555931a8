// SPDX-License-Identifier: Apache-2.0

package main

import (
	"github.com/rs/zerolog"
	"github.com/spf13/cobra"
)

// newTFTPCommand groups the plain TFTP server and client.
func newTFTPCommand(logger func() zerolog.Logger) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "tftp",
		Short: "A plain TFTP server and client",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newTFTPServeCommand(logger), newTFTPGetCommand(), newTFTPPutCommand())
	return cmd
}
