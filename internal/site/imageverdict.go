// SPDX-License-Identifier: Apache-2.0

package site

import (
	"errors"

	"github.com/bootlace-net/bootlace/images/vault"
	"github.com/bootlace-net/bootlace/internal/pe"
	"github.com/bootlace-net/bootlace/internal/secureboot"
)

// SecureBootOf says whether an image can start under Secure Boot by what comes with it, and whom firmware has to trust for that; nil where it
// has nothing that firmware or a loader starts: a medium as a whole.
func SecureBootOf(v *vault.Vault, m *vault.Manifest) *secureboot.Verdict {
	if len(wimbootFiles(m)) > 0 {
		return &secureboot.Verdict{Answer: secureboot.Unknown, Code: secureboot.FirmwareUnknown, Why: "wimboot starts it, which is not a part of it"}
	}
	if kernels := m.Of(vault.RoleKernel); len(kernels) > 0 {
		kernel, shim := linkOf(v, m, kernels[0]), secureboot.Link{}
		for _, name := range m.Of(vault.RoleShim) {
			if l := linkOf(v, m, name); l.Program != nil && l.Program.Shim != nil && (kernel.Program == nil || l.Program.Machine == kernel.Program.Machine) {
				shim = l
				break
			}
		}
		verdict := secureboot.OfKernel(kernel, shim)
		return &verdict
	}
	if programs := m.Of(vault.RoleProgram); len(programs) > 0 {
		verdict := secureboot.OfProgram(linkOf(v, m, programs[0]))
		return &verdict
	}
	return nil
}

// linkOf reads a program of an image.
func linkOf(v *vault.Vault, m *vault.Manifest, path string) secureboot.Link {
	l := secureboot.Link{Name: path}
	f, err := v.OpenFile(m.File(path))
	if err != nil {
		l.Err = err
		return l
	}
	defer func() { _ = f.Close() }() // only read
	if l.Program, l.Err = pe.Read(f, f.Size()); errors.Is(l.Err, pe.ErrNotPE) {
		l.Err = nil // it is none, which is known
	}
	return l
}
