// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"github.com/bootlace-net/bootlace/boot"
)

// meantFor reports whether a configuration's name is meant for the machine that asks. Loaders search by UUID, hardware
// address, address in hexadecimal and "default"; whatever names somebody else does not exist for this machine, so that
// the search goes on to its own.
func meantFor(v boot.Visit) bool {
	by, c := v.Name.By, v.Client
	switch {
	case !by.MAC.IsZero():
		return by.MAC == c.MAC
	case !by.UUID.IsZero():
		return by.UUID == c.UUID || by.UUID.Swapped() == c.UUID
	case by.Prefix.IsValid():
		return c.Addr.IsValid() && by.Prefix.Contains(c.Addr.Unmap())
	case by.Default:
		return true
	default:
		return v.Name.Kind != boot.KindPXELinux && (v.Name.Kind != boot.KindGRUB || v.Name.Base == "grub.cfg") || keyTakenOut(v.Name)
	}
}

// keyTakenOut reports whether a name is one of a search whose key was taken out: whoever asks on behalf of a machine knows
// better whose it is (a loader names the NIC it drives, the machine may be known by another).
func keyTakenOut(n boot.Name) bool {
	as, err := boot.ParseName(n.Path())
	return err == nil && as.Kind == n.Kind && as.By != boot.Search{}
}

// Names lists what a machine with this plan has in its tree, as its loaders ask for it, machine prefix included.
func (t *Tree) Names(p boot.Plan) []boot.Name {
	if p.Action == boot.ActionIgnore {
		return nil
	}
	var names []boot.Name
	for _, s := range t.paths(p) {
		n, err := boot.ParseName(s)
		if err != nil {
			continue // a profile's file with a name that nobody can ask for; Build refuses those
		}
		n = n.For(p.Client.MAC)
		if t.writer(boot.Visit{Name: n, Client: p.Client}, p) != nil {
			names = append(names, n)
		}
	}
	return names
}

func (t *Tree) paths(p boot.Plan) []string {
	c := p.Client
	paths := []string{"boot.ipxe", "autoexec.ipxe"}
	search := []string{"default"}
	if !c.UUID.IsZero() {
		search = append(search, c.UUID.String())
	}
	if !c.MAC.IsZero() {
		paths = append(paths, c.MAC.Dash()+".ipxe")
		search = append(search, "01-"+c.MAC.Dash())
	}
	if a := c.Addr.Unmap(); a.Is4() {
		search = append(search, hexIP(a))
	}
	for _, s := range search {
		paths = append(paths, "pxelinux.cfg/"+s)
	}
	if (&session{visit: boot.Visit{Client: c}}).syslinux() == uboot {
		paths = append(paths, "extlinux/extlinux.conf")
	}
	if c.Firmware() == boot.FirmwareUBoot {
		paths = append(paths, "boot.scr.uimg")
	}
	paths = append(paths, "grub/grub.cfg")
	for _, s := range search[1:] {
		paths = append(paths, "grub/grub.cfg-"+s)
	}
	return append(append(paths, t.filePaths(p)...), specialPaths(p)...)
}
