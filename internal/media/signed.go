// SPDX-License-Identifier: Apache-2.0

package media

import (
	"path"
	"strings"

	"github.com/bootlace-net/bootlace/internal/pe"
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
func (l *look) verdict(kernel string) (v Verdict, shim string) {
	k := l.program(kernel)
	switch {
	case k == nil || k.Signed() == "unsigned":
		return Verdict{"no", "unsigned kernel: no Secure Boot"}, ""
	case k.Signed() != "signed":
		return Verdict{"no", "the kernel's signature is not one of these bytes: it is damaged, or was changed"}, ""
	}
	signers := strings.Join(k.Signatures[0].Issuers(), ", ")
	name, s := l.shim(k.Machine)
	if s == nil {
		return Verdict{"unknown", title("the kernel is signed by " + signers + "; there is no shim on the medium")}, ""
	}
	for i := range k.Signatures {
		if ca := k.Signatures[i].TrustedBy(s.Shim.Trusted.Certificates); ca != nil {
			return Verdict{"yes", title("the medium's shim " + name + " trusts the kernel's signer, by " + pe.Name(ca))}, name
		}
	}
	return Verdict{"no", title("the medium's shim " + name + " does not trust the kernel's signer, " + signers)}, ""
}
