// SPDX-License-Identifier: Apache-2.0

package proto

import (
	"path"
	"strings"
)

// Class is a kind of client, as far as its requests show it. It decides how soon a block may be repeated, and what is said
// to the operator.
type Class uint8

// The classes.
const (
	Other Class = iota
	EDK2
	IPXE
	PXELINUX
	GRUB
	UBoot
	RaspberryPi
	WindowsBoot
)

// String gives the usual name.
func (c Class) String() string {
	return [...]string{"other", "EDK2", "iPXE", "PXELINUX", "GRUB", "U-Boot", "Raspberry Pi", "Windows boot manager"}[c]
}

// StopsAt65535 says that the class is known not to go on after block 65535: GRUB before 2.06 (2020-09) and Raspberry Pi
// before the EEPROM of 2025-09 (rpi-eeprom#720) do not, and neither tells its version.
func (c Class) StopsAt65535() bool { return c == GRUB || c == RaspberryPi }

// Classify tells a client by what it asks and in which order.
func Classify(r *Request) Class {
	if piFile(r.Name) {
		return RaspberryPi
	}
	if _, ok := r.Option("msftwindow"); ok {
		return WindowsBoot
	}
	block, _ := r.Option("blksize")
	window, _ := r.Option("windowsize")
	switch optionNames(r) {
	case "tsize blksize windowsize", "blksize windowsize", "tsize blksize":
		switch {
		case block == "1408" && window == "":
			return PXELINUX
		case window == "4" || block == "1468" || block == "1228": // by IPv4 and IPv6
			return EDK2
		}
	case "blksize tsize":
		switch block {
		case "1024":
			return GRUB
		case "1432", "1420", "1412": // by IPv4, by IPv6
			return IPXE
		}
	case "timeout blksize", "timeout tsize blksize", "timeout blksize windowsize", "timeout tsize blksize windowsize":
		return UBoot
	}
	return Other
}

func optionNames(r *Request) string {
	names := make([]string, 0, maxOptions)
	for _, o := range r.Options {
		names = append(names, o.Name)
	}
	return strings.Join(names, " ")
}

// piFile knows the names a Raspberry Pi's ROM and EEPROM ask for, in the root or in a directory named by the serial.
func piFile(name string) bool {
	base := strings.ToLower(path.Base(name))
	switch base {
	case "bootcode.bin", "bootsig.bin", "config.txt", "autoboot.txt", "recovery.elf", "recover4.elf", "boot.img", "boot.sig":
		return true
	}
	return strings.HasPrefix(base, "start") && strings.HasSuffix(base, ".elf") ||
		strings.HasPrefix(base, "fixup") && strings.HasSuffix(base, ".dat") ||
		strings.HasPrefix(base, "bcm27") && strings.HasSuffix(base, ".dtb") ||
		strings.HasPrefix(base, "pieeprom")
}
