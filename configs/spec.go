// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/go-multierror"

	"github.com/bootlace-net/bootlace/boot"
)

// Spec is what one source says, and everything that is wrong with how it says it. [Merge] makes one of several, and
// [boot.Build] a catalog of that.
type Spec struct {
	boot.Spec
	Settings    *Settings // nil: the source has none
	SettingsPos boot.Pos
	Templates   map[string]boot.Text // by name
	Problems    []boot.Problem

	named []named
}

// named is a file of a profile whose template is to be found by its name, in whatever source has it.
type named struct {
	file     *boot.FileSpec
	template boot.Text
}

// Default is what an appliance without a configuration does: every machine that asks gets the menu of what there is, which
// installs nothing by itself.
func Default() *Spec {
	return Merge(&Spec{Spec: boot.Spec{Unknown: boot.Unknown{Action: boot.ActionMenu}}})
}

// Merge joins what several sources say. What one of them has been given already by another is a problem that names both
// places; of hosts, groups and profiles that is found by [boot.Build]. The result has settings in any case. The
// sources must not be used again.
func Merge(sources ...*Spec) *Spec {
	all := &Spec{Templates: make(map[string]boot.Text)}
	for _, s := range sources {
		all.add(s)
	}
	all.findTemplates()
	if all.Settings == nil {
		s := DefaultSettings()
		all.Settings = &s
	}
	return all
}

func (s *Spec) add(o *Spec) {
	s.Profiles = append(s.Profiles, o.Profiles...)
	s.Groups = append(s.Groups, o.Groups...)
	s.Hosts = append(s.Hosts, o.Hosts...)
	s.Adopt = append(s.Adopt, o.Adopt...)
	s.Problems = append(s.Problems, o.Problems...)
	s.named = append(s.named, o.named...)
	s.addPolicy(o)
	for _, name := range slices.Sorted(maps.Keys(o.Templates)) {
		if old, ok := s.Templates[name]; ok {
			s.twice(o.Templates[name].Pos, "template "+name, old.Pos)
			continue
		}
		s.Templates[name] = o.Templates[name]
	}
}

// addPolicy takes what there can be only one of.
func (s *Spec) addPolicy(o *Spec) {
	switch none := (boot.Unknown{}); {
	case o.Unknown == none:
	case s.Unknown == none:
		s.Unknown = o.Unknown
	default:
		s.twice(o.Unknown.Pos, "the policy for unknown machines", s.Unknown.Pos)
	}
	switch {
	case o.Settings == nil:
	case s.Settings == nil:
		s.Settings, s.SettingsPos = o.Settings, o.SettingsPos
	default:
		s.twice(o.SettingsPos, "the settings of the appliance", s.SettingsPos)
	}
}

func (s *Spec) twice(pos boot.Pos, what string, first boot.Pos) {
	s.Problems = append(s.Problems, boot.Problem{Pos: pos, What: what + ": already defined at " + first.String()})
}

// findTemplates gives files the templates that they name.
func (s *Spec) findTemplates() {
	names := slices.Sorted(maps.Keys(s.Templates))
	for _, f := range s.named {
		t, ok := s.Templates[f.template.S]
		if !ok {
			s.Problems = append(s.Problems, boot.Problem{Pos: f.template.Pos, What: "no template is named " + f.template.S,
				Expected: boot.Hint(f.template.S, names)})
		}
		f.file.Template = t
	}
	s.named = nil
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
	for _, p := range boot.Bounded(problems) {
		if !p.Warning {
			all = multierror.Append(all, p)
		}
	}
	return all.ErrorOrNil()
}

// broken reports whether there is anything but warnings.
func broken(problems []boot.Problem) bool {
	return slices.ContainsFunc(problems, func(p boot.Problem) bool { return !p.Warning })
}
