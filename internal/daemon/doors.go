// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"context"
	"errors"
	"io/fs"
	"net/netip"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/httpd"
	"github.com/bootlace-net/bootlace/tftpd"
)

// door answers every request for a file of one protocol.
type door struct {
	*decider
	admission *admission
	progress  *progress
	server    boot.Endpoint                             // of the tree over HTTP; its host depends on the visit
	public    func(local, remote netip.Addr) netip.Addr // our address as a machine sees it
}

// errNotServed is why a request through an interface that is not served gets nothing.
var errNotServed = errors.New("this interface or network is not served")

// open finds the file. The error is fs.ErrNotExist, fs.ErrInvalid or fs.ErrPermission where that is the reason. A request
// keeps the configuration it began with.
func (d *door) open(p boot.Protocol, asked string, local, remote netip.Addr) (boot.File, asker, error) {
	site := d.current()
	if !d.admission.admits(local, remote) {
		return nil, d.asker(site, asked, remote), errors.Join(fs.ErrPermission, errNotServed)
	}
	name, err := site.Name(p, asked)
	if err != nil {
		return nil, d.asker(site, asked, remote), err
	}
	a := d.file(site, name, remote)
	if a.by == byAddress { // what is rendered is for the machine behind the address, whatever NIC the name tells of
		name = name.For(a.plan.Client.MAC)
		name.By = boot.Search{}
	}
	visit := boot.Visit{Name: name, Protocol: p, Client: a.plan.Client, Server: d.server.At(d.public(local.Unmap(), remote.Unmap()))}
	a.name = name
	f, err := site.File(visit, a.plan)
	d.asked(a, err == nil)
	return f, a, err
}

// asker finds the machine behind a request that gets no file by its name: for the log.
func (d *decider) asker(site source, asked string, remote netip.Addr) asker {
	name, err := boot.ParseName(asked)
	if err != nil {
		name = boot.Name{}
	}
	_, a := d.who(site, name, remote)
	return a
}

// tftpDoor follows tftpd.Opener.
type tftpDoor struct{ *door }

// Open leaves the asker for the event. Firmware takes error codes at their word: U-Boot asks for ever on anything but 1 and
// 2 (net/tftp.c), so what cannot be had is one of these.
func (d tftpDoor) Open(_ context.Context, r *tftpd.Request) (tftpd.Content, error) {
	f, a, err := d.open(boot.TFTP, r.Name, r.Local.Addr(), r.Remote.Addr())
	r.Label = a
	switch {
	case err == nil:
		return f, nil
	case errors.Is(err, fs.ErrNotExist):
		return nil, err
	case errors.Is(err, errNotServed):
		err = errNotServed
	}
	return nil, &tftpd.Error{Code: tftpd.CodeAccess, Err: err}
}

// httpDoor follows httpd.Opener.
type httpDoor struct{ *door }

// Open leaves the asker for the event.
func (d httpDoor) Open(_ context.Context, r *httpd.Request) (boot.File, error) {
	f, a, err := d.open(boot.HTTP, r.Name, r.Local.Addr(), r.Remote.Addr())
	r.Plan, r.By, r.Whole = a.plan, a.by, func() { d.progress.fetched(a) }
	return f, err
}
