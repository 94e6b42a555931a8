// SPDX-License-Identifier: Apache-2.0

package iso

import (
	"encoding/binary"
	"io/fs"
	"time"
)

// Types of files, ECMA-167 4/14.6.6 and UDF section 2.3.5.2.
const (
	fileDirectory    = 4
	fileBlockDevice  = 6
	fileCharDevice   = 7
	fileFIFO         = 9
	fileSocket       = 10
	fileLink         = 12
	fileVirtualTable = 248
)

// fileEntry is a File Entry or an Extended File Entry, ECMA-167 4/14.9 and 4/14.17.
type fileEntry struct {
	offset  int64 // in the image
	kind    byte
	mode    fs.FileMode
	size    int64
	time    time.Time
	extents []Extent
}

// fileForm is where the two kinds of entries have their fields.
type fileForm struct{ time, attributes, header int }

func formOf(tag int) fileForm {
	if tag == tagExtendedFile {
		return fileForm{92, 208, 216}
	}
	return fileForm{84, 168, 176}
}

// readEntry reads the file entry that stands in a block of one of the partitions.
func readEntry(src *source, block int64, parts []*spread, at longAD) (*fileEntry, error) {
	a := allocations{src: src, block: block, parts: parts, own: at.partition}
	b, offset, err := a.descriptor("file entry", at, tagFile, tagExtendedFile)
	if err != nil {
		return nil, err
	}
	form := formOf(tagID(b))
	f := &fileEntry{offset: offset, kind: b[27], size: int64(binary.LittleEndian.Uint64(b[56:])), time: timestamp(b[form.time:])}
	f.mode = udfMode(f.kind, binary.LittleEndian.Uint32(b[44:]), binary.LittleEndian.Uint16(b[34:]))
	if strategy := binary.LittleEndian.Uint16(b[20:]); strategy != 4 {
		return nil, wrong(offset+20, "file entry", "strategy %d, of media that are written once, is not known here", strategy)
	}
	begin := int64(form.header) + int64(binary.LittleEndian.Uint32(b[form.attributes:]))
	length := int64(binary.LittleEndian.Uint32(b[form.attributes+4:]))
	if begin > block || length > block-begin {
		return nil, wrong(offset+int64(form.attributes), "file entry", "its attributes and extents do not fit into its block")
	}
	return f, a.fill(f, b[begin:begin+length], offset+begin, binary.LittleEndian.Uint16(b[34:])&7)
}

// timestamp reads ECMA-167 1/7.3: twelve bits of minutes from Greenwich, then a date.
func timestamp(b []byte) time.Time {
	year := int(binary.LittleEndian.Uint16(b[2:]))
	if b[4] == 0 {
		return time.Time{}
	}
	zone := int(int16(binary.LittleEndian.Uint16(b)<<4)) >> 4
	if zone < -1440 || zone > 1440 {
		zone = 0 // -2047: not said
	}
	t := time.Date(year, time.Month(b[4]), int(b[5]), int(b[6]), int(b[7]), int(b[8]), 0, time.UTC)
	return t.Add(-time.Duration(zone) * time.Minute)
}

// udfMode makes a mode of five bits for each of others, group and owner (ECMA-167 4/14.9.5) and the flags of the ICB (4/14.6.8).
func udfMode(kind byte, permissions uint32, flags uint16) fs.FileMode {
	mode := fs.FileMode(permissions&7 | permissions>>5&7<<3 | permissions>>10&7<<6)
	for i, flag := range [...]fs.FileMode{fs.ModeSetuid, fs.ModeSetgid, fs.ModeSticky} {
		if flags&(1<<(6+i)) != 0 {
			mode |= flag
		}
	}
	switch kind {
	case fileDirectory:
		mode |= fs.ModeDir
	case fileLink:
		mode |= fs.ModeSymlink
	case fileBlockDevice:
		mode |= fs.ModeDevice
	case fileCharDevice:
		mode |= fs.ModeDevice | fs.ModeCharDevice
	case fileFIFO:
		mode |= fs.ModeNamedPipe
	case fileSocket:
		mode |= fs.ModeSocket
	}
	return mode
}
