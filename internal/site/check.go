// SPDX-License-Identifier: Apache-2.0

package site

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
)

// Check reads the configuration directory dir, as [Open] does, and looks for all that is wrong with it and with what it refers to:
// images and secrets that do not exist, and what the user that will serve may not read. elsewhere is for a configuration that
// another machine will serve: then there is none of that to be seen here. The site is nil if nothing could be made of dir.
func Check(dir string, over Overrides, elsewhere bool) (*Site, Findings, error) {
	if elsewhere {
		s, problems, err := load(dir, over, reading{alone: true})
		return s, findingsOf(problems), err
	}
	c := checker{dir: dir, files: make(map[string]bool), told: make(map[string]bool)}
	s, problems, err := load(dir, over, reading{opened: c.note, trouble: c.secrets})
	if s != nil {
		c.configuration()
		c.images(s)
		c.machines(s)
		c.uploads(s.Settings.TFTP.Writes.Directory)
		c.power(s)
		c.https(s)
	}
	problems = append(problems, c.problems...)
	slices.SortStableFunc(problems, boot.CompareProblems)
	return s, findingsOf(problems), err
}

// checker looks at what a configuration refers to with the eyes of the user that will serve.
type checker struct {
	dir      string
	who      *account
	files    map[string]bool // of the configuration, as they were read
	problems []boot.Problem
	told     map[string]bool // directories that were complained about: what lies below them says the same
}

func (c *checker) note(name string) { c.files[name] = true }

// add tells of a bar, once for each directory.
func (c *checker) add(p boot.Problem, b *bar) {
	if b.mode.IsDir() {
		if c.told[b.path] {
			return
		}
		c.told[b.path] = true
	}
	p.Expected = b.Error()
	c.problems = append(c.problems, p)
}

// secrets gives the function that says why the user cannot have a secret. It also finds out who that user is.
func (c *checker) secrets(s *configs.Server) func(name string) error {
	var err error
	if c.who, err = servingUser(s.User); err != nil {
		c.problems = append(c.problems, boot.Problem{Pos: c.settings(), Warning: true, What: "server.user: " + err.Error(),
			Expected: "expected a user of this system, or root: what it may read was not looked at"})
	}
	return func(name string) error { return secrets(s.Secrets).trouble(name, c.who) }
}

// settings is where the settings stand.
func (c *checker) settings() boot.Pos { return boot.Pos{File: filepath.Join(c.dir, "bootlace.yaml")} }

// configuration looks at its own files, which a reload reads as that user.
func (c *checker) configuration() {
	for name := range c.files { // problems are sorted later
		path := filepath.Join(c.dir, filepath.FromSlash(name))
		if b := c.who.without(path, mayRead); b != nil {
			c.add(boot.Problem{Pos: boot.Pos{File: path}, What: "a reload cannot read it"}, b)
		}
	}
}

// images looks at what profiles name.
func (c *checker) images(s *Site) {
	for _, f := range s.Catalog.Files() {
		if f.Trouble != "" {
			c.problems = append(c.problems, troubled(f))
			continue
		}
		err := s.stat(f.Name)
		if b := c.who.without(s.path(f.Name), mayRead); b != nil && f.Name != "" {
			c.add(boot.Problem{Pos: f.Pos, What: f.What + " " + f.As + " cannot be served"}, b)
		} else if err != nil && !c.ours(s.path(f.Name)) {
			c.problems = append(c.problems, s.missing(f, err))
		} else if p, lacks := s.alone(f); err == nil && lacks {
			c.problems = append(c.problems, p)
		}
	}
}

// ours reports whether a file is only kept from the user that checks, who is another than the one that will serve. One that cannot
// be seen at all is told of, once.
func (c *checker) ours(path string) bool {
	if c.who == nil || int(c.who.uid) == os.Geteuid() || !denied(path) {
		return false
	}
	if _, err := os.Stat(path); err != nil && !c.told[""] {
		c.told[""] = true
		c.problems = append(c.problems, boot.Problem{Pos: c.settings(), Warning: true, What: err.Error(),
			Expected: "what user " + c.who.name + " may read was not looked at: expected check to be run as root"})
	}
	return true
}

// uploads looks at the directory for them.
func (c *checker) uploads(dir string) {
	if dir == "" {
		return
	}
	problem := boot.Problem{Pos: c.settings(), What: "tftp.writes.directory: uploads cannot be stored"}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		problem.Expected = "expected a directory " + dir
		c.problems = append(c.problems, problem)
	} else if b := c.who.without(dir, mayWrite|mayEnter); b != nil {
		c.add(problem, b)
	}
}

// noting tells of every file that is opened.
type noting struct {
	fs.FS
	note func(name string)
}

// Open follows fs.FS.
func (n noting) Open(name string) (fs.File, error) {
	f, err := n.FS.Open(name)
	if err == nil {
		n.note(name)
	}
	return f, err
}
