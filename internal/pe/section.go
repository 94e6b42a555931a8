// SPDX-License-Identifier: Apache-2.0

package pe

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
)

// maxName is the longest name of a section that is of interest, in bytes.
const maxName = 32

// name gives a section's name: "/4" is one of more than eight bytes, four bytes into the string table behind the symbols. That table
// must be among the bytes that are signed: else who cannot sign a program could still rename its sections.
func (h *header) name(r io.ReaderAt, raw [8]uint8) string {
	short, _, _ := bytes.Cut(raw[:], []byte{0})
	at, err := strconv.ParseUint(string(bytes.TrimPrefix(short, []byte("/"))), 10, 24)
	if err != nil || short[0] != '/' || h.strings < h.headers {
		return string(short)
	}
	end := h.size
	if !h.table.empty() {
		end = min(end, h.table.at)
	}
	b := make([]byte, max(0, min(maxName, end-h.strings-int64(at))))
	n, _ := r.ReadAt(b, h.strings+int64(at)) // what cannot be read here cannot be read by the digest, either
	long, _, _ := bytes.Cut(b[:n], []byte{0})
	return string(long)
}

// inFile gives the sections that have bytes in the file, as they follow one another there.
func (h *header) inFile() []section {
	all := slices.DeleteFunc(slices.Clone(h.sections), func(s section) bool { return s.SizeOfRawData == 0 })
	slices.SortStableFunc(all, func(a, b section) int { return cmp.Compare(a.PointerToRawData, b.PointerToRawData) })
	return all
}

// section reads the bytes of the section of that name, at most so many, without the padding after them; nil if there is none.
func (h *header) section(r io.ReaderAt, name string, most int) ([]byte, error) {
	for _, s := range h.sections {
		if s.name != name || s.SizeOfRawData == 0 {
			continue
		}
		size := s.SizeOfRawData
		if s.VirtualSize != 0 {
			size = min(size, s.VirtualSize)
		}
		if int64(size) > int64(most) {
			return nil, fmt.Errorf("section %s has %d bytes: expected at most %d", name, size, most)
		}
		return read(r, int64(s.PointerToRawData), int(size))
	}
	return nil, nil
}

func (h *header) has(name string) bool {
	return slices.ContainsFunc(h.sections, func(s section) bool { return s.name == name })
}

// read reads exactly so many bytes.
func read(r io.ReaderAt, at int64, size int) ([]byte, error) {
	b := make([]byte, size)
	n, err := r.ReadAt(b, at)
	if n == size {
		return b, nil
	}
	return nil, errors.Join(err, io.ErrUnexpectedEOF)
}
