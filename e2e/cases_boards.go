// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"github.com/bootlace-net/bootlace/e2e/lab"
	"github.com/bootlace-net/bootlace/e2e/target"
)

// armCases are 64-bit ARM machines.
func armCases(initrd string) []Case {
	plain := Config{
		Profile: "kernel: tiny/linux\ninitrd: [tiny/initrd.gz]\ncmdline: [console=ttyAMA0, quiet, \"token={{ .vars.token }}\"]\n",
		Images:  map[string]string{"tiny/linux": target.ARM64.Kernel(), "tiny/initrd.gz": initrd},
	}
	return []Case{
		{
			Name: "arm64-uefi-ipxe", About: "AAVMF PXEv4 -> embedded snp-arm64.efi by TFTP -> script -> kernel by HTTP",
			Client: pxe4, Machine: lab.Machine{Firmware: lab.AAVMF, FWCfg: []string{lab.NoPXE6}}, Config: plain, Console: []string{booted},
			Story: []string{`^dhcp OFFER 10\.77\.0\.2`, `^tftp \S*\.efi complete`, `^http GET \S*\.ipxe 200`, gotKernel, gotInitrd},
		},
		{
			Name: "arm64-u-boot", About: "U-Boot, which takes no proxy's offer: the plain DHCP server names Bootlace as next-server; `pxe get` -> pxelinux.cfg/01-mac -> kernel, all by TFTP",
			Client: "U-Boot", Machine: lab.Machine{Firmware: lab.UBoot}, Config: plain, Console: []string{booted}, Direct: true,
			DHCP:  lab.DHCPOptions{NextServer: true},
			Keys:  []Key{{After: "Hit any key to stop autoboot", Type: "\r"}, {After: "=> ", Type: "setenv -f ethaddr {mac}; setenv autoload no; dhcp; pxe get && pxe boot\r"}},
			Story: []string{`^tftp \S*pxelinux\.cfg/01-{dash} complete`, tftpInitrd, tftpKernel}, Never: []string{anyHTTP},
		},
		{
			Name: "arm64-u-boot-script", About: "U-Boot by its own bootcmd_dhcp: `next-server` alone -> boot.scr.uimg -> pxelinux.cfg/01-mac -> kernel, all by TFTP",
			Client: "U-Boot", Machine: lab.Machine{Firmware: lab.UBoot}, Config: plain, Console: []string{booted}, Direct: true,
			DHCP:  lab.DHCPOptions{NextServer: true},
			Keys:  []Key{{After: "Hit any key to stop autoboot", Type: "\r"}, {After: "=> ", Type: "setenv -f ethaddr {mac}; run bootcmd_dhcp\r"}},
			Story: []string{`^tftp boot\.scr\.uimg complete`, `^tftp \S*pxelinux\.cfg/01-{dash} complete`, tftpInitrd, tftpKernel}, Never: []string{anyHTTP},
		},
	}
}
