// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

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
}

// module is a file that goes with a program.
type module struct {
	name string // wimboot: what it is to be called; else ""
	file ref
	args []string // a hypervisor's module: its command line
}

// ref is a file of this server or somebody else's URL.
type ref struct {
	name boot.Name
	ext  string // the URL; "" if name counts
}

func (r ref) zero() bool { return r.ext == "" && r.name.Base == "" }

// url is how iPXE asks for it.
func (s *session) ref(r ref) string {
	if r.ext != "" {
		return r.ext
	}
	return s.url(r.name)
}

// url gives the address of a name on this server. The path is escaped, which iPXE undoes for TFTP, too.
func (s *session) url(n boot.Name) string {
	return s.visit.Server.URL(escapePath(n.String()))
}

func escapePath(p string) string {
	segs := strings.Split(p, "/")
	for i, s := range segs {
		segs[i] = url.PathEscape(s)
	}
	return strings.Join(segs, "/")
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
	if e.Title != "" || inner.title == "" {
		inner.title = it.title
	}
	if inner.password == "" {
		inner.password = it.password
	}
	*it = *inner
	return nil
}

// fill renders the texts of an entry.
func (sc *scope) fill(it *item, e *boot.Entry) error {
	var err error
	if it.kernel, err = sc.ref("kernel", e.Kernel); err != nil {
		return err
	}
	if it.target, err = sc.ref("target", e.Target); err != nil {
		return err
	}
	if it.modules, err = sc.modules(e); err != nil {
		return err
	}
	if it.args, err = sc.words("cmdline", e.Cmdline); err != nil {
		return err
	}
	it.script, err = sc.field("ipxe", e.Script, slotScript)
	return err
}

// field renders one text and says which one it was if that fails.
func (sc *scope) field(what string, t boot.Text, s slot) (string, error) {
	out, err := sc.expand(t, s)
	if err == nil && s != slotScript && s != slotFile {
		if msg := checkControl(out); msg != "" {
			err = &templateError{t.Pos, msg}
		}
	}
	return out, fieldError(what, err)
}

func fieldError(what string, err error) error {
	if err == nil {
		return nil
	}
	if te := (*templateError)(nil); errors.As(err, &te) {
		return &templateError{te.pos, what + ": " + te.msg}
	}
	return fmt.Errorf("%s: %w", what, err)
}

// ref renders the name of a file, or a URL.
func (sc *scope) ref(what string, t boot.Text) (ref, error) {
	s, err := sc.field(what, t, slotPath)
	if err != nil || s == "" {
		return ref{}, err
	}
	r, err := sc.parseRef(s)
	if err != nil {
		err = &templateError{t.Pos, what + ": " + err.Error()}
	}
	return r, err
}

func (sc *scope) parseRef(s string) (ref, error) {
	if strings.Contains(s, "://") {
		return ref{ext: s}, checkURL(s)
	}
	n, err := sc.name(sc.path(s))
	if err != nil {
		return ref{}, fmt.Errorf("%w: expected the name of an image, or a URL", err)
	}
	return ref{name: n}, nil
}

// checkURL looks at what writers rely on: that a URL is one word of harmless characters. ${…} in it, which only literal
// text can bring, is for iPXE to expand.
func checkURL(s string) error {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f || strings.IndexByte("\"'\\^`|<>", s[i]) >= 0 {
			return fmt.Errorf("the URL holds the character %q: expected it as %%%02X", s[i], s[i])
		}
	}
	return nil
}

func (sc *scope) modules(e *boot.Entry) ([]module, error) {
	var out []module
	for _, t := range e.Initrd {
		s, err := sc.field("initrd", t, slotWords)
		if err != nil {
			return nil, err
		}
		m, err := sc.module(s, e.Kind)
		if err != nil {
			return nil, &templateError{t.Pos, "initrd: " + err.Error()}
		}
		if !m.file.zero() {
			out = append(out, m)
		}
	}
	return out, nil
}

// module reads one file that goes with a program: "file", wimboot's "name=file", a hypervisor's "file args".
func (sc *scope) module(s string, kind boot.EntryKind) (m module, err error) {
	file := s
	switch kind {
	case boot.EntryWimboot:
		if name, rest, ok := strings.Cut(s, "="); ok && !strings.ContainsAny(name, "/ ") {
			m.name, file = name, rest
		}
	case boot.EntryModules:
		words, err := splitWords(s)
		if err != nil || len(words) == 0 {
			return m, err
		}
		file, m.args = words[0], words[1:]
	default: // the whole of it is the file
	}
	if file != "" {
		m.file, err = sc.parseRef(file)
	}
	return m, err
}
