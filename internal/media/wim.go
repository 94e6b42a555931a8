// SPDX-License-Identifier: Apache-2.0

package media

import (
	"encoding/binary"
	"io"
	"regexp"
	"unicode/utf16"
)

// wimFacts is what a WIM says of the first system in it.
type wimFacts struct{ name, version, arch string }

var (
	wimName  = regexp.MustCompile(`<NAME>([^<]{1,200})</NAME>`)
	wimArch  = regexp.MustCompile(`<ARCH>([0-9]{1,3})</ARCH>`)
	wimBuild = regexp.MustCompile(`<MAJOR>([0-9]{1,4})</MAJOR>\s*<MINOR>([0-9]{1,4})</MINOR>\s*<BUILD>([0-9]{1,6})</BUILD>`)
)

// wim reads the description in a Windows Imaging file: the header says at byte 72 how long it is (in seven bytes) and where.
func (l *look) wim(name string) (about wimFacts) {
	e := l.file(name)
	if e == nil {
		return about
	}
	r, err := l.image.Content(e)
	if err != nil {
		return about
	}
	head := make([]byte, 208)
	if _, err := r.ReadAt(head, 0); err != nil || string(head[:8]) != "MSWIM\x00\x00\x00" {
		return about
	}
	length := binary.LittleEndian.Uint64(head[72:]) & (1<<56 - 1)
	at := binary.LittleEndian.Uint64(head[80:])
	if length > mostConfig || at > uint64(e.Size) {
		return about
	}
	b, _ := io.ReadAll(io.NewSectionReader(r, int64(at), int64(length))) // what is cut short says less
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return readWIM(string(utf16.Decode(units)))
}

func readWIM(xml string) (about wimFacts) {
	if found := wimName.FindStringSubmatch(xml); found != nil {
		about.name = title(found[1])
	}
	if found := wimBuild.FindStringSubmatch(xml); found != nil {
		about.version = found[1] + "." + found[2] + "." + found[3]
	}
	if found := wimArch.FindStringSubmatch(xml); found != nil { // as Windows counts processor architectures
		about.arch = map[string]string{"0": "i386", "9": "x86_64", "12": "arm64"}[found[1]]
	}
	return about
}
