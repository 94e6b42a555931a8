// SPDX-License-Identifier: Apache-2.0

package pe

import (
	"debug/pe"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Bounds of what is read. A unified kernel image with its initrd in it has hundreds of megabytes; Windows' loader takes 96 sections.
const (
	maxFile     = 2 << 30
	maxSections = 96
	maxOptional = 4 << 10
	maxTable    = 1 << 20 // bytes of certificates; two signatures of Microsoft's have 19 thousand
)

// ErrNotPE is the error of a file that is no PE file at all.
var ErrNotPE = errors.New("not an EFI program: it has no PE header")

// header is what the tables of a PE file say. All places are offsets in the file.
type header struct {
	machine, subsystem, flags uint16
	size                      int64 // of the file
	headers                   int64 // where they end
	checksum, security        int64 // fields that no digest covers: 4 and 8 bytes; security is 0 where there is no such entry
	strings                   int64 // where names are that have more than eight bytes
	sections                  []section
	table                     span // the certificates
}

// section is an entry of their table with its whole name.
type section struct {
	pe.SectionHeader32
	name string
}

// span is a piece of the file.
type span struct{ at, end int64 }

func (s span) empty() bool { return s.at >= s.end }

// Offsets in the optional header (PE format, "Optional Header"). The last two differ by the size of an address.
const (
	atHeaders   = 60
	atChecksum  = 64
	atSubsystem = 68
	atFlags     = 70
	atCount32   = 92
	atCount64   = 108
)

func readHeader(r io.ReaderAt, size int64) (*header, error) {
	if size > maxFile {
		return nil, fmt.Errorf("a file of %d bytes: expected an EFI program, which has at most %d", size, int64(maxFile))
	}
	dos, err := read(r, 0, 64)
	if err != nil || string(dos[:2]) != "MZ" {
		return nil, ErrNotPE
	}
	at := int64(binary.LittleEndian.Uint32(dos[60:]))
	coff, err := read(r, at, 24)
	if err != nil || string(coff[:4]) != "PE\x00\x00" {
		return nil, ErrNotPE
	}
	var f pe.FileHeader
	if _, err = binary.Decode(coff[4:], binary.LittleEndian, &f); err != nil {
		return nil, err
	}
	if f.NumberOfSections > maxSections || f.SizeOfOptionalHeader > maxOptional {
		return nil, fmt.Errorf("%d sections and an optional header of %d bytes: expected at most %d and %d", f.NumberOfSections, f.SizeOfOptionalHeader, maxSections, maxOptional)
	}
	h := &header{machine: f.Machine, size: size}
	if f.PointerToSymbolTable != 0 {
		h.strings = int64(f.PointerToSymbolTable) + pe.COFFSymbolSize*int64(f.NumberOfSymbols)
	}
	at += int64(len(coff))
	if err = h.optional(r, at, int(f.SizeOfOptionalHeader)); err != nil {
		return nil, err
	}
	return h, h.readSections(r, at+int64(f.SizeOfOptionalHeader), int(f.NumberOfSections))
}

// optional reads the optional header at that place.
func (h *header) optional(r io.ReaderAt, at int64, size int) error {
	b, err := read(r, at, size)
	if err != nil || len(b) < atCount32+4 {
		return fmt.Errorf("an optional header of %d bytes that is cut off or too small", size)
	}
	count := atCount32
	switch magic := binary.LittleEndian.Uint16(b); magic {
	case 0x10b: // addresses of 32 bits
	case 0x20b:
		count = atCount64
	default:
		return fmt.Errorf("an optional header of kind %#x: expected PE32 or PE32+", magic)
	}
	h.headers = int64(binary.LittleEndian.Uint32(b[atHeaders:]))
	h.subsystem, h.flags = binary.LittleEndian.Uint16(b[atSubsystem:]), binary.LittleEndian.Uint16(b[atFlags:])
	h.checksum = at + atChecksum
	entry := count + 4 + 8*pe.IMAGE_DIRECTORY_ENTRY_SECURITY
	if len(b) < entry+8 || binary.LittleEndian.Uint32(b[count:]) <= pe.IMAGE_DIRECTORY_ENTRY_SECURITY {
		return nil // no place for a signature
	}
	h.security = at + int64(entry)
	h.table.at = int64(binary.LittleEndian.Uint32(b[entry:])) // the one directory whose "virtual address" is a place in the file
	h.table.end = h.table.at + int64(binary.LittleEndian.Uint32(b[entry+4:]))
	return nil
}

func (h *header) readSections(r io.ReaderAt, at int64, count int) error {
	table := make([]pe.SectionHeader32, count)
	b, err := read(r, at, binary.Size(table))
	if err != nil {
		return fmt.Errorf("a table of %d sections that is cut off", count)
	}
	if _, err = binary.Decode(b, binary.LittleEndian, table); err != nil {
		return err
	}
	for _, s := range table {
		h.sections = append(h.sections, section{s, h.name(r, s.Name)})
	}
	if end := at + int64(len(b)); h.headers < end || h.headers > h.size {
		return fmt.Errorf("headers of %d bytes: expected at least %d, and no more than the file has (%d)", h.headers, end, h.size)
	}
	return h.disjoint()
}

// disjoint checks that headers, sections and certificates follow one another in the file: where they overlap, one byte would be
// two things, and digests that are made in different orders would differ.
func (h *header) disjoint() error {
	end := h.headers
	for _, s := range h.inFile() {
		at := int64(s.PointerToRawData)
		if at < end {
			return fmt.Errorf("section %s at %d overlaps what is before it, which ends at %d", s.name, at, end)
		}
		if end = at + int64(s.SizeOfRawData); end > h.size {
			return fmt.Errorf("section %s ends at %d, after the end of the file (%d)", s.name, end, h.size)
		}
	}
	switch t := h.table; {
	case t.empty():
		h.table = span{}
	case t.at < end || t.at%8 != 0 || t.end != h.size:
		return fmt.Errorf("certificates from %d to %d: expected them between the last section (%d) and the end of the file (%d), at a multiple of 8", t.at, t.end, end, h.size)
	case t.end-t.at > maxTable:
		return fmt.Errorf("%d bytes of certificates: expected at most %d", t.end-t.at, maxTable)
	}
	return nil
}
