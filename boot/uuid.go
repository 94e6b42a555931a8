// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
)

// UUID is a system UUID in the byte order of its text form. The zero value means "not known".
type UUID [16]byte

// ParseUUID reads the 36-character text form, in either case.
func ParseUUID(s string) (UUID, error) {
	var u UUID
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return u, fmt.Errorf("%q is not a UUID: expected a form like 4c4c4544-0032-4610-8053-b7c04f4d5031", s)
	}
	if _, err := hex.Decode(u[:], []byte(strings.ReplaceAll(s, "-", ""))); err != nil {
		return UUID{}, fmt.Errorf("%q is not a UUID: expected hexadecimal digits", s)
	}
	return u, nil
}

// UUIDFromWire reads the 16 bytes of DHCP option 97 after its type byte. SMBIOS stores the first three fields
// little-endian and PXE firmware copies the table verbatim (SMBIOS 7.2.1, RFC 4578 section 2.3).
func UUIDFromWire(b [16]byte) UUID { return UUID(b).Swapped() }

// Swapped exchanges the byte order of the first three fields: firmware and tools disagree about it, so a lookup tries
// both.
func (u UUID) Swapped() UUID {
	u[0], u[1], u[2], u[3] = u[3], u[2], u[1], u[0]
	u[4], u[5] = u[5], u[4]
	u[6], u[7] = u[7], u[6]
	return u
}

// canonical is the same for both byte orders of a UUID.
func (u UUID) canonical() UUID {
	if s := u.Swapped(); bytes.Compare(s[:], u[:]) < 0 {
		return s
	}
	return u
}

// IsZero reports whether the UUID is not known.
func (u UUID) IsZero() bool { return u == UUID{} }

// Placeholder reports whether the UUID identifies no machine, in either byte order: all its bytes are equal (boards that
// nobody programmed send 00… or ff…), or it is one of the counting patterns that BIOS kits come with.
func (u UUID) Placeholder() bool {
	return u.pattern() || u.Swapped().pattern()
}

func (u UUID) pattern() bool {
	same, counting := true, true
	for i := range u {
		same = same && u[i] == u[0]
		counting = counting && u[i] == byte(i)
	}
	return same || counting || u == UUID{0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8, 0, 9}
}

// String gives the lower-case text form.
func (u UUID) String() string {
	h := hex.EncodeToString(u[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
