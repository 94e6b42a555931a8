// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/go-multierror"

	"github.com/bootlace-net/bootlace/boot"
)

// Config is a whole configuration without mistakes.
type Config struct {
	Dir       string // where it came from; empty for Default
	Settings  Settings
	Catalog   *boot.Catalog
	Templates map[string]boot.Text // files in templates/ by name
	Warnings  []boot.Problem       // what is probably not meant as written
}

// The places in a configuration directory.
const (
	mainFile     = "bootlace.yaml"
	profilesDir  = "profiles"
	hostsDir     = "hosts"
	templatesDir = "templates"
)

// maxFile bounds one file, in bytes: a template or a list of hosts beyond it is a mistake, such as an image in the wrong
// directory.
const maxFile = 64 << 20

// Load reads a configuration directory. The error holds a [boot.Problem] for everything that is wrong, in the order of
// files and lines.
func Load(dir string) (*Config, error) {
	if info, err := os.Stat(dir); err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	} else if !info.IsDir() {
		return nil, fmt.Errorf("configuration: %s is not a directory: expected one with bootlace.yaml, profiles and hosts in it", dir)
	}
	c, problems := Check(os.DirFS(dir), dir)
	if c == nil {
		return nil, Failure(problems)
	}
	return c, nil
}

// Failure makes one error of all problems that are not warnings.
func Failure(problems []boot.Problem) error {
	all := &multierror.Error{ErrorFormat: func(errs []error) string {
		lines := make([]string, len(errs))
		for i, err := range errs {
			lines[i] = err.Error()
		}
		return strings.Join(lines, "\n")
	}}
	for _, p := range problems {
		if !p.Warning {
			all = multierror.Append(all, p)
		}
	}
	return all.ErrorOrNil()
}

// Check reads a configuration and gives everything there is to say about it, warnings included. The configuration is nil
// if there is anything but warnings. Positions begin with dir.
func Check(fsys fs.FS, dir string) (*Config, []boot.Problem) {
	l := loader{fsys: fsys, dir: dir, templates: make(map[string]boot.Text)}
	c := &Config{Dir: dir, Templates: l.templates, Settings: DefaultSettings()}
	l.top()
	l.readTemplates()
	l.settings(&c.Settings)
	l.readAll(profilesDir, (*loader).profileFile)
	l.readAll(hostsDir, (*loader).hostsFile)
	cat, problems := boot.Build(l.spec)
	l.problems = append(l.problems, problems...)
	slices.SortStableFunc(l.problems, boot.CompareProblems)
	if broken(l.problems) {
		return nil, l.problems
	}
	c.Catalog, c.Warnings = cat, l.problems
	return c, l.problems
}

// broken reports whether there is anything but warnings.
func broken(problems []boot.Problem) bool {
	return slices.ContainsFunc(problems, func(p boot.Problem) bool { return !p.Warning })
}

type loader struct {
	fsys      fs.FS
	dir       string
	templates map[string]boot.Text
	spec      boot.Spec
	problems  []boot.Problem
}

// shown is the name of a file as people find it.
func (l *loader) shown(name string) string { return filepath.Join(l.dir, filepath.FromSlash(name)) }

func (l *loader) fail(name string, err error) {
	if pe := (*fs.PathError)(nil); errors.As(err, &pe) {
		err = pe.Err
	}
	l.problems = append(l.problems, boot.Problem{Pos: boot.Pos{File: l.shown(name)}, What: "cannot be read", Expected: err.Error()})
}

// top looks for things beside what is read, which somebody may believe to be.
func (l *loader) top() {
	entries, err := fs.ReadDir(l.fsys, ".")
	if err != nil {
		l.fail(".", err)
	}
	known := []string{mainFile, profilesDir, hostsDir, templatesDir}
	for _, e := range entries {
		name := e.Name()
		near := boot.Nearest(name, known)
		if slices.Contains(known, name) || hidden(name) || near == "" && !isYAML(name) {
			continue
		}
		l.problems = append(l.problems, boot.Problem{Pos: boot.Pos{File: l.shown(name)}, Warning: true,
			What: "is not read", Expected: boot.Hint(name, known)})
	}
}

// hidden files are editors' and Kubernetes' (..data).
func hidden(name string) bool { return strings.HasPrefix(name, ".") || strings.HasSuffix(name, "~") }

func isYAML(name string) bool {
	return strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
}

// read gives the content of a file that is not too big.
func (l *loader) read(name string) ([]byte, bool) {
	info, err := fs.Stat(l.fsys, name)
	switch {
	case err != nil:
	case !info.Mode().IsRegular(): // opening a FIFO would wait for its writer for good
		err = errors.New("it is " + kind(info.Mode()) + ": expected a regular file, or a link to one")
	case info.Size() > maxFile:
		err = fmt.Errorf("it has %d bytes: expected at most %d", info.Size(), maxFile)
	}
	var b []byte
	if err == nil {
		b, err = fs.ReadFile(l.fsys, name)
	}
	if err != nil {
		l.fail(name, err)
	}
	return b, err == nil
}

// kind says what a file that is not a regular one is.
func kind(m fs.FileMode) string {
	switch {
	case m.IsDir():
		return "a directory"
	case m&fs.ModeNamedPipe != 0:
		return "a FIFO"
	case m&fs.ModeSocket != 0:
		return "a socket"
	default:
		return "a device"
	}
}

func (l *loader) readTemplates() {
	for _, name := range l.list(templatesDir) {
		if b, ok := l.read(path.Join(templatesDir, name)); ok {
			l.templates[name] = boot.Text{S: string(b), Pos: boot.Pos{File: l.shown(path.Join(templatesDir, name)), Line: 1, Column: 1}}
		}
	}
}

// list gives the names of all files below a folder, by their paths from there, sorted. There need not be such a folder.
func (l *loader) list(folder string) []string {
	var names []string
	err := fs.WalkDir(l.fsys, folder, func(p string, e fs.DirEntry, err error) error {
		switch {
		case err != nil && p == folder && errors.Is(err, fs.ErrNotExist):
			return fs.SkipAll
		case err != nil:
			return err
		case p != folder && hidden(e.Name()):
			if e.IsDir() {
				return fs.SkipDir
			}
		case !l.isDir(p, e):
			names = append(names, strings.TrimPrefix(p, folder+"/"))
		}
		return nil
	})
	if err != nil {
		l.fail(folder, err)
	}
	slices.Sort(names)
	return names
}

// isDir follows symbolic links: Kubernetes mounts files as such.
func (l *loader) isDir(p string, e fs.DirEntry) bool {
	if e.Type()&fs.ModeSymlink == 0 {
		return e.IsDir()
	}
	info, err := fs.Stat(l.fsys, p)
	return err == nil && info.IsDir() // a link to nowhere is a file that cannot be read
}
