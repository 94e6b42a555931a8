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

func newMachinesListCommand() *cobra.Command {
	var r remote
	var q api.Query
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the machines: those of the configuration, and those that were heard of",
		Example: `  bootlace machines list
  bootlace machines list --is looping --json
  bootlace machines list --profile debian --server unix:///run/bootlace/api.sock`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := r.dial()
			if err != nil {
				return err
			}
			all, err := c.All(cmd.Context(), q)
			if err != nil {
				return r.explain(err)
			}
			if r.asJSON {
				return printJSON(cmd.OutOrStdout(), all)
			}
			return listMachines(cmd.OutOrStdout(), all, time.Now())
		},
	}
	r.addFlags(cmd.Flags())
	cmd.Flags().StringVar(&q.State, "is", "", "only machines in this state")
	cmd.Flags().StringVar(&q.Profile, "profile", "", "only machines that boot this profile")
	return cmd
}

func listMachines(out io.Writer, all []api.Machine, now time.Time) error {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "NAME\tSTATE\tBOOTS\tMAC\tADDRESS\tHEARD") // errors come from Flush
	for i := range all {
		m := &all[i]
		_, _ = fmt.Fprintln(w, cells(m.Name, m.State, boots(m), strings.Join(m.MACs, " "), strings.Join(m.Addresses, " "), heard(m, now)))
	}
	return w.Flush()
}

// cells makes a row of a table. Nothing that a machine says of itself leaves its cell, or moves the cursor.
func cells(row ...string) string {
	for i, s := range row {
		if row[i] = boot.Printable(s); s == "" {
			row[i] = "-"
		}
	}
	return strings.Join(row, "\t")
}

// boots says what a machine is to boot.
func boots(m *api.Machine) string {
	if m.Profile == "" {
		return "(" + m.Action + ")"
	}
	return m.Profile
}

func heard(m *api.Machine, now time.Time) string {
	if m.Heard == nil {
		return "never"
	}
	return ago(now, *m.Heard)
}

// ago is a time in words that are short.
func ago(now, t time.Time) string {
	switch d := now.Sub(t); {
	case d < time.Second:
		return "now"
	case d < time.Minute:
		return fmt.Sprintf("%ds ago", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%dm ago", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh ago", d/time.Hour)
	default:
		return fmt.Sprintf("%dd ago", d/(24*time.Hour))
	}
}

// at is a time as the reader's clock shows it.
func at(t time.Time) string { return t.Local().Format(time.DateTime) }
