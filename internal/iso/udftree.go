// SPDX-License-Identifier: Apache-2.0

package iso

import (
	"encoding/binary"
	"fmt"
	"io/fs"
	"strings"
)

// Characteristics of a File Identifier Descriptor, ECMA-167 4/14.4.3.
const (
	idDeleted = 0x04
	idParent  = 0x08
)

// udfReader reads the directories of a UDF volume.
type udfReader struct {
	*udfVolume
	src *source
}

// read fills the tree from the file set's root, ECMA-167 4/14.1.
func (v *udfVolume) read(src *source, into *Entry) error {
	a := allocations{src: src, block: v.block, parts: v.parts}
	set, _, err := a.descriptor("file set descriptor", v.fileSet, tagFileSet)
	if err != nil {
		return err
	}
	root, err := v.entry(src, readLongAD(set[400:]))
	if err != nil {
		return err
	}
	if !root.mode.IsDir() {
		return wrong(root.offset+27, "root directory", "it is a file of type %d", root.kind)
	}
	into.Mode, into.ModTime = root.mode, root.time
	return fill(&udfReader{v, src}, &place{dir: into, at: root.offset, length: root.size, icb: root})
}

func (v *udfVolume) entry(src *source, at longAD) (*fileEntry, error) {
	return readEntry(src, v.block, v.parts, at)
}

// directory reads one directory: File Identifier Descriptors one behind the other, whatever blocks they cross.
func (r *udfReader) directory(p *place) (below []*place, err error) {
	if err := p.check(p.at); err != nil {
		return nil, err
	}
	content := spreadOf(p.icb.extents)
	b, err := readSpread(r.src, p.field(), p.icb)
	if err != nil {
		return nil, err
	}
	p.icb = nil // its extents are not needed any more
	for at := int64(0); at < int64(len(b)); {
		id, err := r.identifier(b[at:], p, content, at)
		if err != nil {
			return nil, err
		}
		at += id.length
		if id.flags&(idDeleted|idParent) != 0 {
			continue
		}
		sub, err := r.add(p, id)
		if err != nil {
			return nil, err
		}
		if sub != nil {
			below = append(below, sub)
		}
	}
	return below, nil
}

// identifier is one File Identifier Descriptor, ECMA-167 4/14.4.
type identifier struct {
	offset int64 // in the image
	length int64
	flags  byte
	icb    longAD
	name   string
}

func (r *udfReader) identifier(b []byte, p *place, content *spread, at int64) (identifier, error) {
	id := identifier{}
	if pieces, ok := content.slice(at, 1); ok {
		id.offset = pieces[0].Offset
	}
	if len(b) < 38 {
		return id, wrong(id.offset, p.field(), "its last entry is cut short")
	}
	use := int(binary.LittleEndian.Uint16(b[36:]))
	end := 38 + use + int(b[19])
	if id.length = int64(end+3) &^ 3; id.length > int64(len(b)) {
		return id, wrong(id.offset+36, p.field(), "an entry of %d bytes does not fit into it", id.length)
	}
	if err := checkTag(b[:id.length], id.offset, p.field()+": entry", tagFileID); err != nil {
		return id, err
	}
	id.flags, id.icb = b[18], readLongAD(b[20:])
	name, ok := compressedUnicode(b[38+use : end])
	if id.name = name; !ok && id.flags&(idDeleted|idParent) == 0 {
		return id, wrong(id.offset+38, p.field(), "a name is of an encoding %d that does not exist", b[38+use])
	}
	return id, nil
}

// add reads the file entry that a name stands for, and queues it if it is a directory.
func (r *udfReader) add(p *place, id identifier) (*place, error) {
	f, err := r.entry(r.src, id.icb)
	if err != nil {
		return nil, fmt.Errorf("%.200q: %w", p.path(id.name), err)
	}
	e := &Entry{Name: id.name, Mode: f.mode, ModTime: f.time}
	switch {
	case e.Mode.IsRegular():
		e.Extents, e.Size = f.extents, f.size
	case e.Mode&fs.ModeSymlink != 0:
		if e.Link, err = r.link(f); err != nil {
			return nil, err
		}
	}
	if err := p.add(r.src, id.offset, e); err != nil || !e.Mode.IsDir() {
		return nil, err
	}
	sub, err := p.under(e, id.offset, Extent{f.offset, f.size})
	if sub != nil {
		sub.icb = f
	}
	return sub, err
}

// link reads a symbolic link's target, ECMA-167 4/14.16.1: components of a type, a length, a version and a name.
func (r *udfReader) link(f *fileEntry) (string, error) {
	if f.size > mostPath {
		return "", wrong(f.offset+56, "symbolic link", "its target is longer than %d bytes", mostPath)
	}
	b, err := readSpread(r.src, "symbolic link", f)
	if err != nil {
		return "", err
	}
	var l linkTarget
	for len(b) > 0 {
		if len(b) < 4 || 4+int(b[1]) > len(b) {
			return "", wrong(f.offset, "symbolic link", "a part is longer than the link")
		}
		name, _ := compressedUnicode(b[4 : 4+int(b[1])])
		switch b[0] {
		case 1, 2:
			l.root, l.parts = true, nil
		case 3:
			l.parts = append(l.parts, "..")
		case 4:
			l.parts = append(l.parts, ".")
		default:
			l.parts = append(l.parts, strings.TrimRight(name, "\x00"))
		}
		b = b[4+int(b[1]):]
	}
	return l.String(), nil
}
