// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"testing"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/configs"
)

// TestFlagDefaults: tftp serve does by itself what the appliance does by itself, and so its help says.
func TestFlagDefaults(t *testing.T) {
	var f tftpServe
	cmd := &cobra.Command{}
	f.addFlags(cmd)
	w := configs.DefaultSettings().TFTP
	for name, want := range map[string]any{
		"blksize-min": w.BlockSize.Min, "blksize-max": w.BlockSize.Max, "windowsize-max": w.WindowSize.Max, "gso": w.GSO, "busy-poll": w.BusyPoll,
		"uploads-max-file": int64(w.Writes.MaxSize), "uploads-max-total": int64(w.Writes.MaxTotal), "uploads-max-files": w.Writes.MaxFiles,
		"max-transfers": w.Limits.Transfers, "max-per-address": w.Limits.PerAddress, "max-per-prefix": w.Limits.PerPrefix,
		"max-rate": w.Limits.RequestsPerSecond, "memory": int64(w.Cache), "broadcasts": w.Broadcast, "fold-case": w.IgnoreCase,
		"user": configs.DefaultSettings().Server.User,
	} {
		if got := cmd.Flag(name).DefValue; got != fmt.Sprint(want) {
			t.Errorf("--%s is %s, in bootlace.yaml %v", name, got, want)
		}
	}
}
