// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

// Exit codes, the same for every command.
const (
	exitOK     = 0
	exitFailed = 1 // it was tried and did not work: errors in the configuration, a boot that would fail, a broken transfer
	exitUsage  = 2 // the command line is wrong
	exitSystem = 3 // the system refuses: a port in use, missing privileges, no such interface
)

// coded is an error that chose its exit code.
type coded struct {
	error
	code int
}

func (e coded) Unwrap() error { return e.error }

func usageError(err error) error  { return coded{err, exitUsage} }
func systemError(err error) error { return coded{err, exitSystem} }

// run is the whole program but for the process: scripts in tests call it too.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	cmd := newRoot(stderr)
	cmd.SetArgs(args)
	cmd.SetIn(stdin)
	cmd.SetOut(stdout)
	cmd.SetErr(stderr)
	err := cmd.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	if text := err.Error(); text != "" {
		_, _ = fmt.Fprintf(stderr, "bootlace: %s\n", text) // nowhere left to report to
	}
	var c coded
	if errors.As(err, &c) {
		return c.code
	}
	return exitFailed
}

func newRoot(stderr io.Writer) *cobra.Command {
	logs := &logging{out: stderr}
	root := &cobra.Command{
		Use:   "bootlace",
		Short: "Network-boot machines beside whatever DHCP server a site already has",
		Long: `Bootlace answers PXE, iPXE and UEFI HTTP Boot clients beside the site's DHCP server
(ProxyDHCP: it never hands out addresses) and serves every machine the boot tree that
its YAML profile says, over TFTP and HTTP, out of this one binary.

The configuration is read from /etc/bootlace, if it is there; --config names another directory.

Exit codes: 0 done; 1 it did not work (configuration errors, failed transfers);
2 wrong usage; 3 the system refused (port in use, privileges, no such interface).`,
		Example: `  sudo bootlace serve --interface eth0                    # no configuration: a menu of what is in images/
  sudo bootlace serve --config /srv/bootlace --interface eth0
  bootlace check                                          # every mistake at once, as file:line:col
  bootlace render --mac 52:54:00:12:34:56 boot.ipxe
  bootlace tftp serve --root /srv/tftp --listen 127.0.0.1:6969`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError(fmt.Errorf("%w\nsee '%s --help'", err, cmd.CommandPath()))
	})
	logs.addFlags(root.PersistentFlags())
	root.AddCommand(append(subcommands(logs), extra()...)...)
	markUsage(root)
	completeFlags(root)
	return root
}

// subcommands lists everything bootlace can do.
func subcommands(logs *logging) []*cobra.Command {
	return []*cobra.Command{
		newServeCommand(logs.configured),
		newCheckCommand(),
		newRenderCommand(),
		newExplainCommand(),
		newProbeCommand(),
		newHostsCommand(),
		newMachinesCommand(), newAPICommand(),
		newImagesCommand(),
		newLoadersCommand(),
		newFmtCommand(),
		newConfigCommand(),
		newISOCommand(),
		newTFTPCommand(logs.log),
		newVersionCommand(),
	}
}
