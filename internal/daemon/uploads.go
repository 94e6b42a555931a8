// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"context"
	"fmt"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/internal/files"
	"github.com/bootlace-net/bootlace/tftpd"
)

// openUploads lets TFTP take files, if there is a directory for them.
func (d *daemon) openUploads(srv *tftpd.Server, w *configs.Writes) error {
	if w.Directory == "" {
		return nil
	}
	dir, err := files.OpenUploadDir(w.Directory, files.Quotas{MaxFile: int64(w.MaxSize), MaxTotal: int64(w.MaxTotal), MaxFiles: w.MaxFiles})
	if err != nil {
		return &SystemError{What: "tftp.writes.directory", Err: err, Fix: "make it, and let server.user write there"}
	}
	dir.Overwrite = w.Overwrite
	if w.PerMachine {
		dir.Folder = folder
	}
	d.uploads = dir
	srv.Storer = uploadDoor{d.doorFor(d.site.Settings.TFTP.Allow), dir}
	return nil
}

// folder is where a machine's uploads go: by its MAC where the door found it out, else by its address. The machine prefix of a
// name only says whose it is.
func folder(r *tftpd.Request) (dir, name string, err error) {
	n, err := boot.ParseName(r.Name)
	if err != nil {
		return "", "", err
	}
	if a, ok := r.Label.(asker); ok && !a.plan.Client.MAC.IsZero() {
		return a.plan.Client.MAC.Dash(), n.Path(), nil
	}
	dir, _, err = files.ByAddress(r)
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
func (d *daemon) mayUpload(user string) error {
	if d.uploads == nil {
		return nil
	}
	if err := d.uploads.MayStore(); err != nil {
		dir := d.site.Settings.TFTP.Writes.Directory
		return &SystemError{What: "tftp.writes.directory", Err: err, Fix: fmt.Sprintf("let user %s write there: chown %s %s", user, user, dir)}
	}
	return nil
}
