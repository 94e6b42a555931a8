// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/internal/certs"
	"github.com/bootlace-net/bootlace/internal/privileges"
)

// initing is what bootlace api init is told.
type initing struct {
	state string
	hosts []string
	renew bool
	rsa   bool
}

func newAPIInitCommand() *cobra.Command {
	var i initing
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Make a certificate for the API, and the authority that signs it",
		Long: `Makes four files in the state directory: api-ca.crt, which clients are given (--ca), with its key, api-ca.key, which
may be taken away and is needed for --renew alone; and api.crt with api.key, which the appliance uses. Prints the
authority's fingerprint, by which clients know the appliance where no file was given to them (--fingerprint).
Nothing that is there is overwritten.

The authority holds for ten years, the certificate for 397 days. With --renew it is made anew, with a new key, by the
same authority: clients go on. Machines are shown the same certificate where http.tls names no other. A certificate of another authority serves as well: see api.certificate.

Exit codes: 0 done; 2 wrong usage; 3 the files cannot be made.`,
		Example: `  bootlace api init --host boot.example.com --host 192.0.2.10
  bootlace api init --renew                          # for the same names`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ca, err := i.make(time.Now())
			if err != nil {
				return systemError(err)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "authority    %s\nfingerprint  %s\n", filepath.Join(i.state, certs.APIAuthority), certs.Fingerprint(ca.Certificate))
			return err
		},
	}
	cmd.Flags().StringVar(&i.state, "state", configs.DefaultSettings().Server.State, "the appliance's state directory")
	cmd.Flags().StringSliceVar(&i.hosts, "host", nil, "a name or address that clients ask for; may be given several times (default: this host's name)")
	cmd.Flags().BoolVar(&i.rsa, "rsa", false, "make RSA keys, for firmware that knows no others: see http.tls")
	cmd.Flags().BoolVar(&i.renew, "renew", false, "a new certificate by the authority that is there")
	return cmd
}

func (i *initing) make(now time.Time) (*certs.Pair, error) {
	give := func(name, file string) error { return privileges.Inherit(file, filepath.Join(i.state, name)) }
	if i.renew {
		return certs.Renew(i.state, i.hosts, now, give)
	}
	hosts := i.hosts
	if len(hosts) == 0 {
		name, err := os.Hostname()
		if err != nil {
			return nil, err
		}
		hosts = []string{name, "localhost", "127.0.0.1", "::1"}
	}
	if err := os.MkdirAll(i.state, 0o755); err != nil {
		return nil, err
	}
	if i.rsa {
		return certs.InitRSA(i.state, hosts, now, give)
	}
	return certs.Init(i.state, hosts, now, give)
}
