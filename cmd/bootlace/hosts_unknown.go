// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/internal/site"
)

func newHostsUnknownCommand() *cobra.Command {
	var p place
	cmd := &cobra.Command{
		Use:   "unknown [LOG...]",
		Short: "Print the machines that came and that no host names, as YAML to paste",
		Long: `Reads the log of 'bootlace serve' (JSON, which it writes where there is no terminal) from files, or from
standard input, and prints every machine in it that no host of the configuration names: a host for
hosts/*.yaml each, with what was seen of it in comments. 'bootlace hosts adopt' writes them.`,
		Example: `  journalctl -u bootlace -o cat | bootlace hosts unknown
  bootlace hosts unknown --config /etc/bootlace /var/log/bootlace.json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			app, err := p.open(cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			seen, err := sightings(cmd.InOrStdin(), args)
			if err != nil {
				return err
			}
			return printUnknown(cmd.OutOrStdout(), app.Unknown(seen))
		},
	}
	p.addFlags(cmd.Flags())
	return cmd
}

// sightings reads logs, of which something has to be such as only serve writes.
func sightings(stdin io.Reader, files []string) (*site.Sightings, error) {
	var seen site.Sightings
	if err := readLogs(&seen, stdin, files); err != nil {
		return nil, err
	}
	switch {
	case seen.JSON == 0 && seen.Text > 0:
		return nil, fmt.Errorf("%s read, none of them JSON, which alone says what a machine is: serve writes it with --log-format json, and where standard error is no terminal", count(seen.Text, "line"))
	case seen.JSON == 0:
		return nil, errors.New("the log is empty: is the unit called bootlace, and may you read its journal (as root, or in the group systemd-journal)?")
	}
	return &seen, nil
}

// readLogs reads the files, or standard input where none are named.
func readLogs(s *site.Sightings, stdin io.Reader, files []string) error {
	if f, ok := stdin.(*os.File); ok && len(files) == 0 && isTerminal(f) {
		return usageError(errors.New("which log? Name a file, or pipe one in: journalctl -u bootlace -o cat | bootlace hosts unknown"))
	}
	if len(files) == 0 {
		return s.Read(stdin)
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		err = s.Read(f)
		_ = f.Close() // only read
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func printUnknown(out io.Writer, machines []site.Sighting) error {
	if len(machines) == 0 {
		_, err := fmt.Fprintln(out, "# every machine in the log is known")
		return err
	}
	_, err := io.WriteString(out, site.HostYAML(machines))
	return err
}
