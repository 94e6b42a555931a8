// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/bootlace-net/bootlace/boot"
)

// Machine types of PE programs (PE/COFF specification, section "Machine Types").
func machineOf(a boot.Arch) (uint16, bool) {
	m, ok := map[boot.Arch]uint16{boot.ArchIA32: 0x14c, boot.ArchX64: 0x8664, boot.ArchARM64: 0xaa64, boot.ArchARM32: 0x1c2, boot.ArchRISCV64: 0x5064}[a.Plain()]
	return m, ok
}

// inspect looks whether the client can run what it got.
func (s *session) inspect(v Verdict, body []byte) error {
	isScript := bytes.HasPrefix(body, []byte("#!ipxe"))
	switch {
	case len(body) == 0:
		return &ErrNoBoot{"empty file", v.File + " has no bytes"}
	case isScript && !s.kind.ipxe:
		return &ErrNoBoot{"not a program", v.File + " is an iPXE script: firmware cannot run it"}
	case isScript:
		return s.follow(v.File, string(body))
	case s.kind.ipxe:
		s.note("%s is not a script: iPXE starts it as a program", v.File)
	case s.kind.arch.Firmware() == boot.FirmwareUEFI:
		return s.inspectPE(v.File, body)
	}
	s.say("it would boot")
	return nil
}

func (s *session) inspectPE(file string, body []byte) error {
	if len(body) < 64 || string(body[:2]) != "MZ" {
		return &ErrNoBoot{"not an EFI program", file + " does not begin as one: firmware says Unsupported"}
	}
	at := int(binary.LittleEndian.Uint32(body[60:]))
	if at < 0 || at+6 > len(body) || string(body[at:at+4]) != "PE\x00\x00" {
		return &ErrNoBoot{"not an EFI program", file + " has no PE header: firmware says Unsupported"}
	}
	got := binary.LittleEndian.Uint16(body[at+4:])
	if want, known := machineOf(s.kind.arch); known && got != want {
		return &ErrNoBoot{"wrong architecture", fmt.Sprintf("%s is for machine type %04x, this client needs %04x: firmware says Unsupported", file, got, want)}
	}
	s.say("it is an EFI program for this machine: it would boot")
	return nil
}
