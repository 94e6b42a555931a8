// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"time"

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
	const told = `WRN .* returns=\d+ .*verdict=(local|loop)`
	return []Case{
		{
			Name: "bios-loop", About: "SeaBIOS, iPXE ROM, a script that only restarts the machine: after some rounds it is left to its disk, and the log says so",
			Client: ipxeROM, Machine: rom, Disk: BIOSDisk, Config: again, Console: []string{target.DiskMarker}, Log: []string{told},
			Story: []string{`^http GET \S*\.ipxe 200`, `^http GET \S*\.ipxe 200`}, Never: []string{gotKernel}, Timeout: 3 * time.Minute,
		},
	}
}
