// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"errors"
	"io/fs"
	"net/netip"
	"sync"
	"text/template"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// Lister lists the names of the images that exist, slash-separated. The default menu is made of them.
type Lister interface{ Names() []string }

// Options are what a Tree needs beside a catalog. The zero value is usable.
type Options struct {
	Images    Lister               // nil: no images are listed in menus
	Pulled    func() []Pulled      // images that say themselves how they are started; nil: there are none
	Templates map[string]boot.Text // templates that others may include, by name
	// Secret finds a secret by name for a machine (the function "secret"); nil: there are none.
	Secret func(name string, c boot.Client) (string, error)
	// SecretTrouble says why a secret cannot be had; New asks it of every secret that is used. nil: New does not care.
	SecretTrouble func(name string) error
	// SecretsByToken gives files with secrets in them only to who asks by file_url, so loaders, which cannot, are given none.
	SecretsByToken bool
	// Inventory has iPXE say what it runs on, where HTTP is on.
	Inventory bool
	// Memory is what becomes of machines that have too little, and MemoryPause how long they are told so.
	Memory      boot.MemoryPolicy
	MemoryPause time.Duration
	// Syslog is where machines' logs are taken.
	Syslog []netip.AddrPort
	// NoHTTP says that HTTP is off; New then looks for what needs it.
	NoHTTP bool
	// YAML writes a value as YAML in block style (the function "yaml"); nil: that cannot be done.
	YAML func(v any) (string, error)
	// Modified is the time of modification of everything rendered; the zero time means none.
	Modified time.Time
}

// Tree renders the files of every machine of one catalog. It never changes and may be asked by many at once.
type Tree struct {
	catalog  *boot.Catalog
	opts     Options
	partials *template.Template
	texts    map[textKey]*text
	cache    cache
	hashes   hashes
	checking sync.Mutex // passwords are checked one at a time
}

// New parses every template of the catalog and renders everything for every host of it. Problems are positioned in the
// template and name the machine; a tree is made even if there are some, and refuses what they are about when it is
// asked. A nil catalog has no profiles.
func New(cat *boot.Catalog, opts Options) (*Tree, []boot.Problem) {
	t := &Tree{catalog: cat, opts: opts, texts: make(map[textKey]*text)}
	problems := t.compileAll()
	problems = append(problems, t.checkLoaders()...)
	problems = append(problems, t.checkCallbacks()...)
	return t, append(problems, t.tryEverything()...)
}

// Open renders the file of that name for the machine of the visit, as its plan says. The error is fs.ErrNotExist for
// names that are not rendered, among them every step of a loader's search that names another machine; anything else is
// a template that failed for this machine.
func (t *Tree) Open(v boot.Visit, p boot.Plan) (boot.File, error) {
	if p.Action == boot.ActionIgnore {
		return nil, fs.ErrNotExist
	}
	render := t.writer(v, p)
	switch {
	case render == nil:
		return nil, fs.ErrNotExist
	case !v.Server.Host.IsValid():
		return nil, errors.New("menus: the visit does not say which address of the server was asked")
	}
	key, ok := keyOf(v, p)
	if !ok {
		return t.render(v, p, render)
	}
	if f := t.cache.get(key); f != nil {
		return f, nil
	}
	f, err := t.render(v, p, render)
	if err != nil {
		return nil, err
	}
	return t.cache.put(key, f), nil
}

func (t *Tree) render(v boot.Visit, p boot.Plan, w writer) (*boot.MemFile, error) {
	s := newSession(t, v, p)
	b, err := w(s)
	if err != nil {
		return nil, err
	}
	f := boot.NewMemFile(b, t.opts.Modified)
	f.Holds = s.holds
	return f, nil
}

// writer renders one kind of file.
type writer func(*session) ([]byte, error)

// writer finds what renders the name; nil if nothing does.
func (t *Tree) writer(v boot.Visit, p boot.Plan) writer {
	if p.Action == boot.ActionWait {
		if !meantFor(v) {
			return nil
		}
		return t.waitWriter(v)
	}
	if w := t.fileWriter(v, p); w != nil {
		return w
	}
	if !meantFor(v) || !startsHere(v, p) {
		return nil
	}
	switch v.Name.Kind {
	case boot.KindIPXE:
		return writeIPXE
	case boot.KindPXELinux, boot.KindExtlinux:
		return writePXELinux
	case boot.KindGRUB:
		return writeGRUB
	default:
		return t.specialWriter(v, p)
	}
}

// startsHere reports whether the plan is for us to write down. A program that is chained brings its own configuration
// and finds it among the images, so only iPXE, which starts it, is told anything; one with arguments has it from those.
func startsHere(v boot.Visit, p boot.Plan) bool {
	if p.Profile == nil || p.Profile.Start != nil {
		return true
	}
	e := p.Profile.For(v.Client.Arch())
	if e.Kind == boot.EntryChain && len(e.Cmdline) == 0 {
		return v.Name.Kind == boot.KindIPXE || v.Name.Kind == boot.KindFile
	}
	return e.Boots()
}

// profile finds a profile of the catalog; nil if there is none.
func (t *Tree) profile(name string) *boot.Profile {
	if t.catalog == nil {
		return nil
	}
	return t.catalog.Profile(name)
}
