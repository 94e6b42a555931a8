// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"github.com/bootlace-net/bootlace/boot"
)

// The places in a configuration directory.
const (
	mainFile     = "bootlace.yaml"
	profilesDir  = "profiles"
	hostsDir     = "hosts"
	templatesDir = "templates"
	catalogFile  = "catalog.yaml" // of package catalog
)

// Directory reads a configuration directory: bootlace.yaml, profiles, hosts and templates. Positions begin with dir.
func Directory(fsys fs.FS, dir string) *Spec {
	r := reader{fsys: fsys, dir: dir}
	r.top()
	r.readTemplates()
	r.readSettings()
	r.readAll(profilesDir, (*reader).profileFile)
	r.readAll(hostsDir, (*reader).hostsFile)
	return &r.spec
}

// HostsFile reads one file of hosts beside a directory. Positions begin with dir.
func HostsFile(fsys fs.FS, name, dir string) *Spec {
	r := reader{fsys: fsys, dir: dir}
	r.hostsFile(name)
	return &r.spec
}

// reader collects what the files of a directory say.
type reader struct {
	fsys fs.FS
	dir  string
	spec Spec
}

// shown is the name of a file as people find it.
func (r *reader) shown(name string) string { return filepath.Join(r.dir, filepath.FromSlash(name)) }

func (r *reader) fail(name string, err error) {
	if pe := (*fs.PathError)(nil); errors.As(err, &pe) {
		err = pe.Err
	}
	r.problem(boot.Problem{Pos: boot.Pos{File: r.shown(name)}, What: "cannot be read", Expected: err.Error()})
}

// unread warns of a file that somebody may believe to be read.
func (r *reader) unread(name, expected string) {
	r.problem(boot.Problem{Pos: boot.Pos{File: r.shown(name)}, What: "is not read", Expected: expected, Warning: true})
}

func (r *reader) problem(p ...boot.Problem) { r.spec.Problems = append(r.spec.Problems, p...) }

// top looks for things beside what is read, which somebody may believe to be.
func (r *reader) top() {
	entries, err := fs.ReadDir(r.fsys, ".")
	if err != nil {
		r.fail(".", err)
	}
	known := []string{mainFile, profilesDir, hostsDir, templatesDir, catalogFile}
	for _, e := range entries {
		name := e.Name()
		near := boot.Nearest(name, known)
		if slices.Contains(known, name) || hidden(name) || near == "" && !isYAML(name) {
			continue
		}
		r.unread(name, boot.Hint(name, known))
	}
}

func (r *reader) readTemplates() {
	r.spec.Templates = make(map[string]boot.Text)
	for _, name := range r.list(templatesDir) {
		if b, ok := r.read(path.Join(templatesDir, name)); ok {
			r.spec.Templates[name] = boot.Text{S: string(b), Pos: boot.Pos{File: r.shown(path.Join(templatesDir, name)), Line: 1, Column: 1}}
		}
	}
}

// readAll decodes every YAML file of a folder, several at a time, and joins the results in the order of the names.
func (r *reader) readAll(folder string, decode func(part *reader, name string)) {
	var names []string
	for _, name := range r.list(folder) {
		if isYAML(name) {
			names = append(names, path.Join(folder, name))
		} else {
			r.unread(path.Join(folder, name), "expected a name that ends with .yaml")
		}
	}
	parts := make([]reader, len(names))
	var wg sync.WaitGroup
	slots := make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2)) // a reload leaves processors for requests
	for i, name := range names {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			parts[i] = reader{fsys: r.fsys, dir: r.dir}
			decode(&parts[i], name)
		})
	}
	wg.Wait()
	for i := range parts {
		r.spec.add(&parts[i].spec)
	}
}
