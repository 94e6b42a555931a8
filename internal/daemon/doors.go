// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"context"
	"errors"
	"io/fs"
	"net/netip"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/httpd"
	"github.com/bootlace-net/bootlace/internal/machines/life"
	"github.com/bootlace-net/bootlace/tftpd"
)

// door answers every request for a file of one protocol.
type door struct {
	*decider
	admission *admission
	server    boot.Endpoint                             // of the tree over HTTP; its host depends on the visit
	public    func(local, remote netip.Addr) netip.Addr // our address as a machine sees it
}

// errNotServed is why a request through an interface that is not served gets nothing.
var errNotServed = errors.New("this interface or network is not served")

// question is a request for a file.
type question struct {
	protocol      boot.Protocol
	asked         string // the name
	local, remote netip.Addr
}

// open finds the file. The error is fs.ErrNotExist, fs.ErrInvalid or fs.ErrPermission where that is the reason. A request
// keeps the configuration it began with.
func (d *door) open(ctx context.Context, q question) (boot.File, asker, error) {
	site := d.current()
	if !d.admission.admits(q.local, q.remote) {
		return nil, d.asker(site, q.asked, q.remote), errors.Join(fs.ErrPermission, errNotServed)
	}
	name, err := site.Name(q.protocol, q.asked)
	if err != nil {
		return nil, d.asker(site, q.asked, q.remote), err
	}
	a := d.who(site, name, q.remote)
	if a.by == byAddress { // what is rendered is for the machine behind the address, whatever NIC the name tells of
		name = name.For(a.plan.Client.MAC)
		name.By = boot.Search{}
	}
	a.name = name
	v := boot.Visit{Name: name, Protocol: q.protocol, Client: a.plan.Client, Server: d.here(q)}
	f, err := d.file(ctx, site, &v, &a, life.Claim{})
	return f, a, err
}

// here is where the tree is served, as who asks sees it.
func (d *door) here(q question) boot.Endpoint {
	return d.server.At(d.public(q.local.Unmap(), q.remote.Unmap()))
}

// file opens what the gate lets pass.
func (d *decider) file(ctx context.Context, site source, v *boot.Visit, a *asker, by life.Claim) (f boot.File, err error) {
	if a.plan.Action == boot.ActionWait && d.waits != nil && site.Role(*v, a.plan) == boot.RoleScript {
		v.Code = d.wait(a.plan)
	}
	if said := d.memory.Inventoried(a.plan.Client.Key()); said != nil {
		v.Memory = said.Memory
	}
	if d.gate == nil {
		f, err = site.File(*v, a.plan)
	} else {
		f, a.plan, a.pass, err = d.gate.Open(ctx, site, v, a.plan, by)
	}
	d.asked(*a, err == nil)
	d.met(a.plan, v.Name, err)
	if err == nil {
		d.tellOfMemory(site, v, a.plan)
	}
	return f, err
}

// asker finds the machine behind a request that gets no file by its name: for the log.
func (d *decider) asker(site source, asked string, remote netip.Addr) asker {
	name, err := boot.ParseName(asked)
	if err != nil {
		name = boot.Name{}
	}
	return d.who(site, name, remote)
}

// tftpDoor follows tftpd.Opener.
type tftpDoor struct{ *door }

// Open leaves the asker for the event. Firmware takes error codes at their word: U-Boot asks for ever on anything but 1 and
// 2 (net/tftp.c), so what cannot be had is one of these.
func (d tftpDoor) Open(ctx context.Context, r *tftpd.Request) (tftpd.Content, error) {
	f, a, err := d.open(ctx, question{boot.TFTP, r.Name, r.Local.Addr(), r.Remote.Addr()})
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
type httpDoor struct {
	*door
	finished func(asker)
	tokens   *tokenDoor
}

// Open leaves the asker for the event.
func (d httpDoor) Open(ctx context.Context, r *httpd.Request) (boot.File, error) {
	open := d.open
	q := question{boot.HTTP, r.Name, r.Local.Addr(), r.Remote.Addr()}
	if token, name, ok := tokenFile(r.Name); ok && d.tokens != nil {
		q.asked = name
		open = func(ctx context.Context, q question) (boot.File, asker, error) { return d.tokens.open(ctx, token, q) }
	}
	f, a, err := open(ctx, q)
	r.Plan, r.By, r.Whole = a.plan, a.by, func() { d.finished(a) }
	return f, err
}
