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

// Firmware is the kind of program that asks, as far as it matters for what can be started.
type Firmware uint8

// The kinds of firmware.
const (
	FirmwareOther Firmware = iota // Open Firmware, OPAL, s390, and numbers nobody registered
	FirmwareBIOS
	FirmwareUEFI
	FirmwareUBoot
	FirmwareRPi
)

// String names the firmware as YAML writes it.
func (f Firmware) String() string {
	return [...]string{"other", "bios", "uefi", "uboot", "rpi"}[f]
}

type archInfo struct {
	name     string
	cpu      string // as Linux and GRUB name it: i386, x86_64, arm, arm64, riscv64, loongarch64
	firmware Firmware
	http     bool
}

// archTable is the registry as of 2026, codes 0 to 41.
var archTable = [...]archInfo{
	0:  {"bios", "i386", FirmwareBIOS, false},
	1:  {"pc98", "i386", FirmwareOther, false},
	2:  {"ia64", "ia64", FirmwareUEFI, false},
	3:  {"alpha", "alpha", FirmwareOther, false},
	4:  {"arc-x86", "i386", FirmwareOther, false},
	5:  {"intel-lean-client", "i386", FirmwareOther, false},
	6:  {"uefi-ia32", "i386", FirmwareUEFI, false},
	7:  {"uefi-x64", "x86_64", FirmwareUEFI, false},
	8:  {"xscale", "arm", FirmwareUEFI, false},
	9:  {"uefi-ebc", "x86_64", FirmwareUEFI, false},
	10: {"uefi-arm32", "arm", FirmwareUEFI, false},
	11: {"uefi-arm64", "arm64", FirmwareUEFI, false},
	12: {"ppc-openfirmware", "ppc", FirmwareOther, false},
	13: {"ppc-epapr", "ppc", FirmwareOther, false},
	14: {"ppc-opal", "ppc64", FirmwareOther, false},
	15: {"uefi-ia32-http", "i386", FirmwareUEFI, true},
	16: {"uefi-x64-http", "x86_64", FirmwareUEFI, true},
	17: {"uefi-ebc-http", "x86_64", FirmwareUEFI, true},
	18: {"uefi-arm32-http", "arm", FirmwareUEFI, true},
	19: {"uefi-arm64-http", "arm64", FirmwareUEFI, true},
	20: {"bios-http", "i386", FirmwareBIOS, true},
	21: {"uboot-arm32", "arm", FirmwareUBoot, false},
	22: {"uboot-arm64", "arm64", FirmwareUBoot, false},
	23: {"uboot-arm32-http", "arm", FirmwareUBoot, true},
	24: {"uboot-arm64-http", "arm64", FirmwareUBoot, true},
	25: {"uefi-riscv32", "riscv32", FirmwareUEFI, false},
	26: {"uefi-riscv32-http", "riscv32", FirmwareUEFI, true},
	27: {"uefi-riscv64", "riscv64", FirmwareUEFI, false},
	28: {"uefi-riscv64-http", "riscv64", FirmwareUEFI, true},
	29: {"uefi-riscv128", "riscv128", FirmwareUEFI, false},
	30: {"uefi-riscv128-http", "riscv128", FirmwareUEFI, true},
	31: {"s390-basic", "s390x", FirmwareOther, false},
	32: {"s390-extended", "s390x", FirmwareOther, false},
	33: {"uefi-mips32", "mips", FirmwareUEFI, false},
	34: {"uefi-mips64", "mips64", FirmwareUEFI, false},
	35: {"uefi-sunway32", "sw", FirmwareUEFI, false},
	36: {"uefi-sunway64", "sw64", FirmwareUEFI, false},
	37: {"uefi-loong32", "loongarch32", FirmwareUEFI, false},
	38: {"uefi-loong32-http", "loongarch32", FirmwareUEFI, true},
	39: {"uefi-loong64", "loongarch64", FirmwareUEFI, false},
	40: {"uefi-loong64-http", "loongarch64", FirmwareUEFI, true},
	41: {"rpi", "arm64", FirmwareRPi, false},
}

// plainOf maps what boots the same program to one code: HTTP variants to the TFTP one, EBC to x64.
var plainOf = map[Arch]Arch{
	9: 7, 15: 6, 16: 7, 17: 7, 18: 10, 19: 11, 20: 0, 23: 21, 24: 22, 26: 25, 28: 27, 30: 29, 38: 37, 40: 39,
}

// ParseArch reads a name of [Arch.String] or a number.
func ParseArch(s string) (Arch, error) {
	for i := range archTable {
		if archTable[i].name == s {
			return Arch(i), nil
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
	names := make([]string, len(archTable))
	for i := range archTable {
		names[i] = archTable[i].name
	}
	return names
}

func (a Arch) info() archInfo {
	if int(a) < len(archTable) {
		return archTable[a]
	}
	return archInfo{name: strconv.Itoa(int(a)), cpu: "unknown"}
}

// String gives the short name; an unregistered code is its number.
func (a Arch) String() string { return a.info().name }

// Known reports whether the code is registered.
func (a Arch) Known() bool { return int(a) < len(archTable) }

// CPU names the instruction set: i386, x86_64, arm, arm64, riscv64, loongarch64, …
func (a Arch) CPU() string { return a.info().cpu }

// Firmware says what kind of program asks.
func (a Arch) Firmware() Firmware { return a.info().firmware }

// HTTP reports whether the code announces a client of HTTP Boot.
func (a Arch) HTTP() bool { return a.info().http }

// Plain gives the code whose programs this machine can run: HTTP variants lose the HTTP, 9 (EBC) becomes x64.
func (a Arch) Plain() Arch {
	if p, ok := plainOf[a]; ok {
		return p
	}
	return a
}
