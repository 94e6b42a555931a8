// SPDX-License-Identifier: Apache-2.0

package images

import (
	"bytes"
	"time"

	"github.com/tinkerbell/ipxedust/binary"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/third_party/ipxe"
)

// embedded gives the iPXE builds by their names in the tree; THIRD_PARTY.md says where their source is. Those of ipxedust have room for a
// script; those of iPXE 2 have none, and fetch autoexec.ipxe from where they came from.
func embedded() map[string]*marked {
	return map[string]*marked{
		"undionly.kpxe":        newMarked(binary.Undionly),
		"ipxe.efi":             newMarked(binary.IpxeEFI),
		"snponly.efi":          newMarked(ipxe.SNPOnlyX64),
		"snp-arm64.efi":        newMarked(binary.SNP),
		"ipxe-arm64.efi":       newMarked(ipxe.ARM64),
		"ipxe-riscv64.efi":     newMarked(ipxe.RISCV64),
		"ipxe-loongarch64.efi": newMarked(ipxe.Loong64),
	}
}

// marked is an embedded file that knows where its magic lines are.
type marked struct {
	*boot.MemFile
	at int64
}

func newMarked(b []byte) *marked {
	return &marked{boot.NewMemFile(b, time.Time{}), int64(bytes.Index(b, []byte(magic)))} // the time of the build means nothing to clients
}

func (m *marked) mark() int64 { return m.at }
