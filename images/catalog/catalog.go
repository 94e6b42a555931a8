// SPDX-License-Identifier: Apache-2.0

package catalog

import (
	"cmp"
	_ "embed"
	"maps"
	"slices"

	"github.com/bootlace-net/bootlace/boot"
)

//go:embed catalog.yaml
var embedded []byte

// FileName is that of the operator's own entries, in the directory of the configuration.
const FileName = "catalog.yaml"

// Catalog are families of images by name.
type Catalog struct{ entries map[string]Entry }

// Decoder reads YAML into a value, and says what is wrong with it.
type Decoder func(file string, text []byte, into any) []boot.Problem

// document is a file of entries.
type document struct {
	Images map[string]Entry `yaml:"images" doc:"Families of images by name."`
}

// Read gives the entries that this program carries, with those of a file over them; own is nil if there is none.
func Read(decode Decoder, file string, own []byte) (*Catalog, []boot.Problem) {
	c := &Catalog{entries: make(map[string]Entry)}
	problems := c.add(decode, FileName, embedded)
	if own != nil {
		problems = append(problems, c.add(decode, file, own)...)
	}
	if len(problems) > 0 {
		return c, problems // what else is wrong may come of that
	}
	for name, e := range c.entries {
		for _, what := range e.check(name) {
			problems = append(problems, boot.Problem{Pos: boot.Pos{File: file, Line: 1, Column: 1}, What: "image " + name + ": " + what})
		}
	}
	slices.SortFunc(problems, func(a, b boot.Problem) int { return cmp.Or(boot.CompareProblems(a, b), cmp.Compare(a.What, b.What)) })
	return c, problems
}

func (c *Catalog) add(decode Decoder, file string, text []byte) []boot.Problem {
	var d document
	problems := decode(file, text, &d)
	for name, e := range d.Images {
		c.entries[name] = c.entries[name].over(e)
	}
	return problems
}

// Families lists the names, sorted.
func (c *Catalog) Families() []string { return slices.Sorted(maps.Keys(c.entries)) }

// Entry finds a family.
func (c *Catalog) Entry(family string) (Entry, bool) {
	e, ok := c.entries[family]
	return e, ok
}

// Names lists every image that can be pulled by name alone, newest versions first within their family.
func (c *Catalog) Names() (names []string) {
	for _, family := range c.Families() {
		for _, version := range c.entries[family].versions() {
			names = append(names, family+"/"+version)
		}
	}
	return names
}

// versions lists those that are known, the newest first.
func (e Entry) versions() []string {
	return slices.SortedFunc(maps.Keys(e.Versions), func(a, b string) int { return newer(a, b) })
}

// archs lists the instruction sets, that of nearly all machines first.
func (e Entry) archs() []string {
	return slices.SortedFunc(maps.Keys(e.Arch), func(a, b string) int {
		first := func(s string) int { return map[bool]int{true: 0, false: 1}[s == "x86_64"] }
		return cmp.Or(cmp.Compare(first(a), first(b)), cmp.Compare(a, b))
	})
}

func or(a, b string) string { return cmp.Or(a, b) }

func list[T any](a, b []T) []T {
	if a != nil {
		return a
	}
	return b
}

func join[V any](a, b map[string]V) map[string]V {
	if b == nil {
		return a
	}
	out := maps.Clone(a)
	if out == nil {
		out = make(map[string]V)
	}
	maps.Copy(out, b)
	return out
}
