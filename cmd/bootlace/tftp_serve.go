// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"os/signal"
	"time"

	"github.com/spf13/cobra"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/files"
	"github.com/bootlace-net/bootlace/internal/netif"
	"github.com/bootlace-net/bootlace/internal/privileges"
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
	user    string

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
requests on port 69 of all addresses. Nothing outside the directory is ever opened. Started as root, it becomes
the user of --user once its ports are bound. SIGTERM and Ctrl-C tell the clients and end it; SIGHUP does nothing.

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
	if sig := hangup(); sig != nil {
		signal.Ignore(sig) // there is nothing to read again: files are opened when they are asked for
	}
	dir, err := files.OpenDir(f.root)
	if err != nil {
		return systemError(fmt.Errorf("cannot serve %s: %w", f.root, err))
	}
	f.serve(dir, told)
	up, err := f.openUploads()
	if err != nil {
		return systemError(err)
	}
	if err := f.server.Listen(); err != nil {
		return systemError(netif.ExplainListen(err, "--listen", ""))
	}
	stop, err := startProfile(f.profile)
	if err == nil {
		err = f.becomeUser(dir, up)
	}
	if err != nil {
		return systemError(err)
	}
	for _, a := range f.server.LocalAddrs() {
		told.Say(boot.LevelInfo, "serving TFTP", "listen", a, "root", f.root)
	}
	return errors.Join(f.server.Serve(ctx), stop())
}

// serve has the server ask for the files of a directory, and tell what happens.
func (f *tftpServe) serve(dir *files.Dir, told *recorder.Recorder) {
	f.names.Opener = dir
	host := &netif.Host{}
	f.server.MTU = host.MTU
	f.names.MAC = func(r *tftpd.Request) (boot.MAC, bool) { return host.Neighbour(r.Remote.Addr()) }
	f.server.Opener, f.server.Events = &f.names, func(e tftpd.Event) { told.Record(recorder.FromTFTP(e)) }
}

// becomeUser drops privileges, and proves that what is to be served can still be read, and uploads be written.
func (f *tftpServe) becomeUser(dir *files.Dir, up *files.UploadDir) error {
	if err := privileges.Drop(f.user); err != nil {
		return fmt.Errorf("--user: %w", err)
	}
	if err := dir.MayRead(); err != nil {
		return fmt.Errorf("user %s cannot read --root %s: %w\nlet it (chmod o+rx %s), or choose another with --user", f.user, f.root, err, f.root)
	}
	if up == nil {
		return nil
	}
	if err := up.MayStore(); err != nil {
		return fmt.Errorf("user %s cannot write to --uploads %s: %w\nlet it (chown %s %s), or choose another with --user", f.user, f.uploads, err, f.user, f.uploads)
	}
	return nil
}

// openUploads opens the directory for uploads; nil: none is given.
func (f *tftpServe) openUploads() (*files.UploadDir, error) {
	if f.uploads == "" {
		return nil, nil
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
	return dir, nil
}
