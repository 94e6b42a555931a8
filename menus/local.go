// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"cmp"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// title says in a comment whose file it is.
func (s *session) title() string {
	c := s.visit.Client
	who := "unknown machine"
	if !c.MAC.IsZero() {
		who = c.MAC.String()
	}
	if s.plan.Host != nil {
		who = s.plan.Host.Name + " (" + who + ")"
	}
	what := "menu"
	if s.plan.Profile != nil {
		what = "profile " + s.plan.Profile.Name
	}
	return "Bootlace: " + who + ", " + what
}

// helperProgram is what starts a kind of entry when the profile does not name a program.
func helperProgram(k boot.EntryKind) string {
	switch k {
	case boot.EntryWimboot:
		return "wimboot"
	case boot.EntryMemdisk, boot.EntryISO:
		return "memdisk"
	default:
		return ""
	}
}

// kernelOf gives the program of an item.
func (s *session) kernelOf(it *item) ref {
	if !it.kernel.zero() {
		return it.kernel
	}
	n, _ := boot.ParseName(helperProgram(it.kind)) // one of the constants above; items of other kinds have a kernel
	return ref{name: n.For(s.visit.Client.MAC)}
}

// modulesOf gives the files that go with a program; memdisk's is the image.
func (s *session) modulesOf(it *item) []module {
	if (it.kind == boot.EntryMemdisk || it.kind == boot.EntryISO) && !it.target.zero() {
		return append([]module{{file: it.target}}, it.modules...)
	}
	return it.modules
}

// profile finds a profile of the catalog; nil if there is none.
func (t *Tree) profile(name string) *boot.Profile {
	if t.catalog == nil {
		return nil
	}
	return t.catalog.Profile(name)
}

// comment makes a text safe behind # in PXELINUX and GRUB, where nothing but the end of the line counts.
func comment(s string) string { return "# " + strings.TrimRight(flat(s), `\ `) }

// titleOf is what a menu shows for an item.
func titleOf(it *item) string { return cmp.Or(strings.TrimSpace(flat(it.title)), it.id) }
