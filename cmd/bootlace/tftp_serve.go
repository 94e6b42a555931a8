// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/files"
	"github.com/bootlace-net/bootlace/internal/netif"
	"github.com/bootlace-net/bootlace/internal/recorder"
	"github.com/bootlace-net/bootlace/tftpd"
)

// tftpServe holds the flags of bootlace tftp serve.
type tftpServe struct {
	root    string
	listen  []string
	allow   []string
	gso     string
	server  tftpd.Server
	profile string

	uploads              string
	overwrite, byAddress bool
	quotas               files.Quotas
	names                files.Names
	remap                []string
}

func newTFTPServeCommand(log func() recorder.Log) *cobra.Command {
	f := &tftpServe{}
	cmd := &cobra.Command{
		Use:   "serve --root DIR [--listen ADDR:PORT]",
		Short: "Serve a directory over TFTP",
		Long: `Serve the files of a directory over TFTP to any number of clients at once. Without --listen it takes
requests on port 69 of all addresses. Nothing outside the directory is ever opened.

Exit codes: 0 ended by a signal; 2 wrong usage; 3 the system refused: port in use, privileges, no such directory.`,
		Example: `  sudo bootlace tftp serve --root /srv/tftp
  bootlace tftp serve --root . --listen 127.0.0.1:6969
  bootlace tftp serve --root . --listen :6969 --single-port --allow 192.168.1.0/24`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return f.run(cmd.Context(), recorder.New(log(), nil, time.Now))
		},
	}
	f.addFlags(cmd)
	return cmd
}

func (f *tftpServe) run(ctx context.Context, told *recorder.Recorder) error {
	if err := f.parse(); err != nil {
		return usageError(err)
	}
	dir, err := files.OpenDir(f.root)
	if err != nil {
		return systemError(fmt.Errorf("cannot serve %s: %w", f.root, err))
	}
	f.names.Opener = dir
	host := &netif.Host{}
	f.server.MTU = host.MTU
	f.names.MAC = func(r *tftpd.Request) (boot.MAC, bool) { return host.Neighbour(r.Remote.Addr()) }
	f.server.Opener, f.server.Events = &f.names, func(e tftpd.Event) { told.Record(recorder.FromTFTP(e)) }
	closeUploads, err := f.openUploads()
	if err != nil {
		return systemError(errors.Join(err, dir.Close()))
	}
	if err := f.server.Listen(); err != nil {
		return systemError(errors.Join(netif.ExplainListen(err, "--listen", ""), dir.Close(), closeUploads()))
	}
	for _, a := range f.server.LocalAddrs() {
		told.Say(boot.LevelInfo, "serving TFTP", "listen", a, "root", f.root)
	}
	stop, err := startProfile(f.profile)
	if err != nil {
		return systemError(err)
	}
	return errors.Join(f.server.Serve(ctx), stop(), dir.Close(), closeUploads())
}

// openUploads opens the directory for uploads, if one is given.
func (f *tftpServe) openUploads() (closer func() error, err error) {
	if f.uploads == "" {
		return func() error { return nil }, nil
	}
	dir, err := files.OpenUploadDir(f.uploads, f.quotas)
	if err != nil {
		return nil, fmt.Errorf("cannot store uploads in %s: %w", f.uploads, err)
	}
	dir.Overwrite = f.overwrite
	if f.byAddress {
		dir.Folder = files.ByAddress
	}
	f.server.Storer = dir
	return dir.Close, nil
}
