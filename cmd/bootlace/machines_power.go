// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/api"
)

func newMachinesPowerCommand() *cobra.Command {
	words := []string{api.PowerOn, api.PowerOff, api.PowerCycle, api.PowerStatus}
	var r remote
	cmd := &cobra.Command{
		Use:   "power NAME on|off|cycle|status",
		Short: "Switch a machine on and off over the network",
		Long: `Switches a machine as power: of its host or its groups says, by Redfish, IPMI or Wake-on-LAN. off and cycle take the
power away: no system is asked to shut down. The answer is whether the machine is on, as its BMC says; Wake-on-LAN
cannot tell.

` + machinesExitCodes,
		Example: `  bootlace machines power node1 status
  bootlace machines next node1 --power-cycle          # from the network, now`,
		Args: cobra.ExactArgs(2),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 1 {
				return words, cobra.ShellCompDirectiveNoFileComp
			}
			return r.complete(cmd, args, word)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(words, args[1]) {
				return usageError(fmt.Errorf("power %s: %s", boot.Excerpt(args[1], 40), boot.Hint(args[1], words)))
			}
			return r.power(cmd, args[0], api.PowerOrder{Action: args[1]})
		},
	}
	r.addFlags(cmd.Flags())
	return cmd
}

// power has a machine switched, and says whether it is on then.
func (r *remote) power(cmd *cobra.Command, name string, o api.PowerOrder) error {
	c, err := r.dial()
	if err != nil {
		return err
	}
	p, err := c.Power(cmd.Context(), name, o)
	if err != nil {
		return r.explain(err)
	}
	if r.asJSON {
		return printJSON(cmd.OutOrStdout(), p)
	}
	_, err = fmt.Fprintln(cmd.OutOrStdout(), boot.Printable(powerLine(&p, o)))
	return err
}

func powerLine(p *api.Power, o api.PowerOrder) string {
	text := p.Name + ": " + p.State + ", by " + p.By
	if o.Network {
		text += "; its next boot is from the network"
	}
	return text
}
