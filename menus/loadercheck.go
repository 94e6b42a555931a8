// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"maps"
	"slices"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// checkLoaders warns of entries that come to nothing with the loader that a profile names, or with any.
func (t *Tree) checkLoaders() []boot.Problem {
	if t.catalog == nil {
		return nil
	}
	c := loaderCheck{tree: t, told: make(map[boot.Problem]bool)}
	for _, p := range t.catalog.Profiles() {
		c.entry(p, &p.Entry)
		if p.Start != nil {
			c.menu(p, p.Start)
		}
	}
	return c.problems
}

type loaderCheck struct {
	tree     *Tree
	told     map[boot.Problem]bool
	problems []boot.Problem
}

func (c *loaderCheck) menu(p *boot.Profile, m *boot.Menu) {
	for _, e := range m.Entries {
		if offered := c.tree.profile(e.Profile); e.Kind == boot.EntryProfile && offered != nil {
			c.underSyslinux(p, &offered.Entry)
			continue
		}
		c.entry(p, e)
		if e.Menu != nil {
			c.menu(p, e.Menu)
		}
	}
}

// entry looks at an entry of a profile, or at what the profile boots at once.
func (c *loaderCheck) entry(p *boot.Profile, e *boot.Entry) {
	if !e.Boots() {
		return
	}
	c.loop(p, e)
	for _, arch := range slices.Sorted(maps.Keys(e.ByArch)) {
		c.loop(p, e.ByArch[arch])
	}
	c.underSyslinux(p, e)
}

// loop finds our own iPXE chained: it asks for its script, which chains it, and so on.
func (c *loaderCheck) loop(p *boot.Profile, e *boot.Entry) {
	if e.Kind != boot.EntryChain || !isOurIPXE(e.Target.S) {
		return
	}
	c.warn(boot.Problem{Pos: e.Target.Pos, What: "profile " + p.Name + ": chain " + e.Target.S +
		" starts the iPXE that reads this, and asks for it again, for ever", Expected: "expected what iPXE is to start"})
}

// underSyslinux finds what syslinux.efi cannot start, where it is the loader. That it has no shell needs no telling.
func (c *loaderCheck) underSyslinux(p *boot.Profile, e *boot.Entry) {
	for _, a := range []boot.Arch{boot.ArchX64, boot.ArchIA32} {
		loader, ok := p.LoaderText(a)
		e := e.For(a)
		if !ok || !isSyslinuxEFI(loader.S) || !e.Boots() || e.Kind == boot.EntryShell || !syslinuxEFI.never(e.Kind) {
			continue
		}
		what := e.Kind.String()
		if e.Name != p.Name {
			what += " (" + e.Name + ")"
		}
		c.warn(boot.Problem{Pos: e.Pos, What: "profile " + p.Name + ": " + loader.S + " cannot start " + what,
			Expected: "expected a kernel, multiboot or local, or another loader"})
	}
}

func (c *loaderCheck) warn(p boot.Problem) {
	p.Warning = true
	if !c.told[p] {
		c.told[p] = true
		c.problems = append(c.problems, p)
	}
}

// isOurIPXE knows the names of the iPXE builds that are given to firmware.
func isOurIPXE(target string) bool {
	return slices.ContainsFunc([]boot.Arch{boot.ArchBIOS, boot.ArchX64, boot.ArchIA32, boot.ArchARM64, boot.ArchARM32, boot.ArchRISCV64, boot.ArchLoong64},
		func(a boot.Arch) bool {
			return slices.Contains(boot.DefaultLoaders(a), strings.TrimPrefix(target, "/"))
		})
}
