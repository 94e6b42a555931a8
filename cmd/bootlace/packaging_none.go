// SPDX-License-Identifier: Apache-2.0

//go:build !packaging

package main

import "github.com/spf13/cobra"

// extra are commands of builds for a purpose of their own (packaging.go); usually there are none.
func extra() []*cobra.Command { return nil }
