// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/internal/api"
)

const machinesExitCodes = `Exit codes: 0 done; 1 the appliance refuses; 2 wrong usage, or no such machine; 3 no appliance answers, or it
does not let you.`

func newMachinesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "machines",
		Short: "See and change the machines of a running appliance",
		Long: `Asks the appliance that runs here (bootlace serve) what its machines do, and tells it what they are to do next.
It is asked over its socket: be root, or a member of the group that it runs as.

NAME is a host of the configuration, a MAC address in any spelling, or a UUID or serial number that only one
machine has.

` + machinesExitCodes,
		Example: `  bootlace machines list --is looping
  bootlace machines timeline node1
  bootlace machines install node1                     # once more, whatever was installed before`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newMachinesListCommand(), newMachinesShowCommand(), newMachinesTimelineCommand(), newMachinesPowerCommand(), newMachinesWaitingCommand(), newMachinesAdoptCommand())
	cmd.AddCommand(newMachinesChangeCommands()...)
	cmd.AddCommand(newMachinesBackupCommand(), newMachinesRestoreCommand())
	return cmd
}

// remote are the flags that say which appliance is asked, and how its answer is printed.
type remote struct {
	server, state string
	asJSON        bool
}

func (r *remote) addFlags(flags *pflag.FlagSet) {
	r.addServer(flags)
	flags.BoolVar(&r.asJSON, "json", false, "as JSON")
}

func (r *remote) addServer(flags *pflag.FlagSet) {
	flags.StringVar(&r.server, "server", "", "the appliance: unix:///PATH of its socket, or http://HOST:PORT (default: the one that runs here)")
	flags.StringVar(&r.state, "state", "", "its state directory, where its socket is if systemd did not start it")
}

// runtimeSocket is where systemd has the socket, by RuntimeDirectory= of contrib/bootlace.service.
const runtimeSocket = "/run/bootlace/api.sock"

// address finds the appliance that runs here.
func (r *remote) address() string {
	if r.server != "" {
		return r.server
	}
	if _, err := os.Stat(runtimeSocket); err == nil && r.state == "" {
		return "unix://" + runtimeSocket
	}
	dir := cmp.Or(r.state, configs.DefaultSettings().Server.State)
	if absolute, err := filepath.Abs(dir); err == nil {
		dir = absolute
	}
	return "unix://" + filepath.ToSlash(filepath.Join(dir, "api.sock"))
}

func (r *remote) dial() (*api.Client, error) {
	c, err := api.Dial(r.address())
	if err != nil {
		return nil, usageError(fmt.Errorf("--server: %w", err))
	}
	return c, nil
}

// explain says what to do about an error, and chooses its exit code.
func (r *remote) explain(err error) error {
	var gone *api.UnreachableError
	var p *api.Problem
	switch {
	case errors.As(err, &gone) && errors.Is(err, fs.ErrPermission):
		return systemError(fmt.Errorf("%s: %w: be root, or a member of the group that bootlace runs as", r.address(), err))
	case errors.As(err, &gone):
		return systemError(fmt.Errorf("no appliance answers at %s: %w: is bootlace serve running? --server and --state say where", r.address(), err))
	case errors.Is(err, api.ErrBroken):
		return systemError(err)
	case errors.As(err, &p) && p.Status == http.StatusForbidden:
		return systemError(err)
	case errors.As(err, &p) && (p.Status == http.StatusNotFound || p.Status == http.StatusBadRequest || len(p.Candidates) > 0):
		return usageError(err)
	}
	return err
}

// complete gives a shell the names of machines, where an appliance answers at once.
func (r *remote) complete(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	c, err := r.dial()
	if err != nil || len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), 2*time.Second)
	defer cancel()
	all, err := c.All(ctx, api.Query{})
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	names := make([]string, 0, len(all))
	for i := range all {
		names = append(names, all[i].Name)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
