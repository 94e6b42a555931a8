// SPDX-License-Identifier: Apache-2.0

package e2e

import "github.com/bootlace-net/bootlace/e2e/lab"

// sixCases boot over IPv6. The kernel comes over IPv4: it is iPXE that chooses then.
func sixCases(plain Config) []Case {
	only6 := plain
	only6.Appliance = "unknown: ignore\nhttp: {port: 80, allow: [\"fd77::/64\"]}\n" // OVMF tries IPv4 first, and asks a minute long if nobody offers
	noDHCP := plain
	noDHCP.Appliance = defaultAppliance + "dhcp: {mode: \"off\"}\n"
	// Not snponly.efi, which asks for its script by TFTP over IPv6 and gets no answer there: ipxe.efi has the script in it.
	const url = "tftp://[fd77::2]/ipxe.efi"
	return []Case{
		{
			Name: "uefi-pxe6", About: "OVMF PXEv6 by proxy: addresses by plain DHCPv6 -> boot file from Bootlace, in an ADVERTISE without an address and again on port 4011 -> embedded snponly.efi by TFTP over IPv6 -> kernel",
			Client: pxe6, Machine: uefi(lab.NoPXE4), Config: plain, Console: []string{booted}, IPv6: true,
			DHCP: lab.DHCPOptions{Server: lab.Dnsmasq, IPv6: true},
			Story: []string{`^dhcp6 ADVERTISE \S+ tftp://\[fd77::2\]/\S+\.efi`, `^dhcp6 REPLY fd77::2 tftp://\[fd77::2\]/\S+\.efi`,
				`^tftp \S*\.efi complete`, gotKernel, gotInitrd},
		},
		{
			Name: "uefi-pxe6-direct", About: "OVMF PXEv6 without a proxy: the DHCPv6 server gives the address and names Bootlace's file -> embedded ipxe.efi by TFTP over IPv6 -> kernel",
			Client: pxe6, Machine: uefi(lab.NoPXE4), Config: noDHCP, Console: []string{booted}, IPv6: true, Direct: true,
			DHCP: lab.DHCPOptions{Server: lab.Dnsmasq, IPv6: true, BootURL6: url}, Ready: []string{"udp/69", "tcp/80"},
			Story: []string{`^dhcp6 REPLY \S+ tftp://\[fd77::2\]/ipxe\.efi`, `^tftp ipxe\.efi complete`, gotKernel, gotInitrd},
		},
		{
			Name: "uefi-http6", About: "OVMF HTTP Boot, turned away over IPv4 -> HTTP Boot over IPv6: addresses by plain DHCPv6, URL from Bootlace in an ADVERTISE without an address -> embedded snponly.efi -> kernel, all by HTTP",
			Client: httpBoot + " over IPv6", Machine: uefi(lab.NoPXE4, lab.NoPXE6), Config: only6, Console: []string{booted}, IPv6: true,
			DHCP:  lab.DHCPOptions{Server: lab.Dnsmasq, IPv6: true},
			Story: []string{`^dhcp6 ADVERTISE \S+ http://\[fd77::2\]\S+\.efi`, `^http GET \S*\.efi 200`, gotKernel, gotInitrd},
			Never: []string{anyTFTP},
		},
	}
}
