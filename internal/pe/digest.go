// SPDX-License-Identifier: Apache-2.0

package pe

import (
	"hash"
	"io"
)

// digest is the Authenticode digest of the file (Windows Authenticode Portable Executable Signature Format, "Calculating the PE Image
// Hash"; EDK2's HashPeImage): the headers without the two fields that signing changes, the sections in their order, and what is left
// between them and the certificates.
func (h *header) digest(r io.ReaderAt, sum hash.Hash) ([]byte, error) {
	pieces := []span{{0, h.checksum}, {h.checksum + 4, h.headers}}
	if h.security != 0 {
		pieces = []span{{0, h.checksum}, {h.checksum + 4, h.security}, {h.security + 8, h.headers}}
	}
	hashed := h.headers // as firmware counts: by sizes, whatever gaps there are between sections
	for _, s := range h.inFile() {
		at := int64(s.PointerToRawData)
		pieces = append(pieces, span{at, at + int64(s.SizeOfRawData)})
		hashed += int64(s.SizeOfRawData)
	}
	end := h.size
	if !h.table.empty() {
		end = h.table.at
	}
	for _, p := range append(pieces, span{hashed, end}) {
		if p.empty() {
			continue
		}
		if n, err := io.Copy(sum, io.NewSectionReader(r, p.at, p.end-p.at)); err != nil || n != p.end-p.at {
			return nil, orEOF(err)
		}
	}
	return sum.Sum(nil), nil
}

func orEOF(err error) error {
	if err == nil {
		return io.ErrUnexpectedEOF
	}
	return err
}
