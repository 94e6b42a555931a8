// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"cmp"
	"strconv"

	"github.com/bootlace-net/bootlace/boot"
)

// defaultTimeout is how long the default menu waits before it goes on with the local disk, in seconds. It must end by
// itself: a machine that was only restarted has nobody in front of it.
const defaultTimeout = 60

// defaultPage is the menu for a machine without a profile: the local disk first, which is what happens when nobody
// chooses, then the profiles that can be rendered for this machine, then the images that exist, then the shell.
func (s *session) defaultPage() *page {
	pg := &page{title: "Bootlace", menu: true, timeout: defaultTimeout}
	local := s.add(pg, &item{title: "Boot from the local disk", kind: boot.EntryLocal})
	pg.def = local.id
	if s.tree.catalog != nil {
		for _, p := range s.tree.catalog.Profiles() {
			s.addProfile(pg, p)
		}
	}
	s.addImages(pg)
	s.add(pg, &item{title: "iPXE shell", kind: boot.EntryShell})
	return pg
}

func (s *session) add(pg *page, it *item) *item {
	s.entries++
	it.id = "e" + strconv.Itoa(s.entries)
	s.titled(it)
	pg.items = append(pg.items, it)
	return it
}

// addProfile offers a profile. One that needs to know more than is known of this machine (its host's variables) cannot
// be started here and is left out.
func (s *session) addProfile(pg *page, p *boot.Profile) {
	if !offeredByDefault(p) {
		return
	}
	before := s.entries
	it, err := s.item(&boot.Entry{Name: p.Name, Title: profileTitle(p), Kind: boot.EntryProfile, Profile: p.Name}, p)
	if err != nil {
		s.entries = before
		return
	}
	pg.items = append(pg.items, it)
}

func offeredByDefault(p *boot.Profile) bool {
	return !p.Hidden && (p.Start != nil || p.Boots() || len(p.ByArch) > 0)
}

func profileTitle(p *boot.Profile) string {
	title := cmp.Or(p.Title, p.Name)
	if p.Installs() {
		title += " (installs: erases disks)"
	}
	return title
}

func (s *session) addImages(pg *page) {
	if s.tree.opts.Images == nil {
		return
	}
	for _, f := range discover(s.addPulled(pg, s.tree.opts.Images.Names())) {
		if f.cpu != "" && f.cpu != s.cpu() {
			continue
		}
		it := &item{title: f.title, kind: f.kind, kernel: s.image(f.kernel), target: s.image(f.target)}
		if f.initrd != "" {
			it.modules = []module{{file: s.image(f.initrd)}}
		}
		s.add(pg, it)
	}
}

// cpu is the instruction set of the programs that run here. A PC that booted by its BIOS announces itself as i386, and
// is hardly ever one.
func (s *session) cpu() string {
	if a := s.visit.Client.Arch(); a.Firmware() == boot.FirmwareBIOS {
		return "x86_64"
	}
	return s.visit.Client.Arch().CPU()
}

// image makes a ref of a name that the store listed; the zero ref of none.
func (s *session) image(name string) ref {
	n, err := s.name(name)
	if err != nil {
		return ref{}
	}
	return ref{name: n}
}
