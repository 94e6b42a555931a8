// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/api"
)

func newMachinesAdoptCommand() *cobra.Command {
	var r remote
	var a api.Adoption
	var vars map[string]string
	cmd := &cobra.Command{
		Use:   "adopt CODE --name NAME",
		Short: "Make a host of a machine that waits",
		Long: `The machine that shows CODE becomes a host of the configuration, matched by its MAC address, and boots its profile
within seconds. The host is written into the file of server.adopted, in YAML, where everything else stays as it is.
Before that the configuration with it is read as a whole: if anything is wrong with it, that is told, and nothing is
written. Without --profile its groups say what it boots. One that installs loses what is on the machine's disk: it
takes --allow-destructive, too. --preview prints what the file would be.

` + machinesExitCodes,
		Example: `  bootlace machines adopt K7MPX --name node9 --profile rescue
  bootlace machines adopt K7MPX --name node9 --profile debian --allow-destructive --label rack=7 --var disk=/dev/sda`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if a.Name == "" {
				return usageError(errors.New("which host is it to become? Say --name"))
			}
			a.Vars = make(map[string]any, len(vars))
			for key, value := range vars {
				a.Vars[key] = value
			}
			return r.adopt(cmd, args[0], a)
		},
	}
	r.addFlags(cmd.Flags())
	f := cmd.Flags()
	f.StringVar(&a.Name, "name", "", "the name of the host")
	f.StringVar(&a.Profile, "profile", "", "what it boots")
	f.StringToStringVar(&a.Labels, "label", nil, "a mark for groups to select by, KEY=VALUE; may be given again")
	f.StringToStringVar(&vars, "var", nil, "a value for templates, KEY=VALUE; may be given again")
	f.BoolVar(&a.AllowDestructive, "allow-destructive", false, "let it be installed: what is on its disk will be lost")
	f.BoolVar(&a.Preview, "preview", false, "print the file as it would be, and write nothing")
	return cmd
}

func (r *remote) adopt(cmd *cobra.Command, code string, a api.Adoption) error {
	c, err := r.dial()
	if err != nil {
		return err
	}
	done, err := c.Adopt(cmd.Context(), code, a)
	if err != nil {
		return r.explain(err)
	}
	if r.asJSON {
		return printJSON(cmd.OutOrStdout(), done)
	}
	return printAdopted(cmd.OutOrStdout(), &done)
}

func printAdopted(out io.Writer, a *api.Adopted) error {
	if a.Content != "" {
		_, err := io.WriteString(out, a.Content)
		return err
	}
	_, err := fmt.Fprintln(out, boot.Printable(fmt.Sprintf("%s (%s) is host %s now, in %s", a.Code, a.MAC, a.Name, a.File)))
	return err
}
