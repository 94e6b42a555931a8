// SPDX-License-Identifier: Apache-2.0

package images

import (
	"os"
	"sync"

	"github.com/bootlace-net/bootlace/boot"
)

// markedFile is a file of the operator whose magic lines are looked for once for all files of the same version.
type markedFile struct {
	boot.File
	marks *marks
}

var _ boot.File = markedFile{}

func (f markedFile) mark() int64 { return f.marks.of(f) }

// Piece is that of the file: only a patch of it is bytes that lie nowhere.
func (f markedFile) Piece(off int64) (*os.File, int64, int64) {
	if d, ok := f.File.(interface {
		Piece(int64) (*os.File, int64, int64)
	}); ok {
		return d.Piece(off)
	}
	return nil, 0, 0
}

// marks remembers where files hold their magic lines, by version: a loader is opened twice in every UEFI boot, and
// reading a megabyte each time would cost more than sending it.
type marks struct {
	mu sync.Mutex
	at map[string]int64
}

// maxMarks bounds the memory; an operator has a handful of loaders.
const maxMarks = 256

func (m *marks) of(f boot.File) int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	if at, ok := m.at[f.Version()]; ok {
		return at
	}
	at, err := scanMagic(f)
	if err != nil {
		return -1 // unreadable now; whoever serves it will meet the error
	}
	if m.at == nil || len(m.at) >= maxMarks {
		m.at = make(map[string]int64)
	}
	m.at[f.Version()] = at
	return at
}
