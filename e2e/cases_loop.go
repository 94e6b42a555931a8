// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"time"

	"github.com/bootlace-net/bootlace/e2e/lab"
	"github.com/bootlace-net/bootlace/e2e/target"
)

// loopCases are machines that boot, get nowhere and come back.
func loopCases(plain Config) []Case {
	again := Config{
		Profile:   "ipxe: |\n  #!ipxe\n  reboot\n",
		Images:    plain.Images,
		Appliance: defaultAppliance + "loop: {returns: 1}\n",
	}
	rom := bios("virtio")
	rom.Reboot = true
	card := uefi(lab.NoPXE6)
	card.Reboot = true
	const told = `WRN.*loop|WARN.*loop|warn.*loop`
	return []Case{
		{
			Name: "bios-loop", About: "SeaBIOS, iPXE ROM, a script that only restarts the machine: after some rounds it is left to its disk, and the log says so",
			Client: ipxeROM, Machine: rom, Disk: BIOSDisk, Config: again, Console: []string{target.DiskMarker}, Log: []string{told},
			Story: []string{`^http GET \S*\.ipxe 200`, `^http GET \S*\.ipxe 200`}, Never: []string{gotKernel}, Timeout: 3 * time.Minute,
		},
		{
			Name: "uefi-loop", About: "OVMF PXEv4, the same: embedded ipxe.efi whose script only restarts the machine",
			Client: pxe4, Machine: card, Disk: UEFIDisk, Config: again, Console: []string{target.DiskMarker}, Log: []string{told},
			Story: []string{`^tftp \S*\.efi complete`, `^tftp \S*\.efi complete`}, Never: []string{gotKernel}, Timeout: 3 * time.Minute,
		},
	}
}
