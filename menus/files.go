// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// Directories of a machine's tree that are ours.
const (
	offeredDir = "p"      // p/<profile>/<file>: files of a profile that a menu offers
	entryDir   = "entry"  // entry/<id>.ipxe: the script of an entry
	unlockDir  = "unlock" // unlock/<id>/<password in hexadecimal>: what a locked entry starts
)

// fileWriter finds a file that the profile renders, or one that a menu offers; nil if the name is neither. It comes
// before everything else, so a profile may have a grub.cfg or a boot.ipxe of its own.
func (t *Tree) fileWriter(v boot.Visit, p boot.Plan) writer {
	if o, f := t.fileOfPlan(&v, &p); f != nil {
		return fileOf(o, f)
	}
	return nil
}

// fileOfPlan finds a file that a profile renders, and that profile.
func (t *Tree) fileOfPlan(v *boot.Visit, p *boot.Plan) (*boot.Profile, *boot.FileSpec) {
	path := v.Name.Path()
	if p.Profile != nil {
		if f := t.filesFor(v, p, p.Profile)[path]; f != nil {
			return p.Profile, f
		}
	}
	rest, ok := strings.CutPrefix(path, offeredDir+"/")
	if !ok {
		return nil, nil
	}
	name, path, _ := strings.Cut(rest, "/")
	for _, o := range t.offeredBy(*p) {
		if o.Name != name {
			continue
		}
		if f := t.filesFor(v, p, o)[path]; f != nil {
			return o, f
		}
	}
	return nil, nil
}

func fileOf(p *boot.Profile, f *boot.FileSpec) writer {
	return func(s *session) ([]byte, error) { return s.scope(p).file(f) }
}

// file renders one file of a profile.
func (sc *scope) file(f *boot.FileSpec) ([]byte, error) {
	if f.Raw {
		return []byte(f.Template.S), nil
	}
	out, err := sc.field("file "+f.Path, f.Template, slotFile)
	if err == nil && f.JSON {
		err = checkJSON(f, out)
	}
	return []byte(out), err
}

// checkJSON says where rendered text stops being JSON: a machine would only say that its configuration is bad.
func checkJSON(f *boot.FileSpec, out string) error {
	var v any
	err := json.Unmarshal([]byte(out), &v)
	if err == nil {
		return nil
	}
	where := ""
	if se := (*json.SyntaxError)(nil); errors.As(err, &se) {
		before := out[:min(int(se.Offset), len(out))]
		line := strings.Count(before, "\n") + 1
		where = fmt.Sprintf(" in line %d of what was rendered", line)
	}
	return &templateError{f.Template.Pos, "file " + f.Path + ": not JSON" + where + ": " + err.Error()}
}

// offeredBy lists the profiles that the menus of a plan offer.
func (t *Tree) offeredBy(p boot.Plan) []*boot.Profile {
	switch {
	case p.Profile != nil && p.Profile.Start != nil:
		return t.offeredIn(p.Profile.Start, nil)
	case p.Profile != nil && p.Profile.Kind == boot.EntryProfile:
		return t.offer(p.Profile.Entry.Profile, nil)
	case p.Profile == nil && p.Action == boot.ActionMenu && t.catalog != nil:
		var all []*boot.Profile
		for _, o := range t.catalog.Profiles() {
			if offeredByDefault(o) {
				all = t.offer(o.Name, all)
			}
		}
		return all
	default:
		return nil
	}
}

func (t *Tree) offeredIn(m *boot.Menu, found []*boot.Profile) []*boot.Profile {
	for _, e := range m.Entries {
		switch {
		case e.Kind == boot.EntryProfile:
			found = t.offer(e.Profile, found)
		case e.Menu != nil:
			found = t.offeredIn(e.Menu, found)
		}
	}
	return found
}

func (t *Tree) offer(name string, found []*boot.Profile) []*boot.Profile {
	o := t.profile(name)
	if o == nil || slices.Contains(found, o) {
		return found
	}
	found = append(found, o)
	if o.Start != nil {
		found = t.offeredIn(o.Start, found)
	}
	return found
}
