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
	Older   Levels   // SBAT levels that it sets whenever it runs
	Newer   Levels   // those that it sets where its owner says so; empty, like Older, if it brings none
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
	return s, s.levels(r, h)
}

// levels reads a version, and the places of the older and the newer levels, counted from behind the version (shim's sbat_var.S).
func (s *Shim) levels(r io.ReaderAt, h *header) error {
	b, err := h.section(r, ".sbatlevel", maxSBAT)
	if err != nil || len(b) < 12 || binary.LittleEndian.Uint32(b) != 0 {
		return err
	}
	for at, l := range map[int]*Levels{4: &s.Older, 8: &s.Newer} {
		place := 4 + uint64(binary.LittleEndian.Uint32(b[at:]))
		if place > uint64(len(b)) {
			return fmt.Errorf("SBAT levels of shim at %d in a section of %d bytes", place, len(b))
		}
		if *l, err = ParseLevels(string(b[place:])); err != nil {
			return err
		}
	}
	return nil
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
