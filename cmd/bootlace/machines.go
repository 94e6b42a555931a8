// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
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
It is asked over its socket: be root, or a member of the group that it runs as. An appliance elsewhere is asked by
--server https://HOST:PORT with a token: see bootlace api.

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
	server, state              string
	tokenFile, ca, fingerprint string
	asJSON                     bool
}

func (r *remote) addFlags(flags *pflag.FlagSet) {
	r.addServer(flags)
	flags.BoolVar(&r.asJSON, "json", false, "as JSON")
}

func (r *remote) addServer(flags *pflag.FlagSet) {
	flags.StringVar(&r.server, "server", "", "the appliance: https://HOST:PORT, or unix:///PATH of its socket (default: the one that runs here)")
	flags.StringVar(&r.tokenFile, "token-file", "", "file with a token for an appliance elsewhere (default: BOOTLACE_TOKEN)")
	flags.StringVar(&r.ca, "ca", "", "file of the authority that signed its certificate, such as api-ca.crt (default: the system's)")
	flags.StringVar(&r.fingerprint, "fingerprint", "", "instead: the SHA-256 of that authority, or of the certificate")
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
	login, err := r.login()
	if err != nil {
		return nil, usageError(err)
	}
	c, err := api.Dial(r.address(), login)
	if err != nil {
		return nil, usageError(fmt.Errorf("--server: %w", err))
	}
	return c, nil
}

// login reads by which an appliance elsewhere is known, and knows us.
func (r *remote) login() (l api.Login, err error) {
	l = api.Login{Fingerprint: r.fingerprint}
	if r.server != "" && !strings.HasPrefix(r.server, "unix:") {
		l.Token = os.Getenv("BOOTLACE_TOKEN")
	}
	if r.tokenFile != "" {
		b, err := os.ReadFile(r.tokenFile)
		if err != nil {
			return l, fmt.Errorf("--token-file: %w", err)
		}
		l.Token = strings.TrimSpace(string(b))
	}
	if r.ca != "" {
		if l.CA, err = os.ReadFile(r.ca); err != nil {
			return l, fmt.Errorf("--ca: %w", err)
		}
	}
	return l, nil
}

// explain says what to do about an error, and chooses its exit code.
func (r *remote) explain(err error) error {
	var gone *api.UnreachableError
	var p *api.Problem
	switch {
	case errors.As(err, &gone) && errors.Is(err, fs.ErrPermission):
		return systemError(fmt.Errorf("%s: %w: be root, or a member of the group that bootlace runs as", r.address(), err))
	case errors.As(err, &gone) && untrusted(err):
		return systemError(fmt.Errorf("%s: %w: --ca or --fingerprint says whom to trust", r.address(), err))
	case errors.As(err, &gone):
		return systemError(fmt.Errorf("no appliance answers at %s: %w: is bootlace serve running? --server and --state say where", r.address(), err))
	case errors.Is(err, api.ErrBroken):
		return systemError(err)
	case errors.As(err, &p) && (p.Status == http.StatusForbidden || p.Status == http.StatusUnauthorized || p.Status == http.StatusTooManyRequests):
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

// untrusted reports whether somebody answers who cannot show that it is the appliance.
func untrusted(err error) bool {
	var t *tls.CertificateVerificationError
	return errors.As(err, &t)
}
