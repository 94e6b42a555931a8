// SPDX-License-Identifier: Apache-2.0

package pe_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/internal/pe"
	"github.com/bootlace-net/bootlace/internal/pe/petest"
)

// Places in a program of petest's.
const (
	peAt    = 0x80
	atOpt   = peAt + 24
	atCerts = atOpt + 112 + 8*4
	atTable = atOpt + 240
)

func put32(at int, v uint32) func([]byte) []byte {
	return func(b []byte) []byte { binary.LittleEndian.PutUint32(b[at:], v); return b }
}

func put16(at int, v uint16) func([]byte) []byte {
	return func(b []byte) []byte { binary.LittleEndian.PutUint16(b[at:], v); return b }
}

// TestBounds: tables that lie get an error that says which one.
func TestBounds(t *testing.T) {
	sbat := petest.Section{Name: ".sbat", Data: []byte("sbat,1,a,b,c,d\ngrub,5,x,grub2,2.12,https://x\n")}
	good := petest.Program(0x8664, sbat, petest.Section{Name: ".text", Data: []byte("text")})
	if p := program(t, bytes.Clone(good)); p.String() != "GRUB for x86_64, 2.12, unsigned" || p.Shim != nil || len(p.SBAT) != 2 {
		t.Fatalf("%s: %+v", p, p)
	}
	for want, change := range map[string]func([]byte) []byte{
		"no PE header":                      func(b []byte) []byte { return b[:70] },
		"not an EFI program":                put32(0x3c, 0xfffffff0),
		"97 sections":                       put16(peAt+6, 97),
		"optional header of 65535":          put16(peAt+20, 65535),
		"cut off or too small":              put16(peAt+20, 64),
		"of kind 0x107":                     put16(atOpt, 0x107),
		"table of 2 sections":               func(b []byte) []byte { return b[:atTable+50] },
		"expected at least 472":             put32(atOpt+60, 100),
		"no more than the file has":         put32(atOpt+60, 0x7fffffff),
		".sbat at 16 overlaps":              put32(atTable+20, 16),
		".text at 512 overlaps":             put32(atTable+40+20, 0x200),
		".text ends at 4294968":             put32(atTable+40+16, 0xffffffff),
		"from 8 to 4294967295":              func(b []byte) []byte { return put32(atCerts+4, 0xfffffff7)(put32(atCerts, 8)(b)) },
		"at a multiple of 8":                func(b []byte) []byte { return put32(atCerts+4, uint32(len(b))-1601)(put32(atCerts, 1601)(b)) },
		"certificate 1 has 4294967295 byte": tableOf(0xff, 0xff, 0xff, 0xff, 0, 2, 2, 0),
		"certificate 1 has 0 bytes":         tableOf(0, 0, 0, 0, 0, 0, 0, 0),
		"more than 16 certificates":         tableOf(bytes.Repeat([]byte{8, 0, 0, 0, 0, 2, 2, 0}, 17)...),
		"expected at most 1048576":          tableOf(make([]byte, 1<<20+8)...),
		"SBAT line 2":                       func(b []byte) []byte { return bytes.Replace(b, []byte("grub,5"), []byte("grub,x"), 1) },
		"section .vendor_cert has 41943": func([]byte) []byte {
			return petest.Program(0x8664, petest.Section{Name: ".vendor_cert", Data: make([]byte, 4<<20)})
		},
		"shim's vendor certificates: 42949": func([]byte) []byte {
			return petest.Program(0x8664, petest.Section{Name: ".vendor_cert", Data: bytes.Repeat([]byte{255}, 16)})
		},
	} {
		b := change(bytes.Clone(good))
		if p, err := pe.Read(bytes.NewReader(b), int64(len(b))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: expected %s; %v", err, want, p)
		}
	}
	if _, err := pe.Read(bytes.NewReader(nil), 3<<30); err == nil || !strings.Contains(err.Error(), "3221225472 bytes") {
		t.Error(err)
	}
	if _, err := pe.Read(strings.NewReader("#!ipxe\n"), 7); !errors.Is(err, pe.ErrNotPE) {
		t.Error(err)
	}
}

