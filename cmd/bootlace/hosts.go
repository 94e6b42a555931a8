// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/internal/site"
)

func newHostsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "hosts",
		Short: "List the machines that are known, and those that are not",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newHostsListCommand(), newHostsShowCommand(), newHostsUnknownCommand(), newHostsAdoptCommand(), newHostsExportCommand())
	return cmd
}

func newHostsListCommand() *cobra.Command {
	var p place
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the hosts of the configuration: what identifies them, what they boot",
		Example: "  bootlace hosts list --config /etc/bootlace",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			app, err := p.open(cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			return listHosts(cmd.OutOrStdout(), app.Hosts(), asJSON)
		},
	}
	p.addFlags(cmd.Flags())
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

func listHosts(out io.Writer, rows []site.Host, asJSON bool) error {
	if asJSON {
		return printJSON(out, rows)
	}
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "NAME\tBOOTS\tMATCH\tAT") // errors come from Flush
	for _, r := range rows {
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", r.Name, cmp.Or(r.Profile, "("+r.Action+")"), r.Match, r.At)
	}
	return w.Flush()
}

func newHostsShowCommand() *cobra.Command {
	var p place
	var asJSON bool
	cmd := &cobra.Command{
		Use:               "show NAME",
		Short:             "Show one host: what identifies it, what it boots and why, its variables",
		Example:           "  bootlace hosts show --config /etc/bootlace node1",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: p.completeHosts,
		RunE: func(cmd *cobra.Command, args []string) error {
			app, err := p.open(cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			m := machine{host: args[0]}
			c, err := m.client(app)
			if err != nil {
				return err
			}
			if asJSON {
				row, _ := app.Host(args[0]) // m found it
				return printJSON(cmd.OutOrStdout(), row)
			}
			x := site.ExplainPlan(app.Plan(c))
			return explainPlan(cmd.OutOrStdout(), &x)
		},
	}
	p.addFlags(cmd.Flags())
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

// completeHosts gives a shell the names of hosts.
func (p *place) completeHosts(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if app, err := p.open(io.Discard); err == nil && len(args) == 0 {
		return app.HostNames(), cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveNoFileComp
}

func printJSON(out io.Writer, v any) error {
	enc := json.NewEncoder(out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
