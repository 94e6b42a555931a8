// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"maps"
	"slices"
	"strings"
)

// DefaultLoaders names the iPXE builds that a ROM of this architecture can run, in the order in which they are tried: the one that uses
// the firmware's network driver, then that with drivers of its own. Builds for BIOS, x86-64, arm64, riscv64 and loongarch64 are part of
// the appliance; others are looked for among the operator's files. Firmware that finds its way without a loader (U-Boot, Raspberry Pi)
// or that iPXE does not support has none.
func DefaultLoaders(a Arch) []string {
	plain := a.Plain()
	switch plain {
	case ArchBIOS:
		return []string{"undionly.kpxe"}
	case ArchX64:
		return []string{"snponly.efi", "ipxe.efi"}
	case ArchARM64:
		return []string{"snp-arm64.efi", "ipxe-arm64.efi"}
	}
	if plain.Firmware() != FirmwareUEFI {
		return nil
	}
	return []string{"ipxe-" + plain.CPU() + ".efi"}
}

// DefaultLoader is the first of [DefaultLoaders], or "".
func DefaultLoader(a Arch) string {
	if names := DefaultLoaders(a); len(names) > 0 {
		return names[0]
	}
	return ""
}

// HandedOver names the iPXE build that another loader starts: one with its script in it, for what comes from another program's memory
// cannot know where it came from, and with drivers of its own where there is one, for that program has the firmware's.
func HandedOver(a Arch) string {
	if a.Plain() == ArchX64 {
		return "ipxe.efi"
	}
	return DefaultLoader(a)
}

// defaultLoaders finds those of every architecture. Where the operator has some of those names, no others are tried: they were put there to
// be used, signed perhaps.
func (b *builder) defaultLoaders() map[Arch][]Name {
	out := make(map[Arch][]Name)
	for a := range Arch(archCount) {
		names := DefaultLoaders(a)
		if own := b.spec.Own; own != nil && slices.ContainsFunc(names, own) {
			names = slices.DeleteFunc(names, func(n string) bool { return !own(n) })
		}
		for _, n := range names {
			out[a] = append(out[a], Name{Base: n})
		}
	}
	return out
}

// loaders names the programs for a ROM in the order in which they are tried, the one that the profile names before those of a set; none if
// it needs none.
func (p *Plan) loaders(a Arch, defaults map[Arch][]Name) []Name {
	if p.Profile != nil {
		if n, ok := p.Profile.loaders[a]; ok {
			return []Name{n}
		}
	}
	if _, set := p.set(); len(set[a]) > 0 {
		return set[a]
	}
	if names := defaults[a]; names != nil || a.Known() {
		return names
	}
	return nil
}

// LoaderText finds what a profile says about the loader of an architecture: by the most specific of its names, then by
// "default".
func (p *Profile) LoaderText(a Arch) (Text, bool) {
	for _, key := range loaderKeys(a) {
		if t, ok := p.Loader[key]; ok {
			return t, true
		}
	}
	return Text{}, false
}

// loaderKeys is [Arch.Keys] for programs that firmware starts. They are made for one kind of firmware, so an instruction
// set means UEFI here, and what finds its way without a loader gets one only by its own name.
func loaderKeys(a Arch) []string {
	plain := a.Plain()
	keys := []string{a.String(), plain.String()}
	switch plain.Firmware() {
	case FirmwareUEFI:
		return append(keys, plain.CPU(), plain.Firmware().String(), "default")
	case FirmwareBIOS:
		return append(keys, "default")
	default:
		return append(keys, plain.Firmware().String())
	}
}

// ChainedLoader names the program that an iPXE which is already there (a network card's ROM) starts instead of what the profile
// boots: the profile's own loader, if it says so. That loader then reads its own configuration, as if a ROM had loaded it.
func (p *Profile) ChainedLoader(a Arch) (Name, bool) {
	n, ok := p.loaders[a]
	return n, ok && p.ChainLoader != nil && *p.ChainLoader && n.Base != "" && !n.IPXE()
}

// SkippedLoader names the profile's own loader where an iPXE that is already there does not get it; false if it does, or if
// there is no other than iPXE.
func (p *Profile) SkippedLoader(a Arch) (Name, bool) {
	n, ok := p.loaders[a]
	return n, ok && (p.ChainLoader == nil || !*p.ChainLoader) && n.Base != "" && !n.IPXE()
}

// IPXE reports whether a program is a build of iPXE, by the names that these have.
func (n Name) IPXE() bool {
	base := strings.ToLower(n.Base)
	return strings.HasSuffix(base, "pxe") && strings.Contains(base, ".k") || // .kpxe, .kkpxe
		strings.HasPrefix(base, "ipxe") || strings.HasPrefix(base, "undionly") || strings.HasPrefix(base, "snp")
}

// checkLoaders parses the loaders of a profile and files them by architecture.
func (b *builder) checkLoaders(p *Profile) {
	for _, key := range slices.Sorted(maps.Keys(p.Loader)) {
		t := p.Loader[key]
		_, err := ParseName(t.S)
		switch {
		case strings.Contains(t.S, "{{") || strings.Contains(t.S, "://"):
			b.reportOnce(Problem{Pos: t.Pos, What: "loader " + t.S,
				Expected: "expected the plain name of a file: it is sent in a DHCP packet, before anything can be rendered"})
		case err != nil:
			b.reportOnce(Problem{Pos: t.Pos, What: "loader " + t.S + ": " + err.Error(), Expected: "expected the name of a file"})
		case len(t.S)+len("m/00-00-00-00-00-00/") > MaxOffered:
			b.reportOnce(Problem{Pos: t.Pos, What: "loader " + t.S + ": the name is too long for a DHCP header",
				Expected: "expected at most 107 bytes"})
		}
	}
	p.loaders, p.foreign = make(map[Arch]Name), make(map[Arch]string)
	for a := range Arch(archCount) {
		if t, ok := p.LoaderText(a); ok {
			p.loaders[a], _ = ParseName(t.S) // errors are reported above
			b.checkCPU(p, a)
		}
	}
	if t, ok := p.LoaderText(ArchBIOS); ok && p.ChainLoader == nil {
		if _, skipped := p.SkippedLoader(ArchBIOS); skipped {
			b.reportOnce(Problem{Pos: t.Pos, Warning: true, What: "loader " + t.S + " is not for machines with iPXE in their network card's ROM: those run a script",
				Expected: "expected chain_loader: true, which lets them chain it, or false if that is meant"})
		}
	}
}
