// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"context"
	"fmt"
	"os"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/tftpd"
)

// openUploads lets TFTP take files, if there is a directory for them.
func (d *daemon) openUploads(srv *tftpd.Server, w *configs.Writes) error {
	if w.Directory == "" {
		return nil
	}
	dir, err := tftpd.OpenUploadDir(w.Directory)
	if err != nil {
		return &SystemError{What: "tftp.writes.directory", Err: err, Fix: "make it, and let server.user write there"}
	}
	dir.Overwrite, dir.MaxFile, dir.MaxTotal, dir.MaxFiles = w.Overwrite, int64(w.MaxSize), int64(w.MaxTotal), w.MaxFiles
	if w.PerMachine {
		dir.Folder = d.folder
	}
	srv.Storer = uploadDoor{d.doorFor(d.site.Settings.TFTP.Allow), dir}
	return nil
}

// folder is where a machine's uploads go: by its MAC where that is known, else by its address. The machine prefix of a name
// only says whose it is.
func (d *daemon) folder(r tftpd.Request) (dir, name string, err error) {
	n, err := boot.ParseName(r.Name)
	if err != nil {
		return "", "", err
	}
	if c, _ := d.decider.identify(n, r.Remote.Addr()); !c.MAC.IsZero() {
		return c.MAC.Dash(), n.Path(), nil
	}
	dir, _, err = tftpd.ByAddress(r)
	return dir, n.Path(), err
}

// uploadDoor lets uploads in by the interfaces and networks that are served.
type uploadDoor struct {
	*door
	dir tftpd.Storer
}

// Create follows tftpd.Storer.
func (u uploadDoor) Create(ctx context.Context, r *tftpd.Request, size int64) (tftpd.Upload, error) {
	r.Label = u.asker(u.current(), r.Name, r.Remote.Addr())
	if !u.admission.admits(r.Local.Addr(), r.Remote.Addr()) {
		return nil, &tftpd.Error{Code: tftpd.CodeAccess, Err: errNotServed}
	}
	return u.dir.Create(ctx, r, size)
}

// mayUpload proves that the user we became can store uploads.
func mayUpload(w *configs.Writes, user string) error {
	if w.Directory == "" {
		return nil
	}
	f, err := os.CreateTemp(w.Directory, ".upload-*")
	if err != nil {
		return &SystemError{What: "tftp.writes.directory", Err: err, Fix: fmt.Sprintf("let user %s write there: chown %s %s", user, user, w.Directory)}
	}
	_ = f.Close() // nothing was written
	return os.Remove(f.Name())
}
