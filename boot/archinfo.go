// SPDX-License-Identifier: Apache-2.0

package boot

import "strconv"

type archInfo struct {
	name     string
	cpu      string
	firmware Firmware
	http     bool
}

// info is the registry, codes 0 to 41; a switch, so that nobody can change it.
func (a Arch) info() archInfo {
	switch a {
	case 0:
		return archInfo{"bios", "i386", FirmwareBIOS, false}
	case 1:
		return archInfo{"pc98", "i386", FirmwareOther, false}
	case 2:
		return archInfo{"ia64", "ia64", FirmwareUEFI, false}
	case 3:
		return archInfo{"alpha", "alpha", FirmwareOther, false}
	case 4:
		return archInfo{"arc-x86", "i386", FirmwareOther, false}
	case 5:
		return archInfo{"intel-lean-client", "i386", FirmwareOther, false}
	case 6:
		return archInfo{"uefi-ia32", "i386", FirmwareUEFI, false}
	case 7:
		return archInfo{"uefi-x64", "x86_64", FirmwareUEFI, false}
	case 8:
		return archInfo{"xscale", "arm", FirmwareUEFI, false}
	case 9:
		return archInfo{"uefi-ebc", "x86_64", FirmwareUEFI, false}
	case 10:
		return archInfo{"uefi-arm32", "arm", FirmwareUEFI, false}
	case 11:
		return archInfo{"uefi-arm64", "arm64", FirmwareUEFI, false}
	case 12:
		return archInfo{"ppc-openfirmware", "ppc", FirmwareOther, false}
	case 13:
		return archInfo{"ppc-epapr", "ppc", FirmwareOther, false}
	case 14:
		return archInfo{"ppc-opal", "ppc64", FirmwareOther, false}
	case 15:
		return archInfo{"uefi-ia32-http", "i386", FirmwareUEFI, true}
	case 16:
		return archInfo{"uefi-x64-http", "x86_64", FirmwareUEFI, true}
	case 17:
		return archInfo{"uefi-ebc-http", "x86_64", FirmwareUEFI, true}
	case 18:
		return archInfo{"uefi-arm32-http", "arm", FirmwareUEFI, true}
	case 19:
		return archInfo{"uefi-arm64-http", "arm64", FirmwareUEFI, true}
	case 20:
		return archInfo{"bios-http", "i386", FirmwareBIOS, true}
	}
	return a.laterInfo()
}

// laterInfo holds the codes that came after RFC 5970: U-Boot, RISC-V, s390, MIPS, Sunway, LoongArch, Raspberry Pi.
func (a Arch) laterInfo() archInfo {
	switch a {
	case 21:
		return archInfo{"uboot-arm32", "arm", FirmwareUBoot, false}
	case 22:
		return archInfo{"uboot-arm64", "arm64", FirmwareUBoot, false}
	case 23:
		return archInfo{"uboot-arm32-http", "arm", FirmwareUBoot, true}
	case 24:
		return archInfo{"uboot-arm64-http", "arm64", FirmwareUBoot, true}
	case 25:
		return archInfo{"uefi-riscv32", "riscv32", FirmwareUEFI, false}
	case 26:
		return archInfo{"uefi-riscv32-http", "riscv32", FirmwareUEFI, true}
	case 27:
		return archInfo{"uefi-riscv64", "riscv64", FirmwareUEFI, false}
	case 28:
		return archInfo{"uefi-riscv64-http", "riscv64", FirmwareUEFI, true}
	case 29:
		return archInfo{"uefi-riscv128", "riscv128", FirmwareUEFI, false}
	case 30:
		return archInfo{"uefi-riscv128-http", "riscv128", FirmwareUEFI, true}
	case 31:
		return archInfo{"s390-basic", "s390x", FirmwareOther, false}
	case 32:
		return archInfo{"s390-extended", "s390x", FirmwareOther, false}
	case 33:
		return archInfo{"uefi-mips32", "mips", FirmwareUEFI, false}
	case 34:
		return archInfo{"uefi-mips64", "mips64", FirmwareUEFI, false}
	case 35:
		return archInfo{"uefi-sunway32", "sw", FirmwareUEFI, false}
	case 36:
		return archInfo{"uefi-sunway64", "sw64", FirmwareUEFI, false}
	case 37:
		return archInfo{"uefi-loong32", "loongarch32", FirmwareUEFI, false}
	case 38:
		return archInfo{"uefi-loong32-http", "loongarch32", FirmwareUEFI, true}
	case 39:
		return archInfo{"uefi-loong64", "loongarch64", FirmwareUEFI, false}
	case 40:
		return archInfo{"uefi-loong64-http", "loongarch64", FirmwareUEFI, true}
	case 41:
		return archInfo{"rpi", "arm64", FirmwareRPi, false}
	}
	return archInfo{name: strconv.Itoa(int(a)), cpu: "unknown"}
}
