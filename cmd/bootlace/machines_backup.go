// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/internal/machines/boltstore"
)

func newMachinesBackupCommand() *cobra.Command {
	var r remote
	cmd := &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy what is stored of all machines, while the appliance runs",
		Long: `Copies what the appliance has stored of all machines: what is installed and what was tried, orders and holds,
what machines said of themselves, and their timelines. The file is complete or not there. '-' is standard output.

` + machinesExitCodes,
		Example: `  bootlace machines backup /var/backups/machines.db
  ssh bootserver bootlace machines backup - >machines.db`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := r.dial()
			if err != nil {
				return err
			}
			copied := func(w io.Writer) error { return r.explain(c.Backup(cmd.Context(), w)) }
			if args[0] == "-" {
				return copied(cmd.OutOrStdout())
			}
			return writeWhole(args[0], copied)
		},
	}
	r.addServer(cmd.Flags())
	return cmd
}

// writeWhole makes a file that only its owner may read, and gives it its name when it is complete.
func writeWhole(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".backup-*")
	if err != nil {
		return systemError(err)
	}
	defer func() { _ = os.Remove(f.Name()) }() // not there any more when all went well
	if err := write(f); err != nil {
		_ = f.Close() // the first error is the one to tell
		return err
	}
	if err := errors.Join(f.Sync(), f.Close(), os.Rename(f.Name(), path)); err != nil {
		return systemError(err)
	}
	return nil
}

func newMachinesRestoreCommand() *cobra.Command {
	var state string
	var newest bool
	cmd := &cobra.Command{
		Use:   "restore FILE",
		Short: "Put a backup in the place of what is stored, while no appliance runs",
		Long: `Checks the backup and puts it in the place of what is stored in the state directory. What happened since it was
made is lost, so a machine that was installed meanwhile would be installed again. Unless it can be seen that
nothing happened, machines that are to be installed get their disks therefore, until 'bootlace machines release'
(with a name, or --all), 'done' or 'install' says what is so. --newest says it beforehand.

Exit codes: 0 done; 1 an appliance runs, or the file is no backup; 2 wrong usage; 3 it cannot be read or written.`,
		Example: `  systemctl stop bootlace && bootlace machines restore /var/backups/machines.db && systemctl start bootlace`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return restore(cmd.ErrOrStderr(), args[0], filepath.Join(cmp.Or(state, configs.DefaultSettings().Server.State), boltstore.File), newest)
		},
	}
	cmd.Flags().BoolVar(&newest, "newest", false, "no machine was installed since the backup was made")
	cmd.Flags().StringVar(&state, "state", "", "the appliance's state directory (default: /var/lib/bootlace)")
	return cmd
}

// restore puts a backup in place, for the user that the state directory belongs to.
func restore(stderr io.Writer, from, to string, newest bool) error {
	f, err := os.Open(from)
	if err != nil {
		return systemError(err)
	}
	defer func() { _ = f.Close() }() // only read
	doubted, err := boltstore.Restore(to, f, newest)
	switch {
	case errors.Is(err, boltstore.ErrInUse):
		return fmt.Errorf("%w: stop the appliance first", err)
	case errors.Is(err, os.ErrPermission), errors.Is(err, os.ErrNotExist):
		return systemError(err)
	case err != nil:
		return err
	}
	if err := errors.Join(giveToOwner(to, filepath.Dir(to)), ownMark(boltstore.MarkOf(to))); err != nil {
		return systemError(err)
	}
	if doubted {
		_, err = fmt.Fprintln(stderr, "machines that are to be installed get their disks until bootlace machines release --all, or release, done or install of each: they may have been installed since the backup was made")
	}
	return err
}

// ownMark gives the mark to whom the state directory belongs, if there is one.
func ownMark(path string) error {
	if _, err := os.Stat(path); err != nil {
		return nil //nolint:nilerr // there is none
	}
	return giveToOwner(path, filepath.Dir(path))
}
