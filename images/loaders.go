// SPDX-License-Identifier: Apache-2.0

package images

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"time"

	"github.com/tinkerbell/ipxedust/binary"

	"github.com/bootlace-net/bootlace/boot"
)

// EmbeddedIPXE is the iPXE commit that the embedded builds were made from (https://github.com/ipxe/ipxe/tree/<commit>),
// and EmbeddedBuild the module with the build's scripts and configuration (its folder binary/script). iPXE is
// distributed under GPLv2 or later; these two are the pointer to the corresponding source.
const (
	EmbeddedIPXE  = "0cc8177cf798bb4cb0cabd1863056ee0245560d5"
	EmbeddedBuild = "github.com/tinkerbell/ipxedust@v0.0.0-20250812160707-a4542aee25c6"
)

// embedded gives the iPXE builds by their names in the tree. The arm64 build drives the network through the firmware
// (SNP); it goes by two names because both are in use.
func embedded() map[string]*memFile {
	arm64 := newMemFile(binary.SNP)
	return map[string]*memFile{
		"undionly.kpxe":  newMemFile(binary.Undionly),
		"ipxe.efi":       newMemFile(binary.IpxeEFI),
		"ipxe-arm64.efi": arm64,
		"snp-arm64.efi":  arm64,
	}
}

// memFile is an embedded file. One value serves all who open it: it has no position and nothing to close.
type memFile struct {
	b       []byte
	version string
	magic   int64
}

var _ boot.File = (*memFile)(nil)

func newMemFile(b []byte) *memFile {
	sum := sha256.Sum256(b)
	return &memFile{b: b, version: hex.EncodeToString(sum[:12]), magic: int64(bytes.Index(b, []byte(magic)))}
}

// ReadAt follows io.ReaderAt.
func (m *memFile) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 || off >= int64(len(m.b)) {
		return 0, io.EOF
	}
	n := copy(p, m.b[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (m *memFile) Size() int64        { return int64(len(m.b)) }
func (m *memFile) ModTime() time.Time { return time.Time{} } // of the build, which means nothing to clients
func (m *memFile) Version() string    { return m.version }
func (m *memFile) Close() error       { return nil }
func (m *memFile) mark() int64        { return m.magic }
