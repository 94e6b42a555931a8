// SPDX-License-Identifier: Apache-2.0

package boot

import "slices"

// LoaderSet is what machines start first, and what they start after that if it does not come up, by instruction set as [Arch.CPU] names
// it, for those that have UEFI, and by "bios" for the others.
type LoaderSet map[string][]string

// setLoaders are those of a set that somebody names, by architecture; nil for a set that there is not: its machines get the loaders
// that they get without.
func (b *builder) setLoaders(name string) map[Arch][]Name {
	if name == "" || b.spec.LoaderSets == nil {
		return nil
	}
	if known, ok := b.sets[name]; ok {
		return known
	}
	var out map[Arch][]Name
	if set := b.spec.LoaderSets(name); set != nil {
		out = set.byArch()
	}
	b.sets[name] = out
	return out
}

func (s LoaderSet) byArch() map[Arch][]Name {
	out := make(map[Arch][]Name)
	for a := range Arch(archCount) {
		key := "bios"
		switch a.Firmware() {
		case FirmwareUEFI:
			key = a.CPU()
		case FirmwareBIOS:
		default:
			continue // finds its way without a loader
		}
		for _, name := range s[key] {
			if n, err := ParseName(name); err == nil && name != "" {
				out[a] = append(out[a], n)
			}
		}
	}
	return out
}

// set gives the set of loaders that is chosen: the host's, else that of the most specific group that has one, else the profile's.
func (p *Plan) set() (chosen Text, loaders map[Arch][]Name) {
	if p.Host != nil && p.Host.Loaders.S != "" {
		return p.Host.Loaders, p.Host.loaders
	}
	for _, g := range slices.Backward(p.Groups) {
		if g.Loaders.S != "" {
			return g.Loaders, g.loaders
		}
	}
	if p.Profile != nil {
		return p.Profile.Loaders, p.Profile.set
	}
	return Text{}, nil
}

// LoaderSet names the set of loaders that the machine's is of, and where that stands; no text if it is of none: nobody chose one, the
// profile names a program itself, or the set has none for such machines.
func (p *Plan) LoaderSet() Text {
	chosen, loaders := p.set()
	of := func(n Name) bool { return n.Path() == p.Loader.Path() }
	if !slices.ContainsFunc(loaders[p.Client.Arch()], of) {
		return Text{}
	}
	return chosen
}

// sets lists those that are named, for [Catalog.Files]: one that there is not is told of where it is named.
func (u *uses) set(t Text, there bool) {
	if t.S == "" || there || u.seen[t] {
		return
	}
	u.seen[t] = true
	u.list = append(u.list, FileUse{What: "set of loaders", As: t.S, Pos: t.Pos, Trouble: "is not here", Expected: "expected it to be added: bootlace loaders add " + t.S + " SOURCE"})
}
