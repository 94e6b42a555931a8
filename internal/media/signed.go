// SPDX-License-Identifier: Apache-2.0

package media

import (
	"path"
	"strings"

	"github.com/bootlace-net/bootlace/internal/pe"
	"github.com/bootlace-net/bootlace/internal/secureboot"
)

// mostProgram is the size of the largest program that is read, in bytes: kernels with their initrds inside are of 200 MiB.
const mostProgram = 1 << 30

// program reads a boot program or a kernel; nil if it is none that firmware could start.
func (l *look) program(name string) *pe.Program {
	e := l.file(name)
	if e == nil || e.Size > mostProgram {
		return nil
	}
	r, err := l.image.Content(e)
	if err != nil {
		return nil
	}
	p, err := pe.Read(r, e.Size)
	if err != nil {
		return nil // what cannot be read cannot be started
	}
	return p
}

// shim is the medium's own shim for a machine, by what is inside of it.
func (l *look) shim(machine pe.Machine) (name string, p *pe.Program) {
	for _, base := range l.names("efi/boot") {
		if name := l.actual(path.Join("efi/boot", base)); strings.HasPrefix(strings.ToLower(base), "boot") {
			if p := l.program(name); p != nil && p.Shim != nil && p.Machine == machine {
				return name, p
			}
		}
	}
	return "", nil
}

// verdict says whether a kernel can be started under Secure Boot with what is on the medium, and by which shim. Whether a firmware
// trusts that shim is a question about a machine.
func (l *look) verdict(kernel string) (v secureboot.Verdict, shim string) {
	k := secureboot.Link{Name: title(kernel), Program: l.program(kernel)}
	s := secureboot.Link{}
	if k.Program != nil && k.Program.Signed() == "signed" {
		shim, s.Program = l.shim(k.Program.Machine)
		s.Name = title(shim)
	}
	if v = secureboot.OfKernel(k, s); v.Answer == secureboot.No {
		shim = "" // it is of no use
	}
	return v, shim
}
