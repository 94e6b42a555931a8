// SPDX-License-Identifier: Apache-2.0

package site

import (
	"fmt"
	"io"
	"io/fs"
	"math"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// placed opens a file of the store as an archive of that file alone, by a name, which Linux unpacks into its ramdisk. It is made while it is
// read.
func (s *Site) placed(as, path string, v boot.Visit, p boot.Plan) (boot.File, error) {
	n, err := boot.ParseName(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", fs.ErrInvalid, err)
	}
	v.Name = n.For(v.Name.Machine)
	if s.Menus.Withheld(v, p) {
		return nil, fs.ErrNotExist
	}
	f, err := s.image(n.Path(), v, p)
	if err != nil {
		return nil, err
	}
	if f.Size() > math.MaxUint32 {
		_ = f.Close() // only read
		return nil, fmt.Errorf("%w: it is larger than 4 GiB, which no archive for Linux' ramdisk can hold", fs.ErrInvalid)
	}
	return archive(as, f), nil
}

// archived is a file between the head and the tail of an archive in newc format (Linux, Documentation/driver-api/early-userspace/
// buffer-format.rst).
type archived struct {
	boot.File
	head, tail string
	name       string
}

func archive(name string, f boot.File) *archived {
	pad := strings.Repeat("\x00", int(-f.Size()&3))
	return &archived{f, newcHead(name, 0o100644, f.Size()), pad + newcHead("TRAILER!!!", 0, 0), name}
}

// newcHead is the header of an entry: thirteen numbers of eight digits, and the name with its end, to a multiple of four.
func newcHead(name string, mode, size int64) string {
	var b strings.Builder
	b.WriteString("070701")
	for _, n := range []int64{1, mode, 0, 0, 1, 0, size, 0, 0, 0, 0, int64(len(name)) + 1, 0} {
		_, _ = fmt.Fprintf(&b, "%08x", n) // a Builder does not fail
	}
	b.WriteString(name + "\x00")
	b.WriteString(strings.Repeat("\x00", -b.Len()&3))
	return b.String()
}

// Size is that of the archive.
func (a *archived) Size() int64 { return int64(len(a.head)) + a.File.Size() + int64(len(a.tail)) }

// Version tells it from the file, and from the same by another name.
func (a *archived) Version() string {
	if v := a.File.Version(); v != "" {
		return v + "-newc-" + a.name
	}
	return ""
}

// ReadAt follows io.ReaderAt.
func (a *archived) ReadAt(p []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, fs.ErrInvalid
	}
	h, size := int64(len(a.head)), a.File.Size()
	for _, part := range [...]struct {
		at, size int64
		r        io.ReaderAt
	}{{0, h, strings.NewReader(a.head)}, {h, size, a.File}, {h + size, int64(len(a.tail)), strings.NewReader(a.tail)}} {
		for n < len(p) && off+int64(n) < part.at+part.size {
			from := off + int64(n) - part.at
			m, err := part.r.ReadAt(p[n:n+int(min(int64(len(p)-n), part.size-from))], from)
			if n += m; m == 0 {
				return n, err
			}
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}
