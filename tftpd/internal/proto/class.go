// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"path"
	"strings"
	"time"
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

// Retransmit are the limits of the retransmission timer.
type Retransmit struct {
	Floor   time.Duration // never repeat sooner; default 10 ms (500 ms for Raspberry Pi)
	Ceiling time.Duration // never wait longer between repeats; default 4 s. A negotiated timeout lowers it
	Initial time.Duration // before the first round trip is known; default 250 ms
}

// defaultRetransmit gives the defaults of a class.
//
// A Raspberry Pi counts a repeated block of start4.elf twice and hangs (raspberrypi/firmware#1631): it is repeated to only
// when it must have been lost. U-Boot asks timeout=5 and repeats nothing itself before that.
func defaultRetransmit(c Class) Retransmit {
	r := Retransmit{Floor: 10 * time.Millisecond, Ceiling: 4 * time.Second, Initial: 250 * time.Millisecond}
	if c == RaspberryPi {
		r.Floor, r.Initial = 500*time.Millisecond, time.Second
	}
	return r
}

// or fills what is not set.
func (r Retransmit) or(d Retransmit) Retransmit {
	if r.Floor <= 0 {
		r.Floor = d.Floor
	}
	if r.Ceiling <= 0 {
		r.Ceiling = d.Ceiling
	}
	if r.Initial <= 0 {
		r.Initial = d.Initial
	}
	r.Ceiling = max(r.Ceiling, r.Floor)
	return r
}

// noRollover says that the class is known not to go on after block 65535: GRUB before 2.06 (2020-09) and Raspberry Pi
// before the EEPROM of 2025-09 (rpi-eeprom#720) do not, and neither tells its version.
func (c Class) noRollover() bool { return c == GRUB || c == RaspberryPi }

// classify tells a client by what it asks and in which order.
func classify(r *Request) Class {
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
