// SPDX-License-Identifier: Apache-2.0

package media

import (
	"fmt"
	"slices"
)

// Systems that are in their initrd as a whole: their arguments say nothing of the medium.

func asItIs(a arguments) arguments { return a }

func (l *look) entryWith(argument string) bool {
	return slices.ContainsFunc(l.entries, func(e entry) bool { return e.args.has(argument) && withInitrd(e) })
}

func knowsTalos(l *look) bool { return l.entryWith("talos.platform") }

func planTalos(l *look, m *Medium) {
	l.boots(m, func(e entry) bool { return e.args.has("talos.platform") && withInitrd(e) }, asItIs)
	m.Notes = append(m.Notes, "add talos.config=URL; under Secure Boot take a UKI of your own keys from factory.talos.dev, whose arguments cannot be changed")
	l.memory(m, gib)
	m.LeastMemory = max(m.LeastMemory, 2*gib)
}

func knowsFlatcar(l *look) bool { return l.has("flatcar/cpio.gz") }

func planFlatcar(l *look, m *Medium) {
	l.boots(m, withInitrd, func(a arguments) arguments { return a.without("flatcar.autologin").with("flatcar.first_boot=1") })
	l.otherwise(m, l.first("flatcar/vmlinuz*"), "flatcar/cpio.gz", "flatcar.first_boot=1")
	m.Notes = append(m.Notes, "add ignition.config.url=URL")
	l.memory(m, gib)
	m.LeastMemory = max(m.LeastMemory, 3*gib)
}

// unknown says of what is not known what was found.
func (l *look) unknown(m *Medium) {
	m.Refusal = &Refusal{Reason: "this medium is of no family that is known here", Found: l.found(),
		Missing: []string{"a file that only one family has, such as .treeinfo with images/install.img, casper/, live/filesystem.squashfs, LiveOS/squashfs.img or sources/boot.wim"}}
}

// mostFound is how much is said of a medium that is not known.
const mostFound = 20

// found lists what might help: the label, menus' entries, what lies at the top.
func (l *look) found() (all []string) {
	if l.image.Label != "" {
		all = append(all, "label "+title(l.image.Label))
	}
	for _, e := range l.entries {
		all = append(all, fmt.Sprintf("menu entry %q starts %s with %d initrds", e.title, e.kernel, len(e.initrds)))
	}
	for _, name := range l.names("") {
		all = append(all, title(name))
	}
	return all[:min(len(all), mostFound)]
}
