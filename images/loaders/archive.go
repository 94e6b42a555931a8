// SPDX-License-Identifier: Apache-2.0

package loaders

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
)

// Bounds of an archive. iPXE's has 16 MiB with all that it comes with; a decompressor's window counts as memory.
const (
	maxUnpacked = 512 << 20
	maxEntries  = 20_000
	maxWindow   = 64 << 20
)

// entry is something in an archive.
type entry struct {
	name string // as it is written
	link string // what it is a link to; "": a file
	hard bool   // the link is by the archive's own name, not from its directory
	size int64
	r    io.Reader
}

// archive gives every file and link of a tar archive, compressed in whatever way, or of a Debian package.
func archive(r io.Reader, each func(entry) error) error {
	b := bufio.NewReaderSize(r, 512)
	head, err := b.Peek(512)
	switch {
	case bytes.HasPrefix(head, []byte("!<arch>\n")):
		return debian(b, each)
	case bytes.HasPrefix(head, []byte("\x1f\x8b")), bytes.HasPrefix(head, []byte("\xfd7zXZ\x00")), bytes.HasPrefix(head, []byte("\x28\xb5\x2f\xfd")):
		return unpack(b, head, each)
	case len(head) == 512 && string(head[257:262]) == "ustar":
		return untar(b, each)
	case err != nil && !errors.Is(err, io.EOF):
		return err
	}
	return errors.New("it is neither a tar archive (gzip, xz, zstd or plain) nor a Debian package")
}

// unpack takes off a compression, by its first bytes.
func unpack(r io.Reader, head []byte, each func(entry) error) error {
	switch head[0] {
	case '\x1f':
		z, err := gzip.NewReader(r)
		if err != nil {
			return err
		}
		return untar(z, each)
	case '\xfd':
		z, err := xz.ReaderConfig{DictCap: maxWindow}.NewReader(r)
		if err != nil {
			return err
		}
		return untar(z, each)
	default:
		z, err := zstd.NewReader(r, zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderConcurrency(1))
		if err != nil {
			return err
		}
		defer z.Close()
		return untar(z, each)
	}
}

func untar(r io.Reader, each func(entry) error) error {
	limited := &io.LimitedReader{R: r, N: maxUnpacked}
	t := tar.NewReader(limited)
	for n := 0; ; n++ {
		h, err := t.Next()
		switch {
		case errors.Is(err, io.EOF) && limited.N > 0:
			return nil
		case limited.N <= 0:
			return fmt.Errorf("it unpacks to more than %d bytes", maxUnpacked)
		case err != nil:
			return err
		case n >= maxEntries:
			return fmt.Errorf("it has more than %d files", maxEntries)
		}
		e := entry{name: h.Name, size: h.Size, r: t}
		switch h.Typeflag {
		case tar.TypeReg:
		case tar.TypeSymlink, tar.TypeLink:
			e.link, e.hard = h.Linkname, h.Typeflag == tar.TypeLink
		default:
			continue
		}
		if err := each(e); err != nil {
			return err
		}
	}
}

// debian finds the data of a package (deb(5)): an ar archive, whose members have headers of 60 bytes and begin at even places.
func debian(r io.Reader, each func(entry) error) error {
	if _, err := io.CopyN(io.Discard, r, 8); err != nil {
		return err
	}
	for {
		var h [60]byte
		if _, err := io.ReadFull(r, h[:]); err != nil {
			return errors.New("a Debian package without data.tar")
		}
		size, err := strconv.ParseInt(strings.TrimSpace(string(h[48:58])), 10, 64)
		if err != nil || size < 0 || string(h[58:]) != "`\n" {
			return errors.New("a Debian package with a member that has no size")
		}
		if strings.HasPrefix(string(h[:16]), "data.tar") {
			return archive(io.LimitReader(r, size), each)
		}
		if _, err := io.CopyN(io.Discard, r, size+size&1); err != nil {
			return errors.New("a Debian package that is cut off")
		}
	}
}
