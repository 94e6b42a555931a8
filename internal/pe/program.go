// SPDX-License-Identifier: Apache-2.0

package pe

import (
	"crypto/sha256"
	"debug/pe"
	"fmt"
	"io"
)

// Program is what an EFI program says of itself.
type Program struct {
	Machine    Machine
	EFI        bool        // it is for firmware, not for an operating system
	NX         bool        // it can do without memory that is both written and run, as new firmware demands
	Kind       Kind        // by its marks
	Version    string      // as it gives it; empty if it does not
	SBAT       []Component // its generations; none: it has no SBAT
	Digest     [sha256.Size]byte
	Signatures []Signature // one for each entry of the certificate table
	Shim       *Shim       // whose programs it starts in turn; nil for all but shim
}

// nxCompatible is IMAGE_DLLCHARACTERISTICS_NX_COMPAT.
const nxCompatible = pe.IMAGE_DLLCHARACTERISTICS_NX_COMPAT

// Read takes apart a file of that size. Digest is the one of Authenticode by SHA-256, as db and dbx have it. The error is [ErrNotPE]
// for a file of another kind, else it says which table is wrong, or it is the reader's. A signature that is wrong is no error: it says so
// itself.
func Read(r io.ReaderAt, size int64) (*Program, error) {
	h, err := readHeader(r, size)
	if err != nil {
		return nil, err
	}
	p := &Program{Machine: Machine(h.machine), EFI: isEFI(h.subsystem), NX: h.flags&nxCompatible != 0}
	sum, err := h.digest(r, sha256.New())
	if err != nil {
		return nil, err
	}
	copy(p.Digest[:], sum)
	if err = p.marks(r, h); err != nil {
		return nil, err
	}
	entries, err := h.certificates(r)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		p.Signatures = append(p.Signatures, h.verify(r, e))
	}
	return p, nil
}

// IsSigned reports whether a file is a program with signatures, of whatever worth: to change a byte of it would make them invalid.
func IsSigned(r io.ReaderAt, size int64) bool {
	h, err := readHeader(r, size)
	return err == nil && !h.table.empty()
}

// MachineOf gives the machine that an EFI program is for; false for a file of another kind.
func MachineOf(r io.ReaderAt, size int64) (Machine, bool) {
	h, err := readHeader(r, size)
	if err != nil || !isEFI(h.subsystem) {
		return 0, false
	}
	return Machine(h.machine), true
}

// isEFI knows the subsystems of UEFI section 2.1.1: application, boot service driver, runtime driver, and ROM.
func isEFI(subsystem uint16) bool {
	return subsystem >= pe.IMAGE_SUBSYSTEM_EFI_APPLICATION && subsystem <= pe.IMAGE_SUBSYSTEM_EFI_ROM
}

// Signed says in a word what the signatures are worth: "unsigned", "invalid" (there are some, and none vouches for the file as it is)
// or "signed".
func (p *Program) Signed() string {
	if len(p.Signatures) == 0 {
		return "unsigned"
	}
	for i := range p.Signatures {
		if p.Signatures[i].Err == nil {
			return "signed"
		}
	}
	return "invalid"
}

// String is a line for people: what it is, for which machine, of which version, signed by whom.
func (p *Program) String() string {
	s := fmt.Sprintf("%s for %s", p.Kind, p.Machine)
	if p.Version != "" {
		s += ", " + p.Version
	}
	return s + ", " + p.Signed()
}
