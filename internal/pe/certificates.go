// SPDX-License-Identifier: Apache-2.0

package pe

import (
	"encoding/binary"
	"fmt"
	"io"
)

// maxEntries bounds the certificate table; a program has one or two signatures.
const maxEntries = 16

// WIN_CERTIFICATE (UEFI section 32.2.4): its length with these eight bytes, a revision, a type; entries begin at multiples of eight.
const (
	entryHeader = 8
	pkcsSigned  = 0x0002 // WIN_CERT_TYPE_PKCS_SIGNED_DATA
)

// entry is one WIN_CERTIFICATE.
type entry struct {
	kind uint16
	data []byte
}

// certificates gives all entries of the table. Tools that stop at the first one do not see that a program is signed twice.
func (h *header) certificates(r io.ReaderAt) (all []entry, err error) {
	b, err := read(r, h.table.at, int(h.table.end-h.table.at))
	if err != nil {
		return nil, err
	}
	for len(b) >= entryHeader {
		size := int64(binary.LittleEndian.Uint32(b))
		if size < entryHeader || size > int64(len(b)) {
			return nil, fmt.Errorf("certificate %d has %d bytes: expected %d to %d", len(all)+1, size, entryHeader, len(b))
		}
		if len(all) == maxEntries {
			return nil, fmt.Errorf("more than %d certificates", maxEntries)
		}
		all = append(all, entry{binary.LittleEndian.Uint16(b[6:]), b[entryHeader:size]})
		b = b[min((size+7)&^7, int64(len(b))):]
	}
	return all, nil
}
