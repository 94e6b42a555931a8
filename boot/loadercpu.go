// SPDX-License-Identifier: Apache-2.0

package boot

// ForeignLoader reports a loader that the profile names for an architecture, by whatever name, and that is made for another one: its
// machines get the one that they get without. It gives the instruction set that the program is made for.
func (p *Profile) ForeignLoader(a Arch) (cpu string, ok bool) {
	cpu, ok = p.foreign[a]
	return cpu, ok
}

// checkCPU takes a loader away from machines that cannot run it: "uefi" in a profile means all of them, a file is made for one.
func (b *builder) checkCPU(p *Profile, a Arch) {
	if b.spec.CPU == nil {
		return
	}
	cpu := b.spec.CPU(p.loaders[a].Path())
	if cpu == "" || cpu == a.CPU() && a.Firmware() == FirmwareUEFI {
		return
	}
	delete(p.loaders, a)
	p.foreign[a] = cpu
}

// LoaderIsFor reports whether a profile names a loader for that architecture in particular, by its own name or that of its instruction
// set, and not for many at once.
func (p *Profile) LoaderIsFor(a Arch) bool {
	plain := a.Plain()
	for _, key := range []string{a.String(), plain.String(), plain.CPU()} {
		if _, ok := p.Loader[key]; ok {
			return true
		}
	}
	return false
}
