// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"maps"
	"slices"
	"strings"
)

// DefaultLoader names the iPXE build that a ROM of this architecture can run. BIOS, x86-64 and arm64 builds are part of
// the appliance; others are looked for among the operator's files. Firmware that finds its way without a loader (U-Boot,
// Raspberry Pi) or that iPXE does not support gets "".
func DefaultLoader(a Arch) string {
	plain := a.Plain()
	switch plain {
	case ArchBIOS:
		return "undionly.kpxe"
	case ArchX64:
		return "ipxe.efi"
	}
	if plain.Firmware() != FirmwareUEFI {
		return ""
	}
	return "ipxe-" + plain.CPU() + ".efi"
}

// loader names the program for a ROM, the one that the profile names before one of a set; the zero Name if it needs none.
func (p *Plan) loader(a Arch) Name {
	if p.Profile != nil {
		if n, ok := p.Profile.loaders[a]; ok {
			return n
		}
	}
	if _, set := p.set(); set != nil {
		if n, ok := set[a]; ok {
			return n
		}
	}
	return Name{Base: DefaultLoader(a)}
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
		strings.HasPrefix(base, "ipxe") || strings.HasPrefix(base, "undionly") || strings.HasPrefix(base, "snponly")
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
