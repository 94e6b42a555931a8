// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"net/netip"

	"github.com/bootlace-net/bootlace/boot"
)

// tree answers every request for a file, whatever the protocol. A request keeps the site it began with.
type tree struct {
	current func() source
	who     *resolver
	server  boot.Endpoint                             // of the tree over HTTP; its host depends on the visit
	public  func(local, remote netip.Addr) netip.Addr // our address as a machine sees it
}

// source is what the tree asks of a configuration.
type source interface {
	Plan(c boot.Client) boot.Plan
	Name(p boot.Protocol, asked string) (boot.Name, error)
	File(v boot.Visit, p boot.Plan) (boot.File, error)
}

// answer is what a request came to, for the log.
type answer struct {
	name boot.Name
	plan boot.Plan
	by   string // how the machine was recognised
}

// open finds the file. The error is fs.ErrNotExist, fs.ErrInvalid or fs.ErrPermission where that is the reason.
func (t *tree) open(p boot.Protocol, asked string, local, remote netip.Addr) (boot.File, answer, error) {
	site := t.current()
	name, err := site.Name(p, asked)
	if err != nil {
		return nil, t.asker(asked, remote), err
	}
	a := answer{name: name}
	a.plan, a.by = t.plan(site, name, remote)
	if a.by == byAddress { // what is rendered is for the machine behind the address, whatever NIC the name tells of
		name = name.For(a.plan.Client.MAC)
		name.By = boot.Search{}
	}
	visit := boot.Visit{Name: name, Protocol: p, Client: a.plan.Client, Server: t.server.At(t.public(local.Unmap(), remote.Unmap()))}
	f, err := site.File(visit, a.plan)
	return f, a, err
}

// asker finds the machine behind a request that gets no file, for the log.
func (t *tree) asker(asked string, remote netip.Addr) answer {
	name, err := boot.ParseName(asked)
	if err != nil {
		name = boot.Name{}
	}
	a := answer{name: name}
	a.plan, a.by = t.plan(t.current(), name, remote)
	return a
}

// plan asks the catalog. A name may tell of a NIC that nobody knows while the address is that of a machine that is known
// (iPXE names the first NIC it has, which need not be the one that booted): then the address decides.
func (t *tree) plan(site source, name boot.Name, remote netip.Addr) (boot.Plan, string) {
	c, by := t.who.identify(name, remote)
	plan := site.Plan(c)
	if plan.Host != nil || by != byName && by != bySearch {
		return plan, by
	}
	other, ok := t.who.byAddress(remote)
	if !ok || other.MAC == c.MAC {
		return plan, by
	}
	if known := site.Plan(other); known.Host != nil {
		return known, byAddress
	}
	return plan, by
}
