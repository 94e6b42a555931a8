// SPDX-License-Identifier: Apache-2.0

package cpio

import (
	"errors"
	"fmt"
	"strconv"
)

// ErrFormat says that the bytes are no newc archive, or a cut one.
var ErrFormat = errors.New("not a newc archive")

// Read gives the entries of the archive at the beginning of data. Bodies are parts of data, not copies.
// What follows the trailer (a second archive, padding) is not looked at.
func Read(data []byte) ([]Entry, error) {
	var out []Entry
	for pos := 0; ; {
		e, next, err := readEntry(data, pos)
		if err != nil {
			return nil, err
		}
		if e.Name == trailer {
			return out, nil
		}
		out, pos = append(out, e), next
	}
}

func readEntry(data []byte, pos int) (Entry, int, error) {
	f, err := readHeader(data, pos)
	if err != nil {
		return Entry{}, 0, err
	}
	name := pos + headerSize
	body := name + int(f[fieldNameSize])
	body += pad(body)
	end := body + int(f[fieldSize])
	if f[fieldNameSize] == 0 || end > len(data) {
		return Entry{}, 0, fmt.Errorf("%w: the entry at byte %d reaches past the end", ErrFormat, pos)
	}
	e := Entry{
		Name: string(data[name : name+int(f[fieldNameSize])-1]),
		Mode: f[fieldMode], Body: data[body:end:end], Major: f[fieldMajor], Minor: f[fieldMinor],
	}
	return e, end + pad(end), nil
}

func readHeader(data []byte, pos int) (f [fieldCount]uint32, err error) {
	if pos+headerSize > len(data) {
		return f, fmt.Errorf("%w: it ends at byte %d without a trailer", ErrFormat, pos)
	}
	if m := string(data[pos : pos+6]); m != magic && m != magicCRC {
		return f, fmt.Errorf("%w: no header at byte %d", ErrFormat, pos)
	}
	for i := range f {
		v, err := strconv.ParseUint(string(data[pos+6+8*i:pos+14+8*i]), 16, 32)
		if err != nil {
			return f, fmt.Errorf("%w: header at byte %d: %w", ErrFormat, pos, err)
		}
		f[i] = uint32(v)
	}
	return f, nil
}
