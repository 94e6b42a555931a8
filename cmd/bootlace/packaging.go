// SPDX-License-Identifier: Apache-2.0

//go:build packaging

package main

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// extra are the commands that only packages need while they are made: the binary that users get does not carry what they take.
func extra() []*cobra.Command {
	return []*cobra.Command{manCommand(), carriedCommand()}
}

func manCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "man DIR",
		Short:  "Write the manual pages of all commands to a directory",
		Args:   cobra.ExactArgs(1),
		Hidden: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			date, err := made()
			if err != nil {
				return err
			}
			root := cmd.Root()
			root.DisableAutoGenTag = true
			return doc.GenManTree(root, &doc.GenManHeader{Section: "1", Source: "Bootlace", Manual: "Bootlace Manual", Date: &date}, args[0])
		},
	}
}

// carried is a network-boot program inside the binary.
type carried struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

func carriedCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "carried",
		Short:  "List the network-boot programs inside the binary, with their digests, as JSON",
		Args:   cobra.NoArgs,
		Hidden: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			app, err := (&place{}).open(cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			var all []carried
			for _, name := range app.Images.Names() {
				if !app.Images.BuiltIn(name) {
					continue
				}
				f, err := app.Images.Open(name)
				if err != nil {
					return err
				}
				sum := sha256.New()
				if _, err := io.Copy(sum, io.NewSectionReader(f, 0, f.Size())); err != nil {
					return err
				}
				all = append(all, carried{name, hex.EncodeToString(sum.Sum(nil))})
			}
			return printJSON(cmd.OutOrStdout(), all)
		},
	}
}

// made is the date that pages bear, by https://reproducible-builds.org/specs/source-date-epoch/.
func made() (time.Time, error) {
	text := os.Getenv("SOURCE_DATE_EPOCH")
	if text == "" {
		return time.Now().UTC(), nil
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	return time.Unix(seconds, 0).UTC(), err
}
