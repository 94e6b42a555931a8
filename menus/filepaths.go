// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// filesFor is filesOf without a session, which only those few profiles need whose paths are templates.
func (t *Tree) filesFor(v *boot.Visit, p *boot.Plan, profile *boot.Profile) map[string]*boot.FileSpec {
	if !hasPathTemplates(profile) {
		return profile.Files
	}
	return newSession(t, *v, *p).filesOf(profile)
}

// filesOf gives the files of a profile by the paths that this machine asks for. A path that cannot be made for it is one that
// it cannot ask for; a dry run tells.
func (s *session) filesOf(p *boot.Profile) map[string]*boot.FileSpec {
	if s.naming || !hasPathTemplates(p) {
		return p.Files
	}
	s.naming = true
	defer func() { s.naming = false }()
	files := make(map[string]*boot.FileSpec, len(p.Files))
	for _, key := range slices.Backward(slices.Sorted(maps.Keys(p.Files))) { // a path that is written out is the last, and wins
		f := p.Files[key]
		if path, err := s.scope(p).filePath(f); err == nil {
			files[path] = f
		}
	}
	return files
}

func hasPathTemplates(p *boot.Profile) bool {
	for path := range p.Files {
		if isTemplate(path) {
			return true
		}
	}
	return false
}

func isTemplate(s string) bool { return strings.Contains(s, "{{") }

// filePath gives the path of a file of the profile for this machine.
func (sc *scope) filePath(f *boot.FileSpec) (string, error) {
	if !isTemplate(f.Path) {
		return f.Path, nil
	}
	s, err := sc.field("path "+f.Path, f.PathText(), slotKey)
	if err != nil {
		return "", err
	}
	n, err := boot.ParseName(s)
	if err != nil {
		return "", &templateError{f.Pos, "path " + f.Path + " comes to " + strconv.Quote(s) + ": " + err.Error()}
	}
	return n.Path(), nil
}

// filePaths lists the files of a plan.
func (t *Tree) filePaths(p boot.Plan) []string {
	s := newSession(t, boot.Visit{Client: p.Client}, p)
	var paths []string
	if p.Profile != nil {
		paths = slices.Sorted(maps.Keys(s.filesOf(p.Profile)))
	}
	for _, o := range t.offeredBy(p) {
		if o == p.Profile {
			continue
		}
		for _, path := range slices.Sorted(maps.Keys(s.filesOf(o))) {
			paths = append(paths, offeredDir+"/"+o.Name+"/"+path)
		}
	}
	return paths
}
