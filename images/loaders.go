// SPDX-License-Identifier: Apache-2.0

package images

import (
	"bytes"
	"time"

	"github.com/tinkerbell/ipxedust/binary"

	"github.com/bootlace-net/bootlace/boot"
)

// embedded gives the iPXE builds by their names in the tree; THIRD_PARTY.md says where their source is. The arm64 build
// drives the network through the firmware (SNP); it goes by two names because both are in use.
func embedded() map[string]*marked {
	arm64 := newMarked(binary.SNP)
	return map[string]*marked{
		"undionly.kpxe":  newMarked(binary.Undionly),
		"ipxe.efi":       newMarked(binary.IpxeEFI),
		"ipxe-arm64.efi": arm64,
		"snp-arm64.efi":  arm64,
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
