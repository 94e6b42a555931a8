// SPDX-License-Identifier: Apache-2.0

package media_test

import (
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/bootlace-net/bootlace/internal/pe"
	"github.com/bootlace-net/bootlace/internal/pe/petest"
)

// signers are those of a medium's programs.
type signers struct{ microsoft, distribution, other *petest.Identity }

func newSigners(t *testing.T) *signers {
	return &signers{petest.New(t, "Firmware CA", nil, true), petest.New(t, "Distribution CA", nil, true), petest.New(t, "Somebody", nil, true)}
}

// made makes a file's content, if it begins with "@".
func (s *signers) made(t *testing.T, content string) []byte {
	t.Helper()
	fields := strings.Fields(content)
	if len(fields) == 0 {
		return []byte(content)
	}
	machine := uint16(0x8664)
	if slices.Contains(fields, "0xaa64") {
		machine = 0xaa64
	}
	kernel := petest.Program(machine, petest.Section{Name: ".text", Data: []byte("6.1.0")})
	switch {
	case fields[0] == "@shim":
		return sign(t, petest.Program(machine, petest.Vendor(s.distribution.Certificate, nil)), s.microsoft)
	case fields[0] == "@kernel" && slices.Contains(fields, "signed"):
		return sign(t, kernel, s.distribution)
	case fields[0] == "@kernel" && slices.Contains(fields, "other"):
		return sign(t, kernel, s.other)
	case fields[0] == "@kernel":
		return kernel
	case fields[0] == "@memtest":
		copy(kernel[514:], "HdrS")
		binary.LittleEndian.PutUint16(kernel[526:], 32)
		copy(kernel[512+32:], "Memtest86+ v6.10\x00")
		return kernel
	case fields[0] == "@bytes":
		n, err := strconv.Atoi(fields[1])
		if err != nil {
			t.Fatal(err)
		}
		return make([]byte, n)
	case fields[0] == "@wim":
		return wim(strings.TrimPrefix(content, "@wim"))
	}
	return []byte(content)
}

func sign(t *testing.T, program []byte, by *petest.Identity) []byte {
	t.Helper()
	b, err := pe.Sign(program, by.Key, by.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// wim makes the beginning of a Windows Imaging file, with a description.
func wim(description string) []byte {
	b := make([]byte, 208)
	copy(b, "MSWIM\x00\x00\x00")
	units := utf16.Encode([]rune(description))
	binary.LittleEndian.PutUint64(b[72:], uint64(2*len(units))|2<<56)
	binary.LittleEndian.PutUint64(b[80:], 208)
	for _, u := range units {
		b = append(b, byte(u), byte(u>>8))
	}
	return append(b, make([]byte, 3<<20)...)
}
