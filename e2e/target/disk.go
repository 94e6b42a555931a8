// SPDX-License-Identifier: Apache-2.0

package target

import (
	"errors"
	"os"
	"path/filepath"
)

// DiskMarker is what a disk of this package prints on the serial port when it is booted.
const DiskMarker = "BOOTED FROM DISK"

// BootSector is the first sector of a BIOS disk: it prints the marker on the first serial port, whose data register is 0x3f8
// and whose line status register is five above, and halts.
func BootSector() []byte {
	code := []byte{
		0x31, 0xc0, //       xor  ax, ax
		0x8e, 0xd8, //       mov  ds, ax
		0xbe, 0x00, 0x7d, // mov  si, 0x7d00    the text: 0x100 into this sector, which is loaded at 0x7c00
		0xfc,       // next: cld
		0xac,       //       lodsb
		0x84, 0xc0, //       test al, al
		0x74, 0x11, //       jz   stop
		0x88, 0xc4, //       mov  ah, al
		0xba, 0xfd, 0x03, // mov  dx, line status
		0xec,       // wait: in   al, dx
		0xa8, 0x20, //       test al, 0x20      transmitter holding register is empty
		0x74, 0xfb, //       jz   wait
		0x88, 0xe0, //       mov  al, ah
		0xb2, 0xf8, //       mov  dl, data register
		0xee,       //       out  dx, al
		0xeb, 0xea, //       jmp  next
		0xf4,       // stop: hlt
		0xeb, 0xfd, //       jmp  stop
	}
	sector := make([]byte, 512)
	copy(sector, code)
	copy(sector[0x100:], "\r\n"+DiskMarker+"\r\n")
	sector[510], sector[511] = 0x55, 0xaa
	return sector
}

// BIOSDisk writes a disk image that a BIOS boots.
func BIOSDisk(file string) error {
	image := make([]byte, 1<<20)
	copy(image, BootSector())
	return os.WriteFile(file, image, 0o644)
}

// grubCD is Debian's GRUB that looks for its configuration in /boot/grub of the medium it came from.
const grubCD = "/usr/lib/grub/x86_64-efi-signed/gcdx64.efi.signed"

// grubConfig prints to all consoles of the firmware, the serial one among them.
func grubConfig(then string) []byte {
	return []byte("echo " + `"` + DiskMarker + `"` + "\nsleep 2\n" + then + "\n")
}

// UEFIDisk fills a directory as an EFI system partition; QEMU shows a directory as a FAT disk. Then is what its GRUB does when it
// has said the marker: "halt", "reboot".
func UEFIDisk(dir, then string) error {
	grub, err := os.ReadFile(grubCD)
	if err != nil {
		return err
	}
	return errors.Join(
		put(filepath.Join(dir, "EFI", "BOOT", "BOOTX64.EFI"), grub),
		put(filepath.Join(dir, "boot", "grub", "grub.cfg"), grubConfig(then)),
		put(filepath.Join(dir, "EFI", "debian", "grub.cfg"), grubConfig(then)),
	)
}
