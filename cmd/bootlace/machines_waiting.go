// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/api"
)

func newMachinesWaitingCommand() *cobra.Command {
	var r remote
	cmd := &cobra.Command{
		Use:   "waiting",
		Short: "List the machines that wait for a decision, each with the code that it shows",
		Long: `Lists the machines that nobody knows, or whose group says so, and that wait until it is decided what they boot
(unknown: wait, or wait: true of a group): by bootlace machines adopt, by a rule, or by what is written into
hosts/*.yaml. What a machine says of itself nobody vouches for.

` + machinesExitCodes,
		Example: `  bootlace machines waiting
  bootlace machines waiting --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := r.dial()
			if err != nil {
				return err
			}
			all, err := c.Waiting(cmd.Context())
			if err != nil {
				return r.explain(err)
			}
			if r.asJSON {
				return printJSON(cmd.OutOrStdout(), all)
			}
			if err := listWaiting(cmd.OutOrStdout(), all.Waiting, time.Now()); err != nil {
				return err
			}
			return listRules(cmd.OutOrStdout(), all.Rules)
		},
	}
	r.addFlags(cmd.Flags())
	return cmd
}

func listWaiting(out io.Writer, all []api.Waiter, now time.Time) error {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "CODE\tMAC\tADDRESS\tSERIAL\tMODEL\tFIRMWARE\tWAITS SINCE\tASKED") // errors come from Flush
	for i := range all {
		x := &all[i]
		m := &x.Machine
		_, _ = fmt.Fprintln(w, cells(x.Code, strings.Join(m.MACs, " "), x.From, serialOf(m), modelOf(m), m.Arch, ago(now, x.Since), ago(now, x.Asked)))
	}
	return w.Flush()
}

// listRules says how far the rules are used up that adopt machines.
func listRules(out io.Writer, all []api.RuleUse) error {
	for _, r := range all {
		line := fmt.Sprintf("adopt rule %s: %d of %d", r.Name, r.Adopted, r.Limit)
		if r.Until != nil {
			line += ", until " + at(*r.Until)
		}
		if r.Over {
			line += ": adopts no more"
		}
		if _, err := fmt.Fprintln(out, boot.Printable(line)); err != nil {
			return err
		}
	}
	return nil
}

// serialOf is the serial number that DHCP told, else the one that the loader said.
func serialOf(m *api.Machine) string {
	if m.Inventory == nil {
		return m.Serial
	}
	return cmp.Or(m.Serial, m.Inventory.Serial)
}

func modelOf(m *api.Machine) string {
	if m.Inventory == nil {
		return ""
	}
	return strings.TrimSpace(m.Inventory.Manufacturer + " " + m.Inventory.Product)
}
