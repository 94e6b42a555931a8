// SPDX-License-Identifier: Apache-2.0

package iso

import (
	"io/fs"
	"strings"
	"time"
)

// ridge is what the Rock Ridge fields of a record say.
type ridge struct {
	name      []byte
	link      linkTarget
	mode      fs.FileMode
	hasMode   bool
	time      time.Time
	child     int64 // where a relocated directory really lies, in bytes
	relocated bool  // this is that place, which is shown elsewhere
	refusal   string
	size      int64 // of what a refused file unpacks to
}

// ridge reads a record's fields, RRIP section 4.
func (r *isoReader) ridge(rec record) (about ridge, err error) {
	err = r.fields(rec, func(f field) error { return about.take(f, r.block) })
	return about, err
}

func (a *ridge) take(f field, block int64) error {
	switch f.signature {
	case "NM":
		return a.takeName(f)
	case "PX":
		return a.takeMode(f)
	case "SL":
		return a.takeLink(f)
	case "TF":
		a.takeTime(f)
	case "CL":
		if err := f.need(8); err != nil {
			return err
		}
		a.child = f.uint32(0) * block
	case "RE":
		a.relocated = true
	case "ZF":
		return a.takeCompressed(f)
	case "SF":
		a.refusal = "it is a sparse file of Rock Ridge (SF), which no system writes"
	}
	return nil
}

// takeName puts the parts of a name together, RRIP section 4.1.4. Flags: 2 and 4 are the directory and its parent.
func (a *ridge) takeName(f field) error {
	if err := f.need(1); err != nil {
		return err
	}
	if f.body[0]&6 == 0 {
		a.name = append(a.name, f.body[1:]...)
	}
	if len(a.name) > 2*mostName {
		return wrong(f.offset, "Rock Ridge name", "it is longer than %d bytes", mostName)
	}
	return nil
}

func (a *ridge) takeMode(f field) error {
	if err := f.need(8); err != nil {
		return err
	}
	a.mode, a.hasMode = unixMode(uint32(f.uint32(0))), true
	return nil
}

// takeTime finds the time of modification, RRIP section 4.1.6: bit 0 says that one of creation stands before it, bit 7 that all
// are of the long form.
func (a *ridge) takeTime(f field) {
	if f.need(1) != nil || f.body[0]&0x82 != 2 {
		return
	}
	at := 1 + 7*int(f.body[0]&1)
	if len(f.body) >= at+7 {
		a.time = shortTime(f.body[at : at+7])
	}
}

// takeCompressed recognises zisofs: "pz", header size, block size, size when unpacked.
func (a *ridge) takeCompressed(f field) error {
	if err := f.need(8); err != nil {
		return err
	}
	a.refusal = "it is compressed with zisofs; make the image without"
	a.size = f.uint32(4)
	return nil
}

// describe puts all that into an entry.
func (a *ridge) describe(e *Entry) {
	e.Name = text(a.name)
	if a.hasMode {
		e.Mode = a.mode
	}
	if a.child != 0 { // its record is that of a file, RRIP section 4.1.5
		e.Mode = fs.ModeDir | e.Mode.Perm()
	}
	if !a.time.IsZero() {
		e.ModTime = a.time
	}
	if e.Mode&fs.ModeSymlink != 0 {
		e.Link = a.link.String()
	}
	if a.refusal != "" && e.Mode.IsRegular() {
		e.Refusal, e.Size = a.refusal, a.size
	}
}

// linkTarget is a target whose parts come one by one.
type linkTarget struct {
	parts []string
	root  bool
	goOn  bool // the last part is not complete
	bytes int
}

func (l *linkTarget) String() string {
	path := strings.Join(l.parts, "/")
	if l.root {
		return "/" + path
	}
	return path
}

// unixMode makes Go's mode of POSIX's.
func unixMode(m uint32) fs.FileMode {
	mode := fs.FileMode(m & 0o777)
	for i, flag := range [...]fs.FileMode{fs.ModeSticky, fs.ModeSetgid, fs.ModeSetuid} {
		if m&(0o1000<<i) != 0 {
			mode |= flag
		}
	}
	switch m & 0o170000 {
	case 0o040000:
		mode |= fs.ModeDir
	case 0o120000:
		mode |= fs.ModeSymlink
	case 0o020000:
		mode |= fs.ModeDevice | fs.ModeCharDevice
	case 0o060000:
		mode |= fs.ModeDevice
	case 0o010000:
		mode |= fs.ModeNamedPipe
	case 0o140000:
		mode |= fs.ModeSocket
	}
	return mode
}
