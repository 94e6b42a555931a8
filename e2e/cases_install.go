// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"time"

	"github.com/bootlace-net/bootlace/e2e/lab"
	"github.com/bootlace-net/bootlace/e2e/target"
)

// installs is a profile whose kernel installs, asks done_url, and restarts.
const installs = `kernel: tiny/linux
initrd: [tiny/installer.gz]
cmdline: [console=ttyS0, quiet, "token={{ .vars.token }}", "install={{ done_url }}"]
install: {attempts: 3, within: 10m, success: callback}
`

// installCases are machines with nothing on their disk: they install once, and boot their disk from then on, each in its own
// way.
func installCases(installer string) []Case {
	config := func(more string, images map[string]string) Config {
		c := Config{Profile: installs + more, Images: map[string]string{"tiny/linux": target.AMD64.Kernel(), "tiny/installer.gz": installer}}
		for name, src := range images {
			c.Images[name] = src
		}
		return c
	}
	restarts := func(m lab.Machine) lab.Machine { m.Reboot, m.Memory = true, 768; return m }
	console := []string{`INSTALLED times=1`, `REPORTED answer=`, `(?s)REPORTED.*` + target.DiskMarker}
	return []Case{
		{
			Name: "bios-ipxe-installs", About: "SeaBIOS, iPXE ROM, an empty disk: installs, reports, restarts, and is sent to its disk",
			Client: ipxeROM, Machine: restarts(bios("virtio")), Disk: BareDisk, Installed: 1, Config: config("", nil), Console: console,
			Story: []string{`^http GET \S*\.ipxe 200`, `^http GET \S*installer\.gz 200`, `^http GET \S*/done 200`}, Timeout: 3 * time.Minute,
		},
		{
			Name: "bios-pxelinux-installs", About: "SeaBIOS, a ROM that is no iPXE -> pxelinux.0: installs, reports, restarts, and LOCALBOOT leads to its disk",
			Client: plainROM, PlainROM: true, Machine: restarts(bios("e1000")), Disk: BareDisk, Installed: 1,
			Config: config("loader: {bios: pxelinux.0}\n", map[string]string{"pxelinux.0": pxelinux, "ldlinux.c32": ldlinux}), Console: console,
			Story: []string{`^tftp \S*installer\.gz complete`, `^http GET \S*/done 200`}, Timeout: 3 * time.Minute,
		},
		{
			Name: "uefi-ipxe-installs", About: "OVMF PXEv4 -> embedded snponly.efi: installs, reports, restarts, and goes on to its disk",
			Client: pxe4, Machine: restarts(uefi(lab.NoPXE6)), Disk: BareDisk, Installed: 1, Config: config("", nil), Console: console,
			Story: []string{`^http GET \S*installer\.gz 200`, `^http GET \S*/done 200`}, Timeout: 3 * time.Minute,
		},
		{
			Name: "uefi-grub-installs", About: "OVMF PXEv4 -> shim -> GRUB: installs, reports, restarts, and GRUB goes on to its disk",
			Client: pxe4, Machine: restarts(uefi(lab.NoPXE6)), Disk: BareDisk, Installed: 1, DHCP: lab.DHCPOptions{NextServer: true},
			Config: config("loader: {uefi: shimx64.efi}\n", map[string]string{"shimx64.efi": shim, "grubx64.efi": grubNet}), Console: console,
			Story: []string{`^tftp \S*installer\.gz complete`, `^http GET \S*/done 200`}, Timeout: 4 * time.Minute,
		},
	}
}
