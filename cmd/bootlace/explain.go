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
	var f firmwareFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "explain",
		Short: "Say what a machine would boot and why: which rules, which profile, which offer, which files",
		Long: `Asks the configuration what 'bootlace serve' would ask it when the machine comes, and prints every rule
that took part, with its weight and where it stands, who else matched, the profile with all that it
inherits, the offer that its firmware would get, field by field, and the files that the machine would
fetch one after the other. No packet is sent.

For UEFI machines it says whether Secure Boot lets them through, program by program. What the firmware
trusts is in its variables db and dbx, which --db and --dbx take as signature lists or as Linux shows
them (/sys/firmware/efi/efivars/db-*); without them the answer says what it depends on. Where what it boots
says how much memory that needs, --memory says what becomes of a machine that has so much.`,
		Example: `  bootlace explain --config /etc/bootlace --mac 52:54:00:12:34:56 --arch uefi-x64
  bootlace explain --config /etc/bootlace --relay 10.0.7.1 --circuit ge-0/0/7
  bootlace explain --config /etc/bootlace --host node1 --stage ipxe`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			app, err := p.open(cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			said, err := f.reported()
			if err != nil {
				return err
			}
			return explain(cmd.OutOrStdout(), app, &m, said, asJSON)
		},
	}
	p.addFlags(cmd.Flags())
	m.addFlags(cmd.Flags())
	f.addFlags(cmd.Flags())
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

func explain(out io.Writer, app *site.Site, m *machine, said site.Reported, asJSON bool) error {
	c, err := m.client(app)
	if err != nil {
		return err
	}
	server, err := m.serverAddr()
	if err != nil {
		return err
	}
	x := app.Explain(c, server, said)
	if asJSON {
		return printJSON(out, x)
	}
	if err := explainPlan(out, &x); err != nil {
		return err
	}
	if x.Offer != nil {
		if err := printOffer(out, x.Offer); err != nil {
			return err
		}
	}
	return printChain(out, x.Files)
}

// explainPlan prints the decision and what led to it.
func explainPlan(out io.Writer, x *site.Explanation) error {
	p := x.Plan
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	line := func(key, text string) { _, _ = fmt.Fprintf(w, "%s\t%s\n", key, text) } // errors come from Flush
	line("machine", x.Machine)
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
	if x.Image != nil {
		line("image", boot.Printable(x.Image.String()))
	}
	if i := x.Install; i != nil {
		line("installs", fmt.Sprintf("generation %d, once: at most %d attempts of %s each; done by %s; then %s", i.Generation, i.Attempts, i.Within, i.Success, i.Then))
	}
	for i, key := range slices.Sorted(maps.Keys(p.Vars)) {
		line([]string{"vars", ""}[min(i, 1)], fmt.Sprintf("%s = %v", key, p.Vars[key]))
	}
	if t := p.LoaderSet(); x.Loaders != "" {
		line("loaders", "set "+t.S+"   ("+t.Pos.String()+")")
	}
	if x.Second != "" {
		line("second", p.Second.Path()+": in its place, when "+p.Loader.Base+" was loaded twice in a row and nothing was heard of it")
	}
	if x.Memory != nil {
		line("memory", x.Memory.String())
	}
	if x.HTTPS != nil {
		line("https", x.HTTPS.String())
	}
	if x.SecureBoot != nil {
		for _, l := range secureBootLines(x.SecureBoot) {
			line(l[0], l[1])
		}
	}
	for i, note := range x.Notes {
		line([]string{"note", ""}[min(i, 1)], note)
	}
	return w.Flush()
}

func decision(p boot.Plan) string {
	switch p.Action {
	case boot.ActionIgnore:
		return "ignore: it gets no answer"
	case boot.ActionMenu:
		return "the menu of what there is"
	case boot.ActionWait:
		return "wait: it shows a code and asks again, until bootlace machines adopt or a rule decides"
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
func printOffer(out io.Writer, r *site.Rehearsal) error {
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

// printChain lists the files that the machine would fetch.
func printChain(out io.Writer, files []site.Fetch) error {
	if len(files) == 0 {
		return nil
	}
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	for i, l := range files {
		mark := ""
		if !l.OK {
			mark = "  <-- the boot would stop here"
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s%s\n", []string{"files", ""}[min(i, 1)], l.Step, l.Name, l.What, mark) // errors come from Flush
	}
	return w.Flush()
}