// tableOf gives a program that certificate table.
func tableOf(table ...byte) func([]byte) []byte {
	return func(b []byte) []byte {
		b = append(b, make([]byte, -len(b)&7)...)
		put32(atCerts, uint32(len(b)))(b)
		put32(atCerts+4, uint32(len(table)))(b)
		return append(b, table...)
	}
}

// TestOtherCertificates: what is no signature of a program's digest is kept, with the reason.
func TestOtherCertificates(t *testing.T) {
	for want, table := range map[string][]byte{
		"type 0x0ef1":        {8, 0, 0, 0, 0, 2, 0xf1, 0x0e},
		"it is no PKCS#7":    {16, 0, 0, 0, 0, 2, 2, 0, 1, 2, 3, 4, 5, 6, 7, 8},
		"is no SignedData":   {21, 0, 0, 0, 0, 2, 2, 0, 0x30, 0x0b, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1, 0, 0, 0},
		"syntax error":       {16, 0, 0, 0, 0, 2, 2, 0, 0x30, 0x80, 0, 0, 0, 0, 0, 0},
		"data truncated":     {16, 0, 0, 0, 0, 2, 2, 0, 0x30, 0x84, 0x7f, 0xff, 0xff, 0xff, 0, 0},
		"truncated base 128": {16, 0, 0, 0, 0, 2, 2, 0, 0x30, 0x06, 6, 4, 0xff, 0xff, 0xff, 0xff},
	} {
		p := program(t, tableOf(table...)(petest.Program(0xaa64)))
		if len(p.Signatures) != 1 || p.Signatures[0].Err == nil || !strings.Contains(p.Signatures[0].Err.Error(), want) || p.Signed() != "invalid" {
			t.Errorf("%s: %+v", want, p.Signatures)
		}
	}
}

// TestMachines: every machine that EFI knows has a name, and another one its number.
func TestMachines(t *testing.T) {
	for machine, want := range map[uint16]string{0x14c: "i386", 0x8664: "x86_64", 0x1c0: "arm", 0x1c2: "arm", 0x1c4: "arm", 0xaa64: "arm64", 0x200: "ia64", 0xebc: "ebc",
		0x5032: "riscv32", 0x5064: "riscv64", 0x5128: "riscv128", 0x6232: "loongarch32", 0x6264: "loongarch64", 0x1234: "machine 0x1234"} {
		if got := program(t, petest.Program(machine)).Machine.String(); got != want {
			t.Errorf("%#x: %s, expected %s", machine, got, want)
		}
	}
}

// TestKinds: what a program is, by the marks that it has.
func TestKinds(t *testing.T) {
	x86 := petest.Program(0x8664, petest.Section{Name: ".text", Data: []byte("6.1.0-50-amd64 (debian-kernel@lists.debian.org)\x00")})
	copy(x86[0x202:], "HdrS")
	arm := petest.Program(0xaa64, petest.Section{Name: ".text", Data: []byte("text")})
	copy(arm[56:], "ARM\x64")
	for want, b := range map[string][]byte{
		"Linux kernel for x86_64, unsigned":         x86,
		"Linux kernel for arm64, unsigned":          arm,
		"unified kernel image for x86_64, unsigned": petest.Program(0x8664, petest.Section{Name: ".linux", Data: []byte("x")}),
		"systemd-boot for x86_64, 252, unsigned":    petest.Program(0x8664, petest.Section{Name: ".sbat", Data: []byte("systemd,1,s,systemd,252,u\n")}),
		"iPXE for riscv64, 2.0.0+dfsg-5, unsigned":  petest.Program(0x5064, petest.Section{Name: ".sbat", Data: []byte("ipxe,1,iPXE,ipxe.efi,2.0.0+dfsg-5,u\n")}),
		"EFI program for x86_64, unsigned":          petest.Program(0x8664),
		"EFI program for machine 0x0000, unsigned":  petest.Program(0),
		"tool of shim for x86_64, 16.1, unsigned":   petest.Program(0x8664, petest.Section{Name: ".sbat", Data: []byte("shim,4,s,shim,16.1,u\n")}),
		"shim for x86_64, unsigned":                 petest.Program(0x8664, petest.Section{Name: ".vendor_cert", Data: make([]byte, 16)}),
	} {
		if got := program(t, b).String(); got != want {
			t.Errorf("%s, expected %s", got, want)
		}
	}
}
