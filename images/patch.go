// SPDX-License-Identifier: Apache-2.0

package images

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/pe"
)

// magic are the two comment lines in the embedded script of the iPXE builds of tinkerbell/ipxedust (EFI only: the BIOS
// build is compressed, and so are they). They stand before the script's first DHCP attempt; a script put in their place
// runs first, and what follows them runs only if it ends with a failure that it forgives ("||").
const magic = "#a8b7e61f1075c37a793f2f92cee89f7bba00c4a8d7842ce3d40b5889032d8881\n" +
	"#ddd16a4fc4926ecefdfb6941e33c44ed3647133638f5e84021ea44d3152e7f97"

// ScriptRoom is the longest script that PatchScript has room for, in bytes.
const ScriptRoom = len(magic)

// Errors of PatchScript.
var (
	ErrNoMagic       = errors.New("the file has no place for a script")
	ErrScriptTooLong = fmt.Errorf("the script is longer than the %d bytes there is room for", ScriptRoom)
)

// PatchScript gives f with script, padded by spaces, in the place of the two magic lines of an iPXE build. The size
// stays the same. The result owns f: closing it closes f; on error f stays the caller's. Nothing is copied: a thousand
// scripts for a thousand machines share one build.
func PatchScript(f boot.File, script string) (boot.File, error) {
	if len(script) > ScriptRoom {
		return nil, ErrScriptTooLong
	}
	at, err := findMagic(f)
	if err != nil {
		return nil, err
	}
	if at < 0 {
		return nil, ErrNoMagic
	}
	sum := sha256.Sum256([]byte(script))
	p := &patched{File: f, at: at, version: f.Version() + "-" + hex.EncodeToString(sum[:12])}
	copy(p.script[:], script+strings.Repeat(" ", ScriptRoom-len(script)))
	return p, nil
}

// patched overlays the script on another file.
type patched struct {
	boot.File
	at      int64
	script  [ScriptRoom]byte
	version string
}

// Version differs for each script.
func (p *patched) Version() string { return p.version }

// ReadAt follows io.ReaderAt.
func (p *patched) ReadAt(b []byte, off int64) (int, error) {
	n, err := p.File.ReadAt(b, off)
	from, to := max(off, p.at), min(off+int64(n), p.at+int64(ScriptRoom))
	if from < to {
		copy(b[from-off:to-off], p.script[from-p.at:])
	}
	return n, err
}

// marker is a file that knows where its magic lines are; negative: it has none.
type marker interface{ mark() int64 }

func findMagic(f boot.File) (int64, error) {
	if m, ok := f.(marker); ok {
		return m.mark(), nil
	}
	return scanMagic(f)
}

// scanMagic reads through f, at most maxScan bytes of it. A signed program has no place for a script: its signature would be worth
// nothing.
func scanMagic(f boot.File) (int64, error) {
	if pe.IsSigned(f, f.Size()) {
		return -1, nil
	}
	const step = 64 << 10
	buf := make([]byte, step+len(magic)-1) // pieces overlap so that no border cuts the lines in two
	for off := int64(0); off < min(f.Size(), maxScan); off += step {
		n, err := f.ReadAt(buf, off)
		if err != nil && !errors.Is(err, io.EOF) {
			return -1, err
		}
		if i := bytes.Index(buf[:n], []byte(magic)); i >= 0 {
			return off + int64(i), nil
		}
	}
	return -1, nil
}

// maxScan is more than any iPXE build has; a 5 GB ISO image is not read in search of a script.
const maxScan = 16 << 20
