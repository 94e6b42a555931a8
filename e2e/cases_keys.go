// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"maps"

	"github.com/bootlace-net/bootlace/e2e/lab"
	"github.com/bootlace-net/bootlace/e2e/target"
)

// ownScript is filled into an iPXE before it is signed: the address of the boot server is what its ProxyDHCP reply says.
const ownScript = "ifopen\nisset ${ip} || dhcp\nchain --replace http://${proxydhcp/next-server}/m/${mac:hexhyp}/boot.ipxe ||\n"

// refused is what iPXE says when the firmware does not load a program: its platform's error is EFI_SECURITY_VIOLATION.
const refused = `Could not boot: Error 0x7f04818f`

// keyCases boot machines whose firmware, with Secure Boot on, trusts one key: their owner's.
func keyCases(plain Config) []Case {
	own := lab.Machine{Firmware: lab.OwnKeys, FWCfg: []string{lab.NoPXE6}}
	signed, half := plain, plain
	loud := "kernel: tiny/linux\ninitrd: [tiny/initrd.gz]\ncmdline: [console=ttyS0, \"token={{ .vars.token }}\"]\n"
	signed.Profile, half.Profile = loud, loud
	signed.Signed = map[string]string{"ipxe.efi": "ipxe.efi", "tiny/linux": target.AMD64.Kernel()}
	signed.Script = ownScript
	signed.Images = maps.Clone(plain.Images)
	delete(signed.Images, "tiny/linux")
	half.Signed = map[string]string{"ipxe.efi": "ipxe.efi"}
	return []Case{
		{
			Name: "uefi-own-keys", About: "OVMF, Secure Boot on, own keys: PXEv4 -> iPXE and kernel as `bootlace loaders sign` signed them, the script filled in before",
			Client: pxe4, Machine: own, Config: signed, Console: []string{`Secure boot enabled`, booted},
			Story: []string{`^tftp \S*ipxe\.efi complete`, `^http GET \S*\.ipxe 200`, gotKernel, gotInitrd}, Never: []string{`^dhcp OFFER 10\.77\.0\.2 iPXE script`},
		},
		{
			Name: "uefi-own-keys-foreign-kernel", About: "the same with a kernel that only its distribution signed, and no script filled in: iPXE starts, and the firmware refuses the kernel",
			Client: pxe4, Machine: own, Config: half, Console: []string{refused},
			Story: []string{`^tftp \S*ipxe\.efi complete`, `^dhcp OFFER 10\.77\.0\.2 iPXE script`, `^http GET \S*\.ipxe 200`, gotKernel}, Ends: "iPXE runs, the kernel is refused",
			Log: []string{`WRN Secure Boot is on, and will refuse what it boots: tiny/linux: it is signed by `},
		},
	}
}
