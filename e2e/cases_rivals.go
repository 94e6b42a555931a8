// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"time"

	"github.com/bootlace-net/bootlace/e2e/lab"
)

// rivalCases boot beside servers that say something of booting, too.
func rivalCases(plain Config) []Case {
	sixty, late := lab.DHCPOptions{Class60: true}, lab.DHCPOptions{Class60: true, Slow: 1}
	slow := plain // so that the DHCP server's offer comes first
	slow.Appliance = defaultAppliance + "dhcp: {delay: 200ms}\n"
	const other = `another ProxyDHCP server on this network`
	return []Case{
		{
			Name: "bios-second-proxy", About: "SeaBIOS, iPXE ROM; another ProxyDHCP server, which has no files, offers after us and before the DHCP server: ours has the higher priority, and is said again",
			Client: ipxeROM, Machine: bios("virtio"), Config: plain, Console: []string{booted}, Rival: true, DHCP: lab.DHCPOptions{Slow: 2}, Log: []string{other},
			Story: []string{`^http GET \S*\.ipxe 200`, gotKernel, gotInitrd},
		},
		{
			Name: "uefi-second-proxy", About: "OVMF PXEv4; another ProxyDHCP server, which has no files, offers a second after us: UEFI takes the first",
			Client: pxe4, Machine: uefi(lab.NoPXE6), Config: plain, Console: []string{booted}, Rival: true, Log: []string{other},
			Story: []string{`^tftp \S*\.efi complete`, gotKernel, gotInitrd},
		},
		{
			Name: "bios-option60-late", About: "SeaBIOS, iPXE ROM; the DHCP server sends option 60 PXEClient a second later, when it has pinged the address: ours has the higher priority",
			Client: ipxeROM, Machine: bios("virtio"), Config: plain, Console: []string{booted}, DHCP: late,
			Story: []string{`^dhcp OFFER 10\.77\.0\.2`, `^dhcp OFFER 10\.77\.0\.1`, `^http GET \S*\.ipxe 200`, gotKernel, gotInitrd},
		},
		{
			Name: "bios-option60-first", About: "SeaBIOS, iPXE ROM; the DHCP server sends option 60 PXEClient before Bootlace answers: iPXE has nothing to boot, and the log says why, though the offer went to the machine alone",
			Client: ipxeROM, Machine: bios("virtio"), Disk: BIOSDisk, Config: slow, Console: []string{`Nothing to boot`}, DHCP: sixty, Direct: true, Hold: 35 * time.Second,
			Story: []string{`^dhcp OFFER 10\.77\.0\.1`, `^dhcp OFFER 10\.77\.0\.2`}, Never: []string{anyHTTP, anyTFTP},
			Log: []string{`WRN a machine took its address from the DHCP server 10\.77\.0\.1 .*option 60`}, Ends: "has nothing to boot",
		},
		{
			Name: "uefi-option60", About: "OVMF; the DHCP server sends option 60 PXEClient: PXEv4 asks that server for its file, in vain, and HTTP Boot boots",
			Client: pxe4 + ", " + httpBoot, Machine: uefi(lab.NoPXE6), Config: plain, Console: []string{booted}, DHCP: sixty,
			Story: []string{`^http GET \S*\.efi 200`, gotKernel, gotInitrd}, Never: []string{anyTFTP}, Log: []string{`WRN the DHCP server 10\.77\.0\.1 sends option 60`},
		},
		{
			Name: "same-host-option60", About: "OVMF PXEv4; the DHCP server with option 60 PXEClient is on Bootlace's own host, where its offer leads: port 4011",
			Client: pxe4, Machine: uefi(lab.NoPXE6), Config: plain, Console: []string{booted}, DHCP: sixty, Beside: true, Ready: []string{"udp/4011", "udp/69", "tcp/80"},
			Story: []string{`^dhcp ACK 10\.77\.0\.2 4011 \S+\.efi`, `^tftp \S*\.efi complete`, gotKernel, gotInitrd}, NeverLog: []string{`option 60`},
		},
		{
			Name: "bios-own-file", About: "SeaBIOS, iPXE ROM; the DHCP server names a boot file of its own, which it does not have: ours has the higher priority",
			Client: ipxeROM, Machine: bios("virtio"), Config: plain, Console: []string{booted}, DHCP: lab.DHCPOptions{File: "own.0"},
			Story: []string{`^http GET \S*\.ipxe 200`, gotKernel, gotInitrd},
		},
	}
}

// unsignedCase is a machine that does not start what is not signed.
func unsignedCase(plain Config) Case {
	menu := plain
	menu.Appliance, menu.Unknown = "unknown: menu\nhttp: {port: 80}\n", true
	return Case{
		Name: "secure-boot-unknown-menu", About: "OVMF, Secure Boot on, a machine nobody knows, `unknown: menu`: it does not start iPXE, which is not signed, and the log says so",
		Client: pxe4 + ", " + httpBoot, Machine: lab.Machine{Firmware: lab.SecureBoot, FWCfg: []string{lab.NoPXE6}}, Config: menu,
		Console: []string{`(?s)PXEv4.*Access Denied.*HTTPv4.*Access Denied`}, Ends: "refuses iPXE", Story: []string{`^tftp \S*snponly\.efi complete`}, Never: []string{`\.ipxe 200`},
		Log: []string{`WRN Secure Boot\? the loader is not signed`},
	}
}
