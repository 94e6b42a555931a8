// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"fmt"
	"strconv"
)

// Arch is a value of the IANA registry "Processor Architecture Types": DHCP option 93 (RFC 4578) and DHCPv6 option 61.
type Arch uint16

// Architectures that decisions are made on; every registered one has a name in [Arch.String].
const (
	ArchBIOS         Arch = 0
	ArchIA32         Arch = 6
	ArchX64          Arch = 7
	ArchEBC          Arch = 9 // RFC 4578 swapped 7 and 9 (erratum): many x64 ROMs send 9
	ArchARM32        Arch = 10
	ArchARM64        Arch = 11
	ArchIA32HTTP     Arch = 15
	ArchX64HTTP      Arch = 16
	ArchEBCHTTP      Arch = 17
	ArchARM32HTTP    Arch = 18
	ArchARM64HTTP    Arch = 19
	ArchBIOSHTTP     Arch = 20
	ArchARM32UBoot   Arch = 21
	ArchARM64UBoot   Arch = 22
	ArchARM32UBootHT Arch = 23
	ArchARM64UBootHT Arch = 24
	ArchRISCV64      Arch = 27
	ArchRISCV64HTTP  Arch = 28
	ArchLoong64      Arch = 39
	ArchLoong64HTTP  Arch = 40
	ArchRPi          Arch = 41
)

// archCount is how many codes are registered: 0 to 41, as of 2026.
const archCount = 42

// Firmware is the kind of program that asks, as far as it matters for what can be started.
type Firmware uint8

// The kinds of firmware.
const (
	FirmwareOther Firmware = iota // Open Firmware, OPAL, s390, and numbers nobody registered
	FirmwareBIOS
	FirmwareUEFI
	FirmwareUBoot
	FirmwareRPi
	firmwareCount
)

// String names the firmware as YAML writes it.
func (f Firmware) String() string {
	return [...]string{"other", "bios", "uefi", "uboot", "rpi"}[f]
}

// ParseFirmware reads a name of [Firmware.String].
func ParseFirmware(s string) (Firmware, error) {
	for f := range firmwareCount {
		if f.String() == s {
			return f, nil
		}
	}
	return 0, fmt.Errorf("%q is not a kind of firmware: expected bios, uefi, uboot, rpi or other", s)
}

// FirmwareNames lists every kind of firmware.
func FirmwareNames() []string {
	var names []string
	for f := range firmwareCount {
		names = append(names, f.String())
	}
	return names
}

// ParseArch reads a name of [Arch.String] or a number.
func ParseArch(s string) (Arch, error) {
	for a := range Arch(archCount) {
		if a.String() == s {
			return a, nil
		}
	}
	n, err := strconv.ParseUint(s, 10, 16)
	if err != nil {
		return 0, fmt.Errorf("%q is not an architecture: expected a name like bios, uefi-x64, uefi-arm64 or an IANA number", s)
	}
	return Arch(n), nil
}

// ArchNames lists every registered name in the order of the codes.
func ArchNames() []string {
	names := make([]string, archCount)
	for i := range names {
		names[i] = Arch(i).String()
	}
	return names
}

// CPUName takes what Linux distributions call an instruction set for our name of it; other names stay as they are.
func CPUName(s string) string {
	switch s {
	case "amd64", "x64", "x86-64":
		return "x86_64"
	case "aarch64":
		return "arm64"
	case "i686", "x86", "ia32":
		return "i386"
	case "loong64":
		return "loongarch64"
	}
	return s
}

// CPUNames lists every instruction set that a registered architecture has, each once.
func CPUNames() []string {
	var names []string
	seen := make(map[string]bool)
	for a := range Arch(archCount) {
		if !seen[a.CPU()] {
			seen[a.CPU()] = true
			names = append(names, a.CPU())
		}
	}
	return names
}

// String gives the short name; an unregistered code is its number.
func (a Arch) String() string { return a.info().name }

// Known reports whether the code is registered.
func (a Arch) Known() bool { return a < archCount }

// CPU names the instruction set as Linux and GRUB do: i386, x86_64, arm, arm64, riscv64, loongarch64, …
func (a Arch) CPU() string { return a.info().cpu }

// Firmware says what kind of program asks.
func (a Arch) Firmware() Firmware { return a.info().firmware }

// HTTP reports whether the code announces a client of HTTP Boot.
func (a Arch) HTTP() bool { return a.info().http }

// Plain gives the code whose programs this machine can run: HTTP variants lose the HTTP, 9 (EBC) becomes x64.
func (a Arch) Plain() Arch {
	switch a {
	case ArchEBC, ArchEBCHTTP:
		return ArchX64
	case ArchBIOSHTTP:
		return ArchBIOS
	case ArchIA32HTTP, ArchX64HTTP:
		return a - 9
	case ArchARM32HTTP, ArchARM64HTTP:
		return a - 8
	case ArchARM32UBootHT, ArchARM64UBootHT:
		return a - 2
	case 26, ArchRISCV64HTTP, 30, 38, ArchLoong64HTTP: // each follows its TFTP sibling
		return a - 1
	}
	return a
}

// Keys lists the names under which a configuration may speak of this architecture, the most specific first: its own
// name, that of the plain code, the instruction set, the firmware.
//
// A BIOS cannot say that its processor is a 64-bit one. Nearly every PC made since 2005 has one, so x86_64 is among the
// names of a BIOS machine, after i386.
func (a Arch) Keys() []string {
	plain := a.Plain()
	keys := make([]string, 0, 5)
	if plain != a {
		keys = append(keys, a.String())
	}
	keys = append(keys, plain.String(), plain.CPU())
	if plain == ArchBIOS {
		return append(keys, ArchX64.CPU())
	}
	return append(keys, plain.Firmware().String())
}
