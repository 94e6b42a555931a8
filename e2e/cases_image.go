// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"github.com/bootlace-net/bootlace/e2e/lab"
	"github.com/bootlace-net/bootlace/e2e/target"
)

// placedCases are machines whose kernel finds a file by a path of its own in its memory, as Proxmox' installer does its medium.
func placedCases(initrd string) []Case {
	profile := `initrd: [tiny/initrd.gz, "newc:/placed:tiny/medium"]` + "\nkernel: tiny/linux\ncmdline: [console=ttyS0, quiet, \"token={{ .vars.token }}\"]\n"
	files := images(initrd, map[string]string{"tiny/medium": target.AMD64.Kernel()})
	withGRUB := images(initrd, map[string]string{"tiny/medium": target.AMD64.Kernel(), "shimx64.efi": shim, "grubx64.efi": grubNet})
	console := []string{`PLACED bytes=[1-9][0-9]{6}`, booted}
	return []Case{
		{
			Name: "bios-ipxe-placed", About: "SeaBIOS, iPXE ROM: a file by a path of its own in the kernel's memory, as media of Proxmox VE need it",
			Client: ipxeROM, Machine: bios("virtio"), Console: console, Config: Config{Profile: profile, Images: files},
			Story: []string{`^http GET \S*\.ipxe 200`, gotKernel, gotInitrd, `^http GET \S*medium 200`},
		},
		{
			Name: "uefi-ipxe-placed", About: "OVMF PXEv4 -> embedded snponly.efi: the same",
			Client: pxe4, Machine: uefi(lab.NoPXE6), Console: console, Config: Config{Profile: profile, Images: files},
			Story: []string{`^http GET \S*\.ipxe 200`, gotKernel, gotInitrd, `^http GET \S*medium 200`},
		},
		{
			Name: "uefi-grub-placed", About: "OVMF PXEv4 -> shim -> GRUB: the same",
			Client: pxe4, Machine: uefi(lab.NoPXE6), DHCP: lab.DHCPOptions{NextServer: true}, Console: console,
			Config: Config{Profile: profile + "loader: {uefi: shimx64.efi}\n", Images: withGRUB},
			Story:  []string{tftpKernel, tftpInitrd, `^tftp \S*/newc/placed/tiny/medium complete`},
		},
	}
}

// imageCases are machines whose profile says no more than which image they boot, and what is their own.
func imageCases(initrd string) []Case {
	files := [2]string{target.AMD64.Kernel(), initrd}
	return []Case{
		{
			Name: "bios-ipxe-image", About: "SeaBIOS, iPXE ROM: `image: debian/12`, pulled from a signed mirror by its name -> kernel and initrd by HTTP",
			Client: ipxeROM, Machine: bios("virtio"), Console: []string{booted},
			Config: Config{Mirror: files, Profile: "image: debian/12\ncmdline: [console=ttyS0, quiet, \"token={{ .vars.token }}\"]\n"},
			Story:  []string{`^dhcp OFFER 10\.77\.0\.2`, `^http GET \S*\.ipxe 200`, `^http GET /m/{dash}/debian/12/linux 200`, `^http GET /m/{dash}/debian/12/initrd\.gz 200`},
			Never:  []string{anyTFTP},
		},
		{
			Name: "bios-ipxe-medium", About: "SeaBIOS, iPXE ROM, HTTP off: an imported live medium -> kernel and initrd by TFTP, from where they lie in it",
			Client: ipxeROM, Machine: bios("virtio"), Console: []string{`BOOTED mac={mac} cmdline=[^\n]*boot=live components fetch=tftp://10\.77\.0\.2/\S*/debian-live/12/live/filesystem\.squashfs [^\n]*token={token}`},
			Config: Config{Appliance: tftpOnly, Medium: files, Profile: "image: debian-live/12\ncmdline: [console=ttyS0, quiet, \"token={{ .vars.token }}\"]\n"},
			Ready:  []string{"udp/4011", "udp/69"},
			Story:  []string{`^tftp \S*\.ipxe complete`, `^tftp \S*debian-live/12/live/vmlinuz complete`, `^tftp \S*debian-live/12/live/initrd\.img complete`}, Never: []string{anyHTTP},
		},
	}
}
