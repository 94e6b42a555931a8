// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/boot"
)

func newHostsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "hosts",
		Short: "List the machines that are known, and those that are not",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newHostsListCommand(), newHostsShowCommand(), newHostsUnknownCommand())
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
			return listHosts(cmd.OutOrStdout(), app.Config.Catalog, asJSON)
		},
	}
	p.addFlags(cmd.Flags())
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

// hostRow is what list says of a host.
type hostRow struct {
	Name    string    `json:"name"`
	Match   string    `json:"match"`
	Action  string    `json:"action"`
	Profile string    `json:"profile,omitempty"`
	Groups  []string  `json:"groups,omitempty"`
	At      string    `json:"at"`
	Vars    boot.Vars `json:"vars,omitempty"`
}

// rowOf asks for the host as if its machine had come, with what its rule says about it.
func rowOf(cat *boot.Catalog, h *boot.Host) hostRow {
	p := cat.Plan(h.Match.Example())
	row := hostRow{Name: h.Name, Match: h.Match.String(), At: h.Pos.String(), Action: p.Action.String(), Vars: p.Vars}
	if p.Profile != nil {
		row.Profile = p.Profile.Name
	}
	for _, g := range p.Groups {
		row.Groups = append(row.Groups, g.Name)
	}
	return row
}

func listHosts(out io.Writer, cat *boot.Catalog, asJSON bool) error {
	rows := make([]hostRow, 0, len(cat.Hosts()))
	for _, h := range cat.Hosts() {
		row := rowOf(cat, h)
		row.Vars = nil
		rows = append(rows, row)
	}
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
			c, err := m.client(app.Config.Catalog)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), rowOf(app.Config.Catalog, app.Config.Catalog.Host(args[0])))
			}
			return explainPlan(cmd.OutOrStdout(), app.Config.Catalog.Plan(c))
		},
	}
	p.addFlags(cmd.Flags())
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

// completeHosts gives a shell the names of hosts.
func (p *place) completeHosts(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if app, err := p.open(io.Discard); err == nil && len(args) == 0 {
		return hostNames(app.Config.Catalog), cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveNoFileComp
}

func printJSON(out io.Writer, v any) error {
	enc := json.NewEncoder(out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
