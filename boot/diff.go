// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"fmt"
	"reflect"
	"strings"
)

// Changes is what makes one catalog differ from another, by name.
type Changes struct {
	Hosts, Groups, Profiles Names
	Adopt                   Names // rules that adopt
	Unknown                 bool  // the policy for unknown machines
}

// Names lists what came, what went and what is not the same any more.
type Names struct{ Added, Removed, Changed []string }

// Diff compares two catalogs; old may be nil. Where something stands in its file makes no difference.
func Diff(old, new *Catalog) Changes {
	if old == nil {
		old = &Catalog{}
	}
	return Changes{
		Hosts:    diffNames(old.hosts, new.hosts, func(h *Host) string { return h.Name }),
		Groups:   diffNames(old.groups, new.groups, func(g *Group) string { return g.Name }),
		Profiles: diffNames(old.profiles, new.profiles, func(p *Profile) string { return p.Name }),
		Adopt:    diffNames(old.AdoptRules(), new.AdoptRules(), func(r *AdoptRule) string { return r.Name }),
		Unknown:  !same(reflect.ValueOf(old.unknown), reflect.ValueOf(new.unknown)),
	}
}

// String gives the changes in words: "+3 hosts, ~1 profile".
func (c Changes) String() string {
	var words []string
	words = c.Hosts.words(words, "host")
	words = c.Groups.words(words, "group")
	words = c.Profiles.words(words, "profile")
	words = c.Adopt.words(words, "adopt rule")
	if c.Unknown {
		words = append(words, "~policy for unknown machines")
	}
	if len(words) == 0 {
		return "no change"
	}
	return strings.Join(words, ", ")
}

func (n Names) words(words []string, noun string) []string {
	for _, part := range []struct {
		sign  string
		names []string
	}{{"+", n.Added}, {"-", n.Removed}, {"~", n.Changed}} {
		switch len(part.names) {
		case 0:
		case 1:
			words = append(words, part.sign+"1 "+noun)
		default:
			words = append(words, fmt.Sprintf("%s%d %ss", part.sign, len(part.names), noun))
		}
	}
	return words
}

// diffNames walks two lists that are sorted by name.
func diffNames[T any](old, new []*T, name func(*T) string) Names {
	var n Names
	for len(old) > 0 || len(new) > 0 {
		switch {
		case len(new) == 0 || len(old) > 0 && name(old[0]) < name(new[0]):
			n.Removed, old = append(n.Removed, name(old[0])), old[1:]
		case len(old) == 0 || name(new[0]) < name(old[0]):
			n.Added, new = append(n.Added, name(new[0])), new[1:]
		default:
			if !same(reflect.ValueOf(old[0]), reflect.ValueOf(new[0])) {
				n.Changed = append(n.Changed, name(new[0]))
			}
			old, new = old[1:], new[1:]
		}
	}
	return n
}

// same is reflect.DeepEqual that does not look at positions.
func same(a, b reflect.Value) bool {
	if a.IsValid() != b.IsValid() || a.IsValid() && a.Type() != b.Type() {
		return false
	}
	switch a.Kind() {
	case reflect.Invalid:
		return true
	case reflect.Pointer, reflect.Interface:
		return a.IsNil() == b.IsNil() && same(a.Elem(), b.Elem())
	case reflect.Struct:
		return sameStruct(a, b)
	case reflect.Slice:
		return sameSlice(a, b)
	case reflect.Map:
		return sameMap(a, b)
	default:
		return a.Equal(b)
	}
}

func sameStruct(a, b reflect.Value) bool {
	if a.Type() == reflect.TypeFor[Pos]() {
		return true
	}
	if strings.HasPrefix(a.Type().PkgPath(), "net/netip") {
		return a.Equal(b)
	}
	for i := range a.NumField() {
		if a.Type().Field(i).IsExported() && !same(a.Field(i), b.Field(i)) {
			return false
		}
	}
	return true
}

func sameSlice(a, b reflect.Value) bool {
	if a.Len() != b.Len() {
		return false
	}
	for i := range a.Len() {
		if !same(a.Index(i), b.Index(i)) {
			return false
		}
	}
	return true
}

func sameMap(a, b reflect.Value) bool {
	if a.Len() != b.Len() {
		return false
	}
	for _, key := range a.MapKeys() {
		if !same(a.MapIndex(key), b.MapIndex(key)) {
			return false
		}
	}
	return true
}
