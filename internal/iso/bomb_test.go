// SPDX-License-Identifier: Apache-2.0

package iso_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/internal/iso"
)

// endless is an image of 8 TiB of which every sector is a directory full of others, each somewhere else.
type endless struct {
	head  []byte // the system area and the descriptors
	reads int
	most  uint64 // bytes in use when it was read
}

func (e *endless) ReadAt(p []byte, offset int64) (int, error) {
	for i := 0; i < len(p); {
		at := offset + int64(i)
		if at < int64(len(e.head)) {
			i += copy(p[i:], e.head[at:])
			continue
		}
		i += copy(p[i:], bomb(at / 2048)[at%2048:])
	}
	if e.reads++; e.reads%50 == 0 {
		var stats runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&stats)
		e.most = max(e.most, stats.HeapAlloc)
	}
	return len(p), nil
}

// bomb is one sector of 8 records with names as long as they come. Each is a directory of 64 such sectors elsewhere, two levels deep.
func bomb(number int64) []byte {
	sector := make([]byte, 2048)
	level := number >> 28
	for i := range 8 {
		r := sector[i*254:]
		r[0], r[32] = 254, 220
		if level < 2 {
			r[25] = 2
			binary.LittleEndian.PutUint32(r[2:], uint32(level+1)<<28|uint32(number*512+int64(i)*64)&(1<<28-1))
			binary.LittleEndian.PutUint32(r[10:], 64*2048)
		}
		copy(r[33:253], fmt.Sprintf("%0220d", number*8+int64(i)))
	}
	return sector
}

func TestDirectoryBomb(t *testing.T) {
	e := &endless{head: small(t)[:18*2048]}
	copy(e.head[17*2048:], "\xffCD001\x01")
	binary.LittleEndian.PutUint32(e.head[16*2048+156+2:], 100)
	binary.LittleEndian.PutUint32(e.head[16*2048+156+10:], 64*2048)
	_, err := iso.New(io.ReaderAt(e), 1<<43)
	var format *iso.FormatError
	if !errors.As(err, &format) || !strings.Contains(err.Error(), "more than") {
		t.Fatalf("%v; want it to be too much", err)
	}
	if e.most > 128<<20 || e.most == 0 {
		t.Errorf("%d bytes were in use after %d reads; the package promises less than 128 MiB", e.most, e.reads)
	}
	t.Logf("%v: %d reads, %d MiB", err, e.reads, e.most>>20)
}
