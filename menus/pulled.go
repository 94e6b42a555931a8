// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"cmp"
	"slices"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// Pulled is an image that says itself how it is started: the default menu offers it, and does not guess about its files.
type Pulled struct {
	Name   string // its files are those below it
	Title  string
	CPU    string // instruction set as boot names it; "any" where it does not matter
	Kind   boot.EntryKind
	Kernel string   // names of files; neither a kernel nor a target: it cannot be started
	Initrd []string // as entries have them: see boot.SplitPlaced
	Target string
	Least  int64    // memory of a machine that boots it, in bytes; 0: not known
	Args   []string // one word or more each; {url} stands for the address of its files
}

// addPulled offers what fits the machine, and gives the names of files that nobody needs to guess about.
func (s *session) addPulled(pg *page, names []string) []string {
	if s.tree.opts.Pulled == nil {
		return names
	}
	for _, p := range s.tree.opts.Pulled() {
		names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return strings.HasPrefix(n, p.Name+"/") })
		if p.Kernel+p.Target == "" || p.CPU != "any" && p.CPU != s.cpu() {
			continue
		}
		if it, err := s.pulled(&p); err == nil {
			s.titled(it)
			s.add(pg, it)
		}
	}
	return names
}

// pulled makes the item of an image.
func (s *session) pulled(p *Pulled) (*item, error) {
	it := &item{title: cmp.Or(p.Title, p.Name), kind: p.Kind, kernel: s.image(p.Kernel), target: s.image(p.Target), memory: boot.Memory{Need: p.Least, Has: s.visit.Memory}}
	for _, t := range p.Initrd {
		as, name, _ := boot.SplitPlaced(p.Kind, t)
		if as != "" && p.Kind == boot.EntryKernel {
			as, name = "", boot.PlacedPath(as, name)
		}
		it.modules = append(it.modules, module{name: as, file: s.image(name)})
	}
	base, err := s.name(p.Name)
	if err != nil {
		return nil, err
	}
	for _, w := range p.Args {
		words, err := splitWords(strings.ReplaceAll(w, "{url}", s.url(base)+"/"))
		if err != nil {
			return nil, err
		}
		it.args = append(it.args, words...)
	}
	return it, nil
}
