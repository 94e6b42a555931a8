// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version may be set by the linker (-X main.version=…); else the build information of the Go command says it.
var version string

func newVersionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version, the commit it was built from, and the Go release",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return printVersion(cmd.OutOrStdout(), thisBuild())
		},
	}
}

// build is what this program was made of.
type build struct{ version, commit string }

func thisBuild() build {
	info, _ := debug.ReadBuildInfo()
	return buildOf(version, info)
}

func buildOf(version string, info *debug.BuildInfo) build {
	commit, dirty := "unknown", ""
	if info != nil {
		version = cmp.Or(version, info.Main.Version)
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				commit = s.Value
			case s.Key == "vcs.modified" && s.Value == "true":
				dirty = " (modified)"
			}
		}
	}
	return build{cmp.Or(version, "(devel)"), commit + dirty}
}

func printVersion(out io.Writer, b build) error {
	_, err := fmt.Fprintf(out, "bootlace %s\ncommit %s\n%s %s/%s\n", b.version, b.commit, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
