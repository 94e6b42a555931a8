// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"slices"
	"strconv"

	"github.com/bootlace-net/bootlace/boot"
)

// page is what a machine can choose from, free of any language: every template is rendered, every word checked.
type page struct {
	title   string
	def     string // id of the default item; "" if there is none
	timeout int    // seconds; 0 waits for ever
	picture ref    // behind the items; zero if there is none
	items   []*item
	menu    bool // shown to be chosen from; otherwise there is one item, which starts at once
}

// item is one thing that can be started.
type item struct {
	id       string // e1, e2, …: a word in every language
	name     string
	title    string
	kind     boot.EntryKind
	kernel   ref
	modules  []module // initrds; files of wimboot; modules of a hypervisor
	args     []string // words of the command line, quoted as the kernel reads them
	target   ref
	script   string
	sub      *page // EntryMenu
	hotkey   string
	password string
	hidden   bool
	memory   boot.Memory
	installs bool // over what is on the disk
}

// module is a file that goes with a program.
type module struct {
	name string // wimboot: what it is to be called; else ""
	file ref
	args []string // a hypervisor's module: its command line
}

// page makes what the plan says.
func (s *session) page() (*page, error) {
	p := s.plan.Profile
	if p == nil {
		return s.defaultPage(), nil
	}
	if p.Start != nil {
		return s.menu(p.Start, p)
	}
	it, err := s.item(&p.Entry, p)
	if err != nil {
		return nil, err
	}
	return &page{title: it.title, items: []*item{it}, def: it.id}, nil
}

// chained makes the page of an iPXE that only starts the machine's own loader; nil if it is to boot by itself.
func (s *session) chained() *page {
	p := s.plan.Profile
	if p == nil {
		return nil
	}
	loader, ok := p.ChainedLoader(s.visit.Client.Arch())
	if !ok {
		return nil
	}
	it := &item{id: "e1", title: loader.Base, kind: boot.EntryChain, target: ref{name: loader.For(s.visit.Client.MAC)}}
	return &page{title: it.title, items: []*item{it}, def: it.id}
}

// menu makes the page of a menu that belongs to a profile.
func (s *session) menu(m *boot.Menu, p *boot.Profile) (*page, error) {
	pg := &page{title: m.Title, timeout: m.Timeout, menu: true}
	var err error
	if pg.picture, err = s.scope(p).ref("picture", m.Picture); err != nil {
		return nil, err
	}
	for _, e := range m.Entries {
		it, err := s.item(e, p)
		if err != nil {
			return nil, err
		}
		s.titled(it)
		pg.items = append(pg.items, it)
		if e.Name == m.Default || m.Default == "" && pg.def == "" && !it.hidden {
			pg.def = it.id
		}
	}
	return pg, nil
}

// item makes one item of an entry that belongs to a profile, as the machine's architecture has it.
func (s *session) item(e *boot.Entry, p *boot.Profile) (*item, error) {
	e = e.For(s.visit.Client.Arch())
	s.entries++
	it := &item{
		id: "e" + strconv.Itoa(s.entries), name: e.Name, kind: e.Kind, title: e.Title,
		hotkey: e.Hotkey, password: e.Password, hidden: e.Hidden,
		memory: boot.Memory{Need: e.Need(), Has: s.visit.Memory}, installs: p != nil && p.Installs(),
	}
	if it.title == "" {
		it.title = e.Name
	}
	var err error
	switch e.Kind {
	case boot.EntryProfile:
		err = s.offered(it, e)
	case boot.EntryMenu:
		it.sub, err = s.menu(e.Menu, p)
	default:
		err = s.scope(p).fill(it, e)
	}
	return it, err
}

// offered fills in an item that starts another profile: its menu, or what it boots.
func (s *session) offered(it *item, e *boot.Entry) error {
	p := s.tree.profile(e.Profile)
	if p == nil {
		return &templateError{e.Pos, "there is no profile " + e.Profile}
	}
	for _, outer := range s.within {
		if outer == p {
			return &templateError{e.Pos, "the menu of profile " + p.Name + " offers itself"}
		}
	}
	s.within = append(s.within, p)
	defer func() { s.within = s.within[:len(s.within)-1] }()
	if p.Start != nil {
		sub, err := s.menu(p.Start, p)
		it.kind, it.sub = boot.EntryMenu, sub
		return err
	}
	s.entries-- // the profile's entry takes the number of the one that offers it
	inner, err := s.item(&p.Entry, p)
	if err != nil {
		return err
	}
	inner.name, inner.hotkey, inner.hidden = it.name, it.hotkey, it.hidden
	if e.LeastMemory != nil {
		inner.memory.Need = e.Need()
	}
	if e.Title != "" || inner.title == "" {
		inner.title = it.title
	}
	if inner.password == "" {
		inner.password = it.password
	}
	*it = *inner
	return nil
}

// only gives the item of a page that is no menu.
func (p *page) only() *item {
	if p.menu || len(p.items) != 1 {
		return nil
	}
	return p.items[0]
}

func (p *page) anyLocked() bool {
	return slices.ContainsFunc(p.items, func(it *item) bool {
		return it.password != "" || it.sub != nil && it.sub.anyLocked()
	})
}

func (p *page) find(id string) *item {
	for _, it := range p.items {
		if it.id == id {
			return it
		}
		if it.sub != nil {
			if found := it.sub.find(id); found != nil {
				return found
			}
		}
	}
	return nil
}
