// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"os"
	"time"

	"github.com/bootlace-net/bootlace/e2e/lab"
	"github.com/bootlace-net/bootlace/e2e/target"
)

// Lines of the log about loops.
const (
	toldOfLoop = `WRN .*loop\.returns.* returns=\d+ .*verdict=(local|loop)`
	anyLoop    = `returns=\d`
)

// loopCases are machines that come back: those that get nowhere, and those that do well.
func loopCases(plain Config) []Case {
	again := Config{
		Profile:   "ipxe: |\n  #!ipxe\n  reboot\n",
		Images:    plain.Images,
		Appliance: defaultAppliance + "loop: {returns: 1}\n",
	}
	rom, httpOnly := bios("virtio"), uefi(lab.NoPXE4, lab.NoPXE6)
	rom.Reboot, httpOnly.Reboot = true, true
	return append(wellCases(plain),
		Case{
			Name: "bios-loop", About: "SeaBIOS, iPXE ROM, a script that only restarts the machine: after some rounds it is left to its disk, and the log says so",
			Client: ipxeROM, Machine: rom, Disk: BIOSDisk, Config: again, Console: []string{target.DiskMarker}, Log: []string{toldOfLoop},
			Story: []string{`^http GET \S*\.ipxe 200`, `^dhcp OFFER 10\.77\.0\.2 menu`}, Never: []string{gotKernel}, Timeout: 3 * time.Minute,
		},
		Case{
			Name: "uefi-http-loop", About: "OVMF HTTP Boot, a script that only restarts the machine: then it gets the URL of a file that is not there, and goes on to its disk",
			Client: httpBoot, Machine: httpOnly, Disk: UEFIDisk, Config: again, Console: []string{target.DiskMarker}, Log: []string{toldOfLoop},
			Story: []string{`^dhcp OFFER 10\.77\.0\.2 HTTPClient http://\S+/boot-the-local-disk`, `^http HEAD \S*boot-the-local-disk 404`},
			Never: []string{gotKernel}, Timeout: 3 * time.Minute,
		},
	)
}

// wellCases are machines that do what they should, again and again. BOOTLACE_E2E_LONG lets them do so twice as often as makes a
// loop by default; else a loop is made of fewer.
func wellCases(plain Config) []Case {
	boots, disks, limit := 3, 2, "loop: {returns: 1}\n"
	if os.Getenv("BOOTLACE_E2E_LONG") != "" {
		boots, disks, limit = 12, 6, ""
	}
	well := plain
	well.Profile = `kernel: tiny/linux
initrd: [tiny/initrd.gz]
cmdline: [console=ttyS0, quiet, again, "token={{ .vars.token }}"]
`
	well.Appliance = defaultAppliance + limit
	local := Config{Profile: "local: true\n", Images: plain.Images, Appliance: defaultAppliance + limit}
	rom, own, disk := bios("virtio"), uefi(lab.NoPXE6), uefi(lab.NoPXE6)
	rom.Reboot, own.Reboot, disk.Reboot = true, true, true
	times := func(pattern string, n int) []string { return []string{fmt.Sprintf(`(?s)(%s.*){%d}`, pattern, n)} }
	never := []string{`^dhcp OFFER 10\.77\.0\.2 menu`, `boot-the-local-disk`}
	return []Case{
		{
			Name: "bios-again", About: fmt.Sprintf("SeaBIOS, iPXE ROM: a healthy machine boots %d times in a row, and is never taken for one that loops", boots),
			Client: ipxeROM, Machine: rom, Config: well, Longest: 30 * time.Minute, Console: times(booted, boots), NeverLog: []string{anyLoop}, Never: never,
			Story: []string{gotKernel, gotInitrd, gotKernel, gotInitrd, gotKernel, gotInitrd}, Ends: fmt.Sprintf("boots %d times", boots),
		},
		{
			Name: "uefi-again", About: fmt.Sprintf("OVMF PXEv4: a healthy machine boots %d times in a row, and is never taken for one that loops", boots),
			Client: pxe4, Machine: own, Config: well, Longest: 30 * time.Minute, Console: times(booted, boots), NeverLog: []string{anyLoop}, Never: never,
			Story: []string{gotKernel, gotInitrd, gotKernel, gotInitrd, gotKernel, gotInitrd}, Ends: fmt.Sprintf("boots %d times", boots),
		},
		{
			Name: "uefi-local-again", About: fmt.Sprintf("OVMF PXEv4, then HTTP Boot, `local: true`: %d power-ons, each of which goes on to the disk at once", disks),
			Client: pxe4 + ", " + httpBoot, Machine: disk, Disk: UEFIAgain, Config: local, Longest: 30 * time.Minute, Console: times(target.DiskMarker, disks), NeverLog: []string{anyLoop},
			Story: []string{`^dhcp OFFER 10\.77\.0\.2 menu`, `^http HEAD \S*boot-the-local-disk 404`, `^dhcp OFFER 10\.77\.0\.2 menu`,
				`^http HEAD \S*boot-the-local-disk 404`}, Never: []string{gotKernel, anyTFTP}, Ends: fmt.Sprintf("goes on to its disk %d times", disks),
		},
	}
}
