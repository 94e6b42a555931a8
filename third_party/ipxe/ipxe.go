// SPDX-License-Identifier: Apache-2.0

// Package ipxe carries builds of iPXE 2 that Debian made: separate programs under the GPL, which the machines that are booted run.
// SHA256SUMS says what they are, and THIRD_PARTY.md where they came from and where their source is.
package ipxe

import _ "embed" // of the programs

// The programs, by what they are for. That for x86-64 uses the firmware's network driver, the others have drivers of their own, and take
// the firmware's where they have none.
var (
	//go:embed snponly-x86_64.efi
	SNPOnlyX64 []byte
	//go:embed ipxe-arm64.efi
	ARM64 []byte
	//go:embed ipxe-riscv64.efi
	RISCV64 []byte
	//go:embed ipxe-loongarch64.efi
	Loong64 []byte
)
