// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"fmt"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/dhcp4"
)

// kind is a kind of client that can be played.
type kind struct {
	name  string
	title string
	arch  boot.Arch
	class boot.Class
	ipxe  bool
	judge func(*session) Verdict
}

func kinds() []kind {
	return []kind{
		{"bios", "a PC's BIOS (PXE 2.1)", boot.ArchBIOS, boot.ClassPXE, false, judgeBIOS},
		{"x64", "x86-64 UEFI firmware (EDK2)", boot.ArchX64, boot.ClassPXE, false, judgeUEFI},
		{"arm64", "arm64 UEFI firmware (EDK2)", boot.ArchARM64, boot.ClassPXE, false, judgeUEFI},
		{"http", "x86-64 UEFI HTTP Boot (EDK2)", boot.ArchX64HTTP, boot.ClassHTTP, false, judgeHTTP},
		{"http-arm64", "arm64 UEFI HTTP Boot (EDK2)", boot.ArchARM64HTTP, boot.ClassHTTP, false, judgeHTTP},
		{"ipxe", "iPXE in a BIOS", boot.ArchBIOS, boot.ClassPXE, true, judgeIPXE},
		{"ipxe-efi", "iPXE for x86-64 UEFI", boot.ArchX64, boot.ClassPXE, true, judgeIPXE},
		{"rpi", "a Raspberry Pi's boot ROM", boot.ArchBIOS, boot.ClassPXE, false, judgeRPi},
	}
}

// Kinds lists the names of the clients that can be played.
func Kinds() []string {
	var names []string
	for _, k := range kinds() {
		names = append(names, k.name)
	}
	return names
}

// Title says what a kind of client is.
func Title(name string) string {
	k, err := kindOf(name)
	if err != nil {
		return ""
	}
	return k.title
}

func kindOf(name string) (kind, error) {
	for _, k := range kinds() {
		if k.name == name {
			return k, nil
		}
	}
	return kind{}, fmt.Errorf("%q is no kind of client: expected one of %s", name, strings.Join(Kinds(), ", "))
}

// ask is the request that this kind of client makes.
func (k kind) ask(o *Options) dhcp4.Ask {
	a := dhcp4.Ask{Type: dhcp4.Discover, XID: o.XID, MAC: o.MAC, UUID: o.UUID, Class: k.class, Arch: k.arch, IPXE: k.ipxe, Broadcast: true}
	if k.name == "rpi" {
		// Its address block is what servers know it by; the rest of the address stays, so that answers find their way.
		a.MAC = boot.MAC{0xdc, 0xa6, 0x32, o.MAC[3], o.MAC[4], o.MAC[5]}
	}
	return a
}
