// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// MAC is a 48-bit hardware address. The zero value means "not known".
type MAC [6]byte

// ParseMAC reads an address as people and programs write it: pairs joined by ':' or '-', groups of four joined by '.',
// or twelve bare hexadecimal digits, in either case.
func ParseMAC(s string) (MAC, error) {
	var m MAC
	digits, ok := macDigits(s)
	if !ok {
		return m, fmt.Errorf("%q is not a MAC address: expected a form like 52:54:00:12:34:56", s)
	}
	if _, err := hex.Decode(m[:], []byte(digits)); err != nil {
		return MAC{}, fmt.Errorf("%q is not a MAC address: expected hexadecimal digits", s)
	}
	return m, nil
}

// macDigits strips the separators if they stand where one notation puts all of them.
func macDigits(s string) (string, bool) {
	switch {
	case len(s) == 17 && (s[2] == ':' || s[2] == '-'):
		return joined(s, s[2:3], 6)
	case len(s) == 14 && s[4] == '.':
		return joined(s, ".", 3)
	default:
		return s, len(s) == 12
	}
}

func joined(s, sep string, groups int) (string, bool) {
	parts := strings.Split(s, sep)
	if len(parts) != groups {
		return "", false
	}
	for _, p := range parts {
		if len(p) != 12/groups {
			return "", false
		}
	}
	return strings.Join(parts, ""), true
}

// IsZero reports whether the address is not known (some firmware sends zeros).
func (m MAC) IsZero() bool { return m == MAC{} }

// IsGroup reports whether the address is a multicast or broadcast one, which no network card has as its own.
func (m MAC) IsGroup() bool { return m[0]&1 == 1 }

// digits gives the twelve lower-case digits without separators.
func (m MAC) digits() (d addressDigits) {
	hex.Encode(d[:], m[:])
	return d
}

// String gives the usual form, 52:54:00:12:34:56.
func (m MAC) String() string { return m.join(':') }

// Dash gives the form used in file names, 52-54-00-12-34-56 (PXELINUX writes it lower-case after "01-").
func (m MAC) Dash() string { return m.join('-') }

func (m MAC) join(sep byte) string { return string(m.append(make([]byte, 0, 17), sep)) }

// AppendTo appends the usual form.
func (m MAC) AppendTo(b []byte) []byte { return m.append(b, ':') }

func (m MAC) append(b []byte, sep byte) []byte {
	const digits = "0123456789abcdef"
	for i, x := range m {
		if i > 0 {
			b = append(b, sep)
		}
		b = append(b, digits[x>>4], digits[x&15])
	}
	return b
}
