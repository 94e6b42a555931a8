// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/internal/logins"
)

func newAPICommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "api",
		Short: "Say who may ask the appliance over the network, and make its certificate",
		Long: `Prepares the API for people and programs elsewhere (api.listen in bootlace.yaml). What these commands write is
read by a running appliance within seconds.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newAPIInitCommand(), newAPIUserCommand(), newAPITokenCommand())
	return cmd
}

// loginsFlags say where logins are kept.
type loginsFlags struct{ file, state string }

func (l *loginsFlags) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&l.state, "state", configs.DefaultSettings().Server.State, "the appliance's state directory")
	flags.StringVar(&l.file, "logins", "", "file of logins, if api.logins names another than "+logins.File+" in the state directory")
}

func (l *loginsFlags) path() string { return cmp.Or(l.file, filepath.Join(l.state, logins.File)) }

func (l *loginsFlags) load() (*logins.Book, error) {
	b, err := logins.Load(l.path())
	if err != nil {
		return nil, systemError(err)
	}
	return b, nil
}

// change reads the logins, and writes what a function makes of them.
func (l *loginsFlags) change(change func(*logins.Book) error) error {
	b, err := l.load()
	if err != nil {
		return err
	}
	if err := change(b); err != nil {
		return err
	}
	if err := logins.Save(l.path(), b); err != nil {
		return systemError(err)
	}
	return nil
}
