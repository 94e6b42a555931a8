// SPDX-License-Identifier: Apache-2.0

package pe

import (
	"encoding/binary"
	"io"
	"strings"
)

// Kind is what a program is, by the marks that programs of its kind have.
type Kind string

// Kinds. Unknown is none of them: Windows' loaders, firmware shells, a vendor's tools.
const (
	Unknown     Kind = "EFI program"
	ShimLoader  Kind = "shim"         // has a section for its vendor's certificate
	ShimTool    Kind = "tool of shim" // MokManager, fallback
	IPXE        Kind = "iPXE"
	GRUB        Kind = "GRUB"
	Kernel      Kind = "Linux kernel"
	UKI         Kind = "unified kernel image"
	SystemdBoot Kind = "systemd-boot"
)

// marks reads what a program says of itself in sections and in the places that kernels have for it.
func (p *Program) marks(r io.ReaderAt, h *header) error {
	sbat, err := h.section(r, ".sbat", maxSBAT)
	if err != nil {
		return err
	}
	if p.SBAT, err = ParseSBAT(string(sbat)); err != nil {
		return err
	}
	if p.Shim, err = h.shim(r); err != nil {
		return err
	}
	p.Kind, p.Version = p.bySBAT()
	switch version, kernel := kernelVersion(r); {
	case p.Shim != nil:
		p.Kind = ShimLoader
	case h.has(".linux"):
		p.Kind = UKI
	case kernel:
		p.Kind, p.Version = Kernel, version
	}
	return nil
}

// bySBAT tells a program by its components; the last one of a family is the most particular, and has the package's version.
func (p *Program) bySBAT() (kind Kind, version string) {
	kind = Unknown
	for _, c := range p.SBAT {
		family, _, _ := strings.Cut(c.Name, ".")
		k := map[string]Kind{"shim": ShimTool, "grub": GRUB, "ipxe": IPXE, "systemd": SystemdBoot, "systemd-boot": SystemdBoot}[family]
		if k != "" {
			kind, version = k, c.Version
		}
	}
	return kind, version
}

// kernelVersion knows Linux kernels that firmware can start: x86 by the magic of the boot protocol (Documentation/arch/x86/boot.rst,
// which also says where the version is), arm64 and riscv by that of their image headers.
func kernelVersion(r io.ReaderAt) (version string, ok bool) {
	b, err := read(r, 0, 0x210)
	if err != nil {
		return "", false
	}
	switch {
	case string(b[0x202:0x206]) == "HdrS":
		at := int64(binary.LittleEndian.Uint16(b[0x20e:]))
		if at == 0 {
			return "", true
		}
		text := make([]byte, 128)
		n, _ := r.ReadAt(text, 0x200+at) // a file that ends here has a shorter one
		version, _, _ = strings.Cut(string(text[:n]), "\x00")
		version, _, _ = strings.Cut(version, " ")
		return printable(version), true
	case string(b[56:60]) == "ARM\x64", string(b[56:60]) == "RSC\x05":
		return "", true
	}
	return "", false
}

func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s)
}
