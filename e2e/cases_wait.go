// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"github.com/bootlace-net/bootlace/e2e/lab"
)

// rounds is how often a machine shows its code before it is adopted: its loop goes round.
const rounds = 3

// waitCases are machines that nobody knows: they show a code and ask again until they are adopted by it, and boot then.
func waitCases(plain Config) []Case {
	config := func(more map[string]string) Config {
		c := plain
		c.Unknown, c.Appliance = true, "unknown: wait\nhttp: {port: 80}\n"
		c.Images = map[string]string{}
		for _, list := range []map[string]string{plain.Images, more} {
			for name, src := range list {
				c.Images[name] = src
			}
		}
		return c
	}
	byOthers := func(more map[string]string) Config {
		c := config(more)
		c.Appliance += "dhcp: {mode: \"off\"}\n" // the site's DHCP server names a loader of ours
		return c
	}
	console := []string{`Its code is [0-9A-Z]{5}`, booted}
	ready := []string{"udp/69", "tcp/80"}
	return []Case{
		{
			Name: "bios-ipxe-waits", About: "SeaBIOS, iPXE ROM, a machine that nobody knows: waits with a code, is adopted by it, boots",
			Client: ipxeROM, Machine: bios("virtio"), Adopt: rounds, Config: config(nil), Console: console,
			Story: []string{`^http GET \S*\.ipxe 200`, `^http (GET|POST) \S*/inventory\b`, `^http GET \S*\.ipxe 200`, `^http GET \S*\.ipxe 200`, gotKernel, gotInitrd},
		},
		{
			Name: "uefi-ipxe-waits", About: "OVMF PXEv4 -> embedded snponly.efi, a machine that nobody knows: waits with a code, is adopted by it, boots",
			Client: pxe4, Machine: uefi(lab.NoPXE6), Adopt: rounds, Config: config(nil), Console: console,
			Story: []string{`^tftp \S*snponly\.efi complete`, `^http GET \S*\.ipxe 200`, `^http GET \S*\.ipxe 200`, gotKernel, gotInitrd},
		},
		{
			Name: "bios-pxelinux-waits", About: "SeaBIOS, the site's DHCP server names pxelinux.0, a machine that nobody knows: waits with a code, is adopted by it, boots",
			Client: plainROM, PlainROM: true, Machine: bios("e1000"), Adopt: rounds, Direct: true, Ready: ready, Console: console,
			DHCP:   lab.DHCPOptions{NextServer: true, File: "pxelinux.0"},
			Config: byOthers(map[string]string{"pxelinux.0": pxelinux, "ldlinux.c32": ldlinux}),
			Story:  []string{`^tftp \S*pxelinux\.0 complete`, `^tftp \S*pxelinux\.cfg/\S+ complete`, `^tftp \S*pxelinux\.cfg/\S+ complete`, tftpKernel, tftpInitrd},
		},
		{
			Name: "uefi-grub-waits", About: "OVMF, the site's DHCP server names GRUB, a machine that nobody knows: waits with a code, is adopted by it, boots",
			Client: pxe4, Machine: uefi(lab.NoPXE6), Adopt: rounds, Direct: true, Ready: ready, Console: console,
			DHCP:   lab.DHCPOptions{NextServer: true, File: "grubx64.efi"},
			Config: byOthers(map[string]string{"grubx64.efi": grubNet}),
			Story:  []string{`^tftp \S*grubx64\.efi complete`, `^tftp \S*grub\.cfg\S* complete`, `^tftp \S*grub\.cfg\S* complete`, tftpKernel, tftpInitrd},
		},
	}
}
