// SPDX-License-Identifier: Apache-2.0

package pe

import (
	"debug/pe"
	"fmt"
)

// Machine is the processor that a program is for, as PE numbers them.
type Machine uint16

// CPU names the instruction set: "i386", "x86_64", "arm", "arm64", "riscv32", "riscv64", "riscv128", "loongarch32", "loongarch64", "ia64",
// "ebc" (EFI byte code), or "" for another one.
func (m Machine) CPU() string {
	switch m {
	case pe.IMAGE_FILE_MACHINE_I386:
		return "i386"
	case pe.IMAGE_FILE_MACHINE_AMD64:
		return "x86_64"
	case pe.IMAGE_FILE_MACHINE_ARM, pe.IMAGE_FILE_MACHINE_ARMNT, pe.IMAGE_FILE_MACHINE_THUMB:
		return "arm"
	case pe.IMAGE_FILE_MACHINE_ARM64:
		return "arm64"
	case pe.IMAGE_FILE_MACHINE_IA64:
		return "ia64"
	case pe.IMAGE_FILE_MACHINE_EBC:
		return "ebc"
	}
	return m.laterCPU()
}

func (m Machine) laterCPU() string {
	switch m {
	case pe.IMAGE_FILE_MACHINE_RISCV32:
		return "riscv32"
	case pe.IMAGE_FILE_MACHINE_RISCV64:
		return "riscv64"
	case pe.IMAGE_FILE_MACHINE_RISCV128:
		return "riscv128"
	case pe.IMAGE_FILE_MACHINE_LOONGARCH32:
		return "loongarch32"
	case pe.IMAGE_FILE_MACHINE_LOONGARCH64:
		return "loongarch64"
	}
	return ""
}

// String gives the instruction set, or the number of one that has no name here.
func (m Machine) String() string {
	if cpu := m.CPU(); cpu != "" {
		return cpu
	}
	return fmt.Sprintf("machine %#04x", uint16(m))
}

// MarshalText follows encoding.TextMarshaler.
func (m Machine) MarshalText() ([]byte, error) { return []byte(m.String()), nil }
