// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"github.com/bootlace-net/bootlace/boot"
)

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
