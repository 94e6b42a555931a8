// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"path"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// syslinux is one of the programs that read PXELINUX's language.
type syslinux uint8

const (
	pxelinux    syslinux = iota // pxelinux.0 on a PC's BIOS, which fetches by TFTP alone
	lpxelinux                   // lpxelinux.0, which knows HTTP and FTP as well
	syslinuxEFI                 // syslinux.efi, which knows them too (its efi/tcp.c)
	uboot                       // U-Boot's commands pxe and sysboot: LABEL, LINUX, INITRD, APPEND, LOCALBOOT, MENU, DEFAULT, TIMEOUT
)

// syslinux says which program reads the configuration. PXELINUX exists for PCs only, and never asks for extlinux.conf; what
// a BIOS runs is told apart by nothing but the name of the loader that we gave it.
func (s *session) syslinux() syslinux {
	a := s.visit.Client.Arch()
	switch {
	case a.Firmware() == boot.FirmwareUBoot, a.CPU() != "i386" && a.CPU() != "x86_64", s.visit.Name.Kind == boot.KindExtlinux:
		return uboot
	case a.Firmware() == boot.FirmwareUEFI:
		return syslinuxEFI
	case strings.HasPrefix(s.plan.Loader.Base, "lpxelinux"):
		return lpxelinux
	default:
		return pxelinux
	}
}

// bios reports whether the program runs on a BIOS, and so what was made for one: boot programs of PXE, memdisk, and iPXE for
// whatever it cannot do itself. syslinux.efi starts kernels of Linux and modules of its own, and no other program
// (SYSLINUX 6.04: chainboot_file is BIOS-specific, efi_boot_linux all there is).
func (p syslinux) bios() bool { return p == pxelinux || p == lpxelinux }

func (p syslinux) http() bool { return p == lpxelinux || p == syslinuxEFI }

// never reports whether no entry of that kind can be started, whatever it names.
func (p syslinux) never(k boot.EntryKind) bool {
	switch k {
	case boot.EntryKernel, boot.EntryLocal, boot.EntryMenu, boot.EntryProfile:
		return false
	case boot.EntryModules:
		return p == uboot
	default:
		return !p.bios()
	}
}

// modules is the directory of the program's modules, given that of its configuration: those for UEFI have the names of
// those for a BIOS, which are at the top.
func (p syslinux) modules(dir string) string {
	if p != syslinuxEFI || dir == "" {
		return ""
	}
	return dir + "/"
}

// isSyslinuxEFI knows the program by the names that it goes by in a profile's loader.
func isSyslinuxEFI(name string) bool {
	base := strings.ToLower(path.Base(name))
	return strings.HasPrefix(base, "syslinux") && strings.HasSuffix(base, ".efi")
}
