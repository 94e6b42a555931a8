// SPDX-License-Identifier: Apache-2.0

package pe

import (
	"encoding/binary"
	"fmt"
	"io"
)

// Shim is what a shim brings along.
type Shim struct {
	Trusted Database // whose programs it starts, besides those of the firmware's db and of the owner's MOK list
	Revoked Database // what it refuses
	Date    string   // of the newest SBAT level that it brings: "2025051000"
	Levels  []Level  // that level
}

// shim reads the vendor's certificates (shim's cert.S: two sizes, two places counted from the section's start) and SBAT levels.
func (h *header) shim(r io.ReaderAt) (*Shim, error) {
	b, err := h.section(r, ".vendor_cert", maxTable)
	if err != nil || b == nil {
		return nil, err
	}
	s := &Shim{}
	if s.Trusted, err = vendorPiece(b, 0, 8); err != nil {
		return nil, fmt.Errorf("shim's vendor certificates: %w", err)
	}
	if s.Revoked, err = vendorPiece(b, 4, 12); err != nil {
		return nil, fmt.Errorf("what shim's vendor revoked: %w", err)
	}
	levels, err := h.section(r, ".sbatlevel", maxSBAT)
	if err != nil || len(levels) < 12 {
		return s, err
	}
	// A version, and the places of an older and a newer level, counted from behind the version (shim's sbat_var.S).
	at := 4 + uint64(binary.LittleEndian.Uint32(levels[8:]))
	if binary.LittleEndian.Uint32(levels) != 0 || at > uint64(len(levels)) {
		return s, nil // of another make
	}
	s.Date, s.Levels, err = ParseLevels(string(levels[at:]))
	return s, err
}

// vendorPiece is a certificate, or signature lists.
func vendorPiece(b []byte, sizeAt, placeAt int) (Database, error) {
	if len(b) < 16 {
		return Database{}, fmt.Errorf("a section of %d bytes", len(b))
	}
	size, at := uint64(binary.LittleEndian.Uint32(b[sizeAt:])), uint64(binary.LittleEndian.Uint32(b[placeAt:]))
	if at+size > uint64(len(b)) {
		return Database{}, fmt.Errorf("%d bytes at %d in a section of %d", size, at, len(b))
	}
	return ParseTrust(b[at : at+size])
}
