// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/site"
)

func newExplainCommand() *cobra.Command {
	var p place
	var m machine
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "explain",
		Short: "Say what a machine would boot and why: which rules, which profile, which offer, which files",
		Long: `Asks the configuration what 'bootlace serve' would ask it when the machine comes, and prints every rule
that took part, with its weight and where it stands, who else matched, the profile with all that it
inherits, the offer that its firmware would get, field by field, and the files that the machine would
fetch one after the other. No packet is sent.`,
		Example: `  bootlace explain --config /etc/bootlace --mac 52:54:00:12:34:56 --arch uefi-x64
  bootlace explain --config /etc/bootlace --relay 10.0.7.1 --circuit ge-0/0/7
  bootlace explain --config /etc/bootlace --host node1`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			app, err := p.open(cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			return explain(cmd.OutOrStdout(), app, &m, asJSON)
		},
	}
	p.addFlags(cmd.Flags())
	m.addFlags(cmd.Flags())
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

func explain(out io.Writer, app *site.Site, m *machine, asJSON bool) error {
	c, err := m.client(app.Config.Catalog)
	if err != nil {
		return err
	}
	server, err := m.serverAddr()
	if err != nil {
		return err
	}
	p := app.Plan(c)
	if p.Host == nil {
		p.Why = append(app.Config.Catalog.NearMisses(c), p.Why...)
	}
	links := chain(app, app.Visit(boot.Name{}, p.Client, server), p)
	offer := app.Rehearse(c, server)
	if asJSON {
		return printJSON(out, explanationOf(p, offer, links))
	}
	if err := explainPlan(out, p); err != nil {
		return err
	}
	if p.Action != boot.ActionIgnore {
		if err := printOffer(out, offer); err != nil {
			return err
		}
	}
	return printChain(out, links)
}

// explainPlan prints the decision and what led to it.
func explainPlan(out io.Writer, p boot.Plan) error {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	line := func(key, text string) { _, _ = fmt.Fprintf(w, "%s\t%s\n", key, text) } // errors come from Flush
	line("machine", describeClient(p.Client))
	line("decision", decision(p))
	for i, s := range p.Why {
		at := ""
		if s.Pos.File != "" {
			at = "   (" + s.Pos.String() + ")"
		}
		line([]string{"because", ""}[min(i, 1)], s.What+at)
	}
	if p.Profile != nil {
		line("profile", describeProfile(p.Profile))
	}
	for i, key := range slices.Sorted(maps.Keys(p.Vars)) {
		line([]string{"vars", ""}[min(i, 1)], fmt.Sprintf("%s = %v", key, p.Vars[key]))
	}
	return w.Flush()
}

func describeClient(c boot.Client) string {
	var parts []string
	add := func(key, value string) {
		if value != "" {
			parts = append(parts, strings.TrimSpace(key+" "+value))
		}
	}
	if !c.MAC.IsZero() {
		add("", c.MAC.String())
	}
	add("", announced(c).String())
	if !c.UUID.IsZero() {
		add("uuid", c.UUID.String())
	}
	add("serial", c.Serial)
	add("hostname", c.Hostname)
	add("ip", addrText(c.Addr))
	add("relay", addrText(c.Relay))
	add("circuit", c.Circuit)
	add("remote", c.Remote)
	add("on", c.Interface)
	for _, key := range slices.Sorted(maps.Keys(c.Labels)) {
		add("label", key+"="+c.Labels[key])
	}
	return strings.Join(parts, ", ")
}

// announced is the architecture as firmware says it; with its HTTP variants.
func announced(c boot.Client) boot.Arch {
	if len(c.Archs) > 0 {
		return c.Archs[0]
	}
	return c.Arch()
}

func decision(p boot.Plan) string {
	switch p.Action {
	case boot.ActionIgnore:
		return "ignore: it gets no answer"
	case boot.ActionMenu:
		return "the menu of what there is"
	default:
		return "boot profile " + p.Profile.Name
	}
}

func describeProfile(p *boot.Profile) string {
	s := p.Name
	if p.Title != "" {
		s += fmt.Sprintf(" (%s)", p.Title)
	}
	if len(p.Inherits) > 0 {
		s += ", inherits " + strings.Join(p.Inherits, ", ")
	}
	if p.Destructive {
		s += ", destructive"
	}
	return s + "   (" + p.Pos.String() + ")"
}

// printOffer says how the machine's firmware would be answered, field by field.
func printOffer(out io.Writer, r site.Rehearsal) error {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	if len(r.Offer) == 0 {
		_, _ = fmt.Fprintf(w, "offer     none: %s\n", r.Why) // errors come from Flush
		return w.Flush()
	}
	_, _ = fmt.Fprintf(w, "offer     strategy %s: %s\n", r.Strategy, r.Why)
	for _, part := range []struct {
		port  string
		lines []string
	}{{"67", r.Offer}, {"4011", r.Port4011}} {
		for i, l := range part.lines {
			_, _ = fmt.Fprintf(w, "          %-8s%s\n", []string{"on " + part.port, ""}[min(i, 1)], strings.TrimSpace(l))
		}
	}
	return w.Flush()
}
