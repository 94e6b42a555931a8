// SPDX-License-Identifier: Apache-2.0

package main

import (
	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/internal/recorder"
)

// newTFTPCommand groups the plain TFTP server and client.
func newTFTPCommand(log func() recorder.Log) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "tftp",
		Short: "A plain TFTP server and client",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newTFTPServeCommand(log), newTFTPGetCommand(), newTFTPPutCommand())
	return cmd
}
