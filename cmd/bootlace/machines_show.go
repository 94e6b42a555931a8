// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/api"
)

func newMachinesShowCommand() *cobra.Command {
	var r remote
	cmd := &cobra.Command{
		Use:   "show NAME",
		Short: "Show one machine: where it stands, what it boots and why, what it said of itself",
		Example: `  bootlace machines show node1
  bootlace machines show 525400123456 --json`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: r.complete,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := r.dial()
			if err != nil {
				return err
			}
			m, err := c.Machine(cmd.Context(), args[0])
			if err != nil {
				return r.explain(err)
			}
			if r.asJSON {
				return printJSON(cmd.OutOrStdout(), m)
			}
			return showMachine(cmd.OutOrStdout(), &m, time.Now())
		},
	}
	r.addFlags(cmd.Flags())
	return cmd
}

// showMachine prints what is known, a line each.
func showMachine(out io.Writer, m *api.Machine, now time.Time) error {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	line := func(key, text string) {
		if text != "" {
			_, _ = fmt.Fprintf(w, "%s\t%s\n", key, boot.Printable(text)) // errors come from Flush
		}
	}
	line("machine", m.Name)
	line("state", m.State)
	line("why", m.Why)
	showLife(line, m.Life)
	line("boots", boots(m))
	for i, why := range m.Reasons {
		text := why.What
		if why.At != "" {
			text += "   (" + why.At + ")"
		}
		line([]string{"because", ""}[min(i, 1)], text)
	}
	for _, f := range [...][2]string{
		{"mac", strings.Join(m.MACs, ", ")}, {"uuid", m.UUID}, {"serial", m.Serial}, {"hostname", m.Hostname}, {"arch", m.Arch},
		{"vendor", m.Vendor}, {"address", strings.Join(m.Addresses, ", ")}, {"interface", m.Interface}, {"relay", m.Relay},
		{"circuit", m.Circuit}, {"remote", m.Remote},
	} {
		line(f[0], f[1])
	}
	showInventory(line, m.Inventory)
	if m.Memory != nil {
		line("memory", m.Memory.String())
	}
	if m.SecureBoot != nil {
		for _, l := range secureBootLines(m.SecureBoot) {
			line(l[0], l[1])
		}
	}
	if m.Heard != nil {
		line("heard", at(*m.Heard)+", "+ago(now, *m.Heard))
	}
	line("last", m.Last)
	return w.Flush()
}

// showInventory prints what the machine's loader said. What DHCP told, too, stands above.
func showInventory(line func(key, text string), r *api.Inventory) {
	if r == nil {
		return
	}
	line("says", "on "+at(r.At))
	for _, f := range [...][2]string{
		{"model", strings.TrimSpace(r.Manufacturer + " " + r.Product)}, {"serial", r.Serial}, {"uuid", r.UUID}, {"asset", r.Asset},
		{"loader", strings.TrimSpace("iPXE " + r.Loader)}, {"platform", strings.TrimSpace(r.Platform + " " + r.CPU)},
		{"booted by", strings.TrimSpace(r.MAC + " " + r.Chip)}, {"cards", strings.Join(r.NICs, ", ")}, {"memory", memoryText(r.Memory)},
		{"switch", strings.TrimSpace(r.Switch + " " + r.Port)}, {"secure boot", r.SecureBoot}, {"trusts", strings.Join(r.CAs, "; ")},
	} {
		if f[1] != "" {
			line("  "+f[0], f[1])
		}
	}
}

func memoryText(bytes int64) string {
	if bytes == 0 {
		return ""
	}
	return boot.MiB(bytes)
}

// showLife prints what a machine installs, and how far it came.
func showLife(line func(key, text string), l *api.Life) {
	if l == nil {
		return
	}
	line("target", targetText(l.Target))
	if d := l.Done; d != nil {
		line("installed", fmt.Sprintf("%s, on %s, shown by %s", targetText(d.Target), at(d.At), d.How))
	}
	if a := l.Attempt; a != nil {
		text := fmt.Sprintf("%d of %d at %s, begun on %s: %s", a.Number, l.Attempts, targetText(a.Target), at(a.At), a.Ending)
		if a.Why != "" {
			text += ", " + a.Why
		}
		line("attempt", text)
		for i, e := range a.Seen {
			line([]string{"seen", ""}[min(i, 1)], e.What+" on "+at(e.At))
		}
	}
	if l.Held {
		line("held", "until bootlace machines release")
	}
	if l.Next != "" {
		line("next boot", l.Next+", once")
	}
}

func targetText(t api.Target) string {
	if t.Order == 0 {
		return fmt.Sprintf("generation %d", t.Generation)
	}
	return fmt.Sprintf("generation %d, order %d", t.Generation, t.Order)
}
