// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"path"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/images"
)

// tree answers every request for a file, whatever the protocol: first what is rendered for the machine, then what is in
// the store. A request keeps the snapshot it began with.
type tree struct {
	current  func() *snapshot
	who      *resolver
	store    store
	httpPort uint16
	rewrite  func(path string) (string, bool)          // the site's rules for names of TFTP; false refuses one
	fold     func(path string) (string, bool)          // how a name of TFTP is really written; nil: as it was asked
	public   func(local, remote netip.Addr) netip.Addr // our address as a machine sees it
}

// store is where loaders, kernels and initrds are.
type store interface {
	Open(name string) (boot.File, error)
}

// planner knows what a machine should boot.
type planner interface {
	Plan(c boot.Client) boot.Plan
}

// renderer makes the files of a machine. Its error is fs.ErrNotExist for a name that it does not make.
type renderer interface {
	Open(v boot.Visit, p boot.Plan) (boot.File, error)
}

// answer is what a request came to, for the log.
type answer struct {
	name boot.Name
	plan boot.Plan
	by   string // how the machine was recognised
	from string // "menus" or "images"
}

// open finds the file. The error is fs.ErrNotExist, fs.ErrInvalid or fs.ErrPermission where that is the reason.
func (t *tree) open(p boot.Protocol, asked string, local, remote netip.Addr) (boot.File, answer, error) {
	name, err := t.name(p, asked)
	if err != nil {
		return nil, answer{}, err
	}
	snap := t.current()
	a := answer{name: name}
	a.plan, a.by = t.plan(snap, name, remote)
	if a.by == byAddress { // what is rendered is for the machine behind the address, whatever NIC the name tells of
		name = name.For(a.plan.Client.MAC)
		name.By = boot.Search{}
	}
	visit := boot.Visit{Name: name, Protocol: p, Client: a.plan.Client, Server: t.public(local.Unmap(), remote.Unmap()), HTTPPort: t.httpPort}
	f, from, err := t.file(snap, visit, a.plan)
	a.from = from
	return f, a, err
}

// name reads what was asked for. TFTP's pass the rules of the site, which see them without the machine prefix: it is ours,
// and loaders carry it on.
func (t *tree) name(p boot.Protocol, asked string) (boot.Name, error) {
	name, err := boot.ParseName(asked)
	if err != nil {
		return name, fmt.Errorf("%w: %w", fs.ErrInvalid, err)
	}
	if p != boot.TFTP {
		return name, nil
	}
	path, ok := t.rewrite(name.Path())
	switch {
	case !ok:
		return name, fmt.Errorf("a rule of tftp.remap refuses it: %w", fs.ErrPermission)
	case path == name.Path():
		return name, nil
	}
	rewritten, err := boot.ParseName(path)
	if err != nil {
		return name, fmt.Errorf("tftp.remap makes %q of it: %w: %w", path, fs.ErrInvalid, err)
	}
	if rewritten.Machine.IsZero() {
		rewritten.Machine = name.Machine
	}
	return rewritten, nil
}

// file looks among what is rendered, then in the store. from says where it was.
func (t *tree) file(snap *snapshot, v boot.Visit, p boot.Plan) (f boot.File, from string, err error) {
	f, err = snap.menus.Open(v, p)
	if !errors.Is(err, fs.ErrNotExist) {
		return f, "menus", err
	}
	f, err = t.image(v.Name.Path(), v)
	return f, "images", err
}

// plan asks the catalog. A name may tell of a NIC that nobody knows while the address is that of a machine that is known
// (iPXE names the first NIC it has, which need not be the one that booted): then the address decides.
func (t *tree) plan(snap *snapshot, name boot.Name, remote netip.Addr) (boot.Plan, string) {
	c, by := t.who.identify(name, remote)
	plan := snap.plans.Plan(c)
	if plan.Host != nil || by != byName && by != bySearch {
		return plan, by
	}
	other, ok := t.who.byAddress(remote)
	if !ok || other.MAC == c.MAC {
		return plan, by
	}
	if known := snap.plans.Plan(other); known.Host != nil {
		return known, byAddress
	}
	return plan, by
}

// image opens a file of the store. iPXE builds with room for a script get ours.
func (t *tree) image(name string, v boot.Visit) (boot.File, error) {
	f, err := t.store.Open(name)
	if errors.Is(err, fs.ErrNotExist) && t.fold != nil && v.Protocol == boot.TFTP {
		if other, ok := t.fold(name); ok {
			f, err = t.store.Open(other)
		}
	}
	if err != nil || !strings.EqualFold(path.Ext(name), ".efi") {
		return f, err
	}
	patched, err := images.PatchScript(f, loaderScript(v.Server, v.HTTPPort))
	if err != nil { // not an iPXE, or a build without our marks: served as it is
		return f, nil
	}
	return patched, nil
}

// loaderScript is what our iPXE runs before its own search: UEFI iPXE still has the firmware's address (efi_cachedhcp.c),
// so it can fetch its script at once; without that it asks DHCP itself. If the script cannot be had, the build's own
// search goes on; if it runs, it takes the place of the build's (--replace), so that its "exit 1" reaches the firmware,
// which then tries its next boot entry. At most images.ScriptRoom bytes, also with the longest IPv6 address.
func loaderScript(server netip.Addr, httpPort uint16) string {
	url := boot.ServerURL(server, httpPort, "m/${mac:hexhyp}/boot.ipxe")
	return "ifopen\nisset ${ip} || dhcp\nchain --replace " + url + " ||\n"
}
