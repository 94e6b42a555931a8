// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"os"
	"os/signal"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/internal/daemon"
	"github.com/bootlace-net/bootlace/internal/recorder"
)

func newServeCommand(log func(configs.Log) (recorder.Log, error)) *cobra.Command {
	var p place
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the appliance: ProxyDHCP, TFTP and HTTP",
		Long: `Runs the appliance in the foreground until SIGTERM or Ctrl-C. The log goes to stderr, one line per step
of a boot. SIGHUP and changes of files reload the configuration; one with mistakes is refused with all of
them, and the last good one stays in use. Started as root, it becomes the user of server.user (nobody)
once its ports are bound.

Without --config it reads /etc/bootlace. Where that is not there either, it answers every PXE client with a
menu of the images there are, and of booting from the local disk. It never hands out addresses and never installs anything by itself.`,
		Example: `  sudo bootlace serve --interface eth0
  sudo bootlace serve --config /srv/bootlace --interface eth0 --interface eth1 --log-level debug`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			hup, stop := hangups(cmd.Context())
			defer stop()
			dir, err := p.config(cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			b := thisBuild()
			return serveError(daemon.Serve(cmd.Context(), daemon.Options{Dir: dir, Over: p.over, Log: log, Reload: hup, Version: b.version, Commit: b.commit}))
		},
	}
	p.addFlags(cmd.Flags())
	cmd.Flags().StringSliceVarP(&p.over.Interfaces, "interface", "i", nil, "network interface to serve, may be given again (default: server.interfaces, else all)")
	return cmd
}

// serveError chooses the exit code.
func serveError(err error) error {
	var sys *daemon.SystemError
	if errors.As(err, &sys) {
		return systemError(err)
	}
	return err
}

// hangups turns SIGHUP into a channel; where there is no such signal it stays silent.
func hangups(ctx context.Context) (<-chan struct{}, func()) {
	signals := make(chan os.Signal, 1)
	out := make(chan struct{})
	if sig := hangup(); sig != nil {
		signal.Notify(signals, sig)
	}
	go func() {
		for {
			select {
			case <-signals:
			case <-ctx.Done():
				return
			}
			select {
			case out <- struct{}{}:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out, func() { signal.Stop(signals) }
}
