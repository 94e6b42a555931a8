// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io"
	"net"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/site"
)

// completeFlags gives shells the values of flags that every command means alike.
func completeFlags(cmd *cobra.Command) {
	complete := func(f *pflag.Flag) {
		if values := valuesOf(cmd, f.Name); values != nil {
			// An error means that the command completes the flag by itself, which is better.
			_ = cmd.RegisterFlagCompletionFunc(f.Name, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
				return values(), cobra.ShellCompDirectiveNoFileComp
			})
		}
	}
	cmd.Flags().VisitAll(complete)
	cmd.PersistentFlags().VisitAll(complete)
	for _, sub := range cmd.Commands() {
		completeFlags(sub)
	}
}

// valuesOf finds what a flag can be; nil if that is not known.
func valuesOf(cmd *cobra.Command, name string) func() []string {
	describesMachine := cmd.Flags().Lookup("mac") != nil && cmd.Flags().Lookup("arch") != nil
	switch {
	case name == "log-level":
		return func() []string {
			return []string{boot.LevelDebug.String(), boot.LevelInfo.String(), boot.LevelWarn.String(), boot.LevelError.String()}
		}
	case name == "log-format":
		return func() []string { return []string{"auto", "json", "text"} }
	case name == "interface", name == "on":
		return interfaceNames
	case name == "arch" && describesMachine:
		return boot.ArchNames
	case name == "stage" && describesMachine:
		return func() []string { return []string{boot.StageROM.String(), boot.StageIPXE.String()} }
	case name == "host" && describesMachine:
		return func() []string { return ofSite(cmd, (*site.Site).HostNames) }
	case name == "profile":
		return func() []string { return ofSite(cmd, profileNames) }
	}
	return nil
}

func interfaceNames() (names []string) {
	all, err := net.Interfaces()
	if err != nil {
		return nil // a shell shows no errors
	}
	for _, i := range all {
		names = append(names, i.Name)
	}
	return names
}

// ofSite asks the configuration that the command is about: that of its --config, else the usual one.
func ofSite(cmd *cobra.Command, names func(*site.Site) []string) []string {
	var p place
	if f := cmd.Flags().Lookup("config"); f != nil && f.Changed {
		p.dir = configDir(f.Value.String())
	}
	app, err := p.open(io.Discard)
	if err != nil {
		return nil
	}
	return names(app)
}

func profileNames(s *site.Site) (names []string) {
	for _, p := range s.Catalog.Profiles() {
		names = append(names, p.Name)
	}
	return names
}
