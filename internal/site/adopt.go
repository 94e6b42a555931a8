// SPDX-License-Identifier: Apache-2.0

package site

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
)

// Newcomer is a machine that is to become a host.
type Newcomer struct {
	configs.NewHost
	Client      boot.Client // all that is known of it
	Destructive bool        // somebody said in words that it may be installed
}

// RefusedError is why machines do not become hosts: the configuration would not be a good one. Nothing was written.
type RefusedError struct{ Problems []boot.Problem }

// Error lists what is wrong.
func (e *RefusedError) Error() string {
	words := make([]string, 0, len(e.Problems))
	for _, p := range boot.Bounded(e.Problems) {
		words = append(words, p.Error())
	}
	return strings.Join(words, "; ")
}

func refused(format string, args ...any) error {
	return &RefusedError{[]boot.Problem{{What: fmt.Sprintf(format, args...)}}}
}

// Draft gives the file of adopted hosts with more of them, without writing it. The configuration with it is read as a whole before it
// is given out: with anything wrong or doubtful in it that was not there before, the error is a *RefusedError.
func (s *Site) Draft(all []Newcomer) (content []byte, err error) {
	_, content, err = s.draft(all)
	return content, err
}

// Adopt writes machines into the file of adopted hosts, at once or not at all; it is not in use before the next [Site.Again].
func (s *Site) Adopt(all []Newcomer) error {
	before, content, err := s.draft(all)
	if err != nil {
		return err
	}
	if now, err := textOf(s.file); err != nil || !bytes.Equal(now, before) {
		return errors.Join(errors.New("the file was changed at the same time: try again"), err)
	}
	return replace(s.file, content)
}

func (s *Site) draft(all []Newcomer) (before, content []byte, err error) {
	if s.file == "" {
		return nil, nil, refused("there is no configuration directory, so there is no place for hosts: serve one with --config")
	}
	if before, err = textOf(s.file); err != nil {
		return nil, nil, err
	}
	hosts := make([]configs.NewHost, len(all))
	for i := range all {
		hosts[i] = all[i].NewHost
	}
	if content, err = configs.AddHosts(before, hosts); err != nil {
		return nil, nil, refused("%s: %v", s.file, err)
	}
	return before, content, s.try(content, all)
}

// try reads the configuration as it would be.
func (s *Site) try(content []byte, all []Newcomer) error {
	next, err := s.tryWith(s.file, content)
	if err != nil {
		return err
	}
	for i := range all {
		if err := next.welcome(&all[i]); err != nil {
			return err
		}
	}
	return nil
}

// tryWith reads the configuration as it would be with other content in one of its files.
func (s *Site) tryWith(file string, content []byte) (*Site, error) {
	_, old, err := load(s.dir, s.over, reading{store: s.Images})
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(old, mistake) {
		return nil, refused("the configuration has mistakes already, which bootlace check tells of: they come first")
	}
	next, problems, err := load(s.dir, s.over, reading{store: s.Images, instead: &instead{file, content}})
	if err != nil {
		return nil, err
	}
	if added := moreThan(old, problems); len(added) > 0 {
		return nil, &RefusedError{added}
	}
	return next, nil
}

// moreThan gives the problems that were not there before. Where they stand does not count: lines move.
func moreThan(old, problems []boot.Problem) (more []boot.Problem) {
	for _, p := range problems {
		if !slices.ContainsFunc(old, func(o boot.Problem) bool { return o.What == p.What && o.Expected == p.Expected }) {
			more = append(more, p)
		}
	}
	return more
}

// welcome makes sure that a machine would be that host, and gets nothing that nobody said it may.
func (s *Site) welcome(n *Newcomer) error {
	p := s.Plan(n.Client)
	switch {
	case p.Host == nil || p.Host.Name != n.Name:
		return refused("the machine would not be host %s: %s", n.Name, p.Reason())
	case p.Action != boot.ActionBoot:
		return refused("host %s would boot nothing: %s", n.Name, p.Reason())
	}
	if by := s.Catalog.Installs(p.Profile.Name); by != "" && !n.Destructive {
		return refused("host %s would be installed by the destructive profile %s, which loses what is on its disk: that has to be said in words", n.Name, by)
	}
	return nil
}

// textOf gives what is in a file; nothing if there is none.
func textOf(file string) ([]byte, error) {
	b, err := os.ReadFile(file) //nolint:gosec // the operator's own path
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return b, err
}

// replace puts content in the place of a file at once, safe from a power cut.
func replace(file string, content []byte) (err error) {
	if to, err := filepath.EvalSymlinks(file); err == nil {
		file = to
	}
	dir, mode := filepath.Dir(file), fs.FileMode(0o644)
	if info, err := os.Stat(file); err == nil {
		mode = info.Mode().Perm()
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // what is in it is no secret
		return err
	}
	f, err := os.CreateTemp(dir, ".adopted-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // not there any more when all went well
	_, err = f.Write(content)
	if err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), file); err != nil {
		return err
	}
	return syncDir(dir)
}
