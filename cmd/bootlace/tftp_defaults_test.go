// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/configs"
)

// TestFlagDefaults: tftp serve does by itself what the appliance does by itself, and its help says so.
func TestFlagDefaults(t *testing.T) {
	var f tftpServe
	cmd := &cobra.Command{}
	f.addFlags(cmd)
	w := configs.DefaultSettings().TFTP
	for name, want := range map[string]any{
		"blksize-min": w.BlockSize.Min, "blksize-max": w.BlockSize.Max, "windowsize-max": w.WindowSize.Max, "gso": w.GSO, "busy-poll": w.BusyPoll,
		"uploads-max-file": int64(w.Writes.MaxSize), "uploads-max-total": int64(w.Writes.MaxTotal), "uploads-max-files": w.Writes.MaxFiles,
	} {
		if got := cmd.Flag(name).DefValue; got != fmt.Sprint(want) {
			t.Errorf("--%s is %s, in bootlace.yaml %v", name, got, want)
		}
	}
	for name, want := range map[string]string{ // 0 there: the engine's own
		"max-transfers": fmt.Sprint(w.Limits.Transfers), "max-per-address": fmt.Sprint(w.Limits.PerAddress), "max-per-prefix": fmt.Sprint(w.Limits.PerPrefix),
		"max-rate": fmt.Sprint(w.Limits.RequestsPerSecond), "memory": strings.Replace(w.Cache.String(), "MiB", " MiB", 1),
	} {
		if usage := cmd.Flag(name).Usage; !strings.Contains(usage, "default "+want) {
			t.Errorf("--%s: %q does not say %s", name, usage, want)
		}
	}
}
