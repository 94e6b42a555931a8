// SPDX-License-Identifier: Apache-2.0

package catalog

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// Recipe is one image to be pulled: an entry with all its patterns filled in.
type Recipe struct {
	Name, Family, Version, Arch string
	Title                       string
	Files                       []File
	Lists                       []List
	Keys                        Keys
	Cmdline                     []string
	LeastMemory                 int64 // bytes
}

// ErrUnknown is the error of a name that is not in the catalogue.
var ErrUnknown = errors.New("it is not in the catalogue")

// Recipe fills in the patterns for family/version or family/version/arch.
func (c *Catalog) Recipe(name string) (*Recipe, error) {
	family, rest, _ := strings.Cut(name, "/")
	version, arch, _ := strings.Cut(rest, "/")
	e, ok := c.entries[family]
	if !ok {
		return nil, fmt.Errorf("image %s: %w: %s", name, ErrUnknown, boot.Hint(family, c.Families()))
	}
	if len(e.Files) == 0 || len(e.Arch) == 0 {
		return nil, fmt.Errorf("image %s cannot be pulled by name: %s", name, e.About)
	}
	release, known := e.Versions[version]
	if version == "" || !known && !e.AnyVersion {
		return nil, fmt.Errorf("image %s: %w in that version: %s", name, ErrUnknown, e.hint(family, version))
	}
	word := arch
	if arch == "" {
		arch = e.archs()[0]
	}
	arch = boot.CPUName(arch)
	called, ok := e.Arch[arch]
	if !ok {
		return nil, fmt.Errorf("image %s: %w for that architecture: %s", name, ErrUnknown, boot.Hint(word, e.archs()))
	}
	p := patterns{}
	p.take(e.Vars)
	p.take(release.Vars)
	p.take(map[string]string{"version": version, "arch": called})
	r := e.fill(&p)
	r.Name, r.Family, r.Version, r.Arch = name, family, version, arch
	if release.Fingerprints != nil {
		r.Keys.Fingerprints = release.Fingerprints
	}
	if p.unknown != "" {
		return nil, fmt.Errorf("image %s: nothing says what {%s} is: expected it in vars", name, p.unknown)
	}
	return r, nil
}

func (e Entry) hint(family, version string) string {
	var names []string
	for _, v := range e.versions() {
		names = append(names, family+"/"+v)
	}
	if len(names) == 0 {
		return "expected a version, as " + family + "/VERSION"
	}
	return boot.Hint(family+"/"+version, names)
}

// fill fills in every pattern.
func (e Entry) fill(p *patterns) *Recipe {
	r := &Recipe{Title: p.fill(e.Title), LeastMemory: int64(e.LeastMemory) << 20}
	for _, f := range e.Files {
		url := p.fill(f.URL)
		r.Files = append(r.Files, File{f.Role, or(p.fill(f.Path), path.Base(url)), url, p.fill(f.Signature), f.SHA256})
	}
	for _, l := range e.Lists {
		r.Lists = append(r.Lists, List{p.fill(l.URL), p.fill(l.Signature)})
	}
	for _, w := range e.Cmdline {
		r.Cmdline = append(r.Cmdline, p.fill(w))
	}
	for _, u := range e.Keys.URL {
		r.Keys.URL = append(r.Keys.URL, p.fill(u))
	}
	r.Keys.Keyrings = slices.Clone(e.Keys.Keyrings)
	r.Keys.Fingerprints = slices.Clone(e.Keys.Fingerprints)
	return r
}

// patterns fills in values.
type patterns struct {
	values  map[string]string
	unknown string // a name that nothing is known of
}

// take adds values, which may use those that were taken before.
func (p *patterns) take(values map[string]string) { p.values = join(p.values, values) }

// Bounds of patterns: how deep values may use others, and how long what comes of it is, in bytes.
const (
	maxDepth  = 4
	maxFilled = 4096
)

func (p *patterns) fill(s string) string {
	for range maxDepth {
		next := regexp.MustCompile(`\{([a-z_]+)\}`).ReplaceAllStringFunc(s, func(m string) string {
			name := m[1 : len(m)-1]
			if name == "url" { // the vault's
				return m
			}
			v, ok := p.values[name]
			if !ok {
				p.unknown = name
			}
			return v
		})
		if next == s || len(next) > maxFilled {
			break
		}
		s = next
	}
	return s
}

// newer orders versions, the newest first: numbers in them count as such.
func newer(a, b string) int {
	x, y := pieces(a), pieces(b)
	for i := range min(len(x), len(y)) {
		m, merr := strconv.Atoi(x[i])
		n, nerr := strconv.Atoi(y[i])
		switch {
		case merr == nil && nerr == nil && m != n:
			return n - m
		case x[i] != y[i] && (merr != nil || nerr != nil):
			return strings.Compare(y[i], x[i])
		}
	}
	return len(y) - len(x)
}

func pieces(s string) []string { return regexp.MustCompile(`\d+|\D+`).FindAllString(s, -1) }
