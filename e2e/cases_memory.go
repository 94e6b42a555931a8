// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"github.com/bootlace-net/bootlace/e2e/lab"
	"github.com/bootlace-net/bootlace/e2e/target"
)

// What machines with less memory than they need are told; QEMU's have 512 MiB.
const (
	needs        = "least_memory_mib: 2048\n"
	littleScreen = `it needs 2048 MiB of memory, and this machine reports 512 MiB`
	toldOfLittle = `WRN is not installed: it needs 2048 MiB of memory, and this machine reports 512 MiB`
)

// memoryCases are machines that are told before they boot that they have too little memory for it.
func memoryCases(plain Config) []Case {
	installs, live := plain, plain
	installs.Profile += needs + "install: {success: os-dhcp}\n"
	live.Profile += needs
	live.Appliance = "unknown: ignore\nhttp: {port: 80}\nmemory: {pause: 2s}\n"
	asked := []string{`^tftp \S*autoexec\.ipxe complete`, `^http (GET|POST) \S*/inventory\b\S* 200`, `^http GET \S*/asked/boot\.ipxe 200`}
	return []Case{
		{
			Name: "bios-little-memory", About: "SeaBIOS, iPXE ROM, an installer that needs four times the memory: is asked, told why it is not installed, and goes on to its disk",
			Client: ipxeROM, Machine: bios("virtio"), Disk: BIOSDisk, Config: installs, Console: []string{littleScreen, "NOT installed", target.DiskMarker},
			Story: asked[1:], Never: []string{gotKernel, gotInitrd}, Log: []string{toldOfLittle}, Ends: "goes on to its disk",
		},
		{
			Name: "uefi-little-memory", About: "OVMF PXEv4 -> embedded snponly.efi, a live system that needs four times the memory: is asked, warned, and boots after a pause",
			Client: pxe4, Machine: uefi(lab.NoPXE6), Config: live, Console: []string{littleScreen, "most likely fail", booted},
			Story: append(asked, gotKernel, gotInitrd), Log: []string{`WRN will most likely fail: it needs 2048 MiB of memory, and this machine reports 512 MiB`},
		},
	}
}
