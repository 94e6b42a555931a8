// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

func decimal[T ~uint8 | ~uint16 | ~uint32 | ~int](n T) string { return strconv.FormatInt(int64(n), 10) }

// printable shows bytes from the wire as text that cannot disturb a terminal.
func printable[T ~string | ~[]byte](s T) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' {
			fmt.Fprintf(&b, `\x%02x`, c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func quoted[T ~string | ~[]byte](s T) string { return "'" + printable(s) + "'" }

// String shows one option as code=value.
func (o Option) String() string {
	if o.Code == optEnd {
		return "end"
	}
	return decimal(o.Code) + "=" + optionValue(o)
}

func optionValue(o Option) string {
	switch v := o.Value; o.Code {
	case optType:
		if len(v) == 1 {
			return dhcpType(v[0])
		}
	case 12, 15, 17, optClass, optServerName, optFile, optUserClass, 209, 210: // text
		return quoted(v)
	case 1, 3, 6, 28, 42, 50, optServerID: // addresses
		return addrs(v)
	case 55:
		return numbers(v)
	case 57, optArch:
		if len(v) == 2 {
			return decimal(binary.BigEndian.Uint16(v))
		}
	case 51, 58, 59: // seconds
		if len(v) == 4 {
			return decimal(binary.BigEndian.Uint32(v))
		}
	case optVendor, optIPXE:
		return subOptions(v)
	}
	return hex.EncodeToString(o.Value)
}

func addrs(v []byte) string {
	var out []string
	for ; len(v) >= 4; v = v[4:] {
		out = append(out, netip.AddrFrom4([4]byte(v[:4])).String())
	}
	return strings.Join(out, "/")
}

func numbers(v []byte) string {
	out := make([]string, len(v))
	for i, n := range v {
		out[i] = decimal(n)
	}
	return "[" + strings.Join(out, ",") + "]"
}

func subOptions(v []byte) string {
	var out []string
	for _, s := range decodeOptions(v) {
		if s.Code == optEnd {
			out = append(out, "end")
			continue
		}
		out = append(out, decimal(s.Code)+":"+hex.EncodeToString(s.Value))
	}
	return "{" + strings.Join(out, " ") + "}"
}

// String shows all options in the order sent.
func (o Options) String() string {
	out := make([]string, len(o))
	for i, x := range o {
		out[i] = x.String()
	}
	return strings.Join(out, " ")
}
