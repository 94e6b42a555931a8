// SPDX-License-Identifier: Apache-2.0

package e2e

import "github.com/bootlace-net/bootlace/e2e/lab"

// besideCases boot beside a plain DHCP server of another kind, or one on Bootlace's own host, whichever of the two was first.
func besideCases(plain Config) []Case {
	packet := plain
	packet.Appliance = defaultAppliance + "dhcp: {socket: packet}\n"
	dnsmasq, both := lab.DHCPOptions{Server: lab.Dnsmasq}, lab.DHCPOptions{Server: lab.Dnsmasq, IPv6: true}
	rom := []string{`^http GET \S*\.ipxe 200`, gotKernel, gotInitrd}
	six := []string{`^dhcp6 ADVERTISE \S+ tftp://\[fd77::2\]/\S+\.efi`, `^tftp \S*\.efi complete`, gotKernel, gotInitrd}
	const theirs4, theirs6 = `port 67 belongs to dnsmasq`, `port 547 belongs to dnsmasq`
	const later4, later6 = `port 67 belongs to another program`, `port 547 belongs to another program` // whose name only root sees
	return []Case{
		{
			Name: "beside-dnsmasq", About: "SeaBIOS, iPXE ROM; the plain DHCP server is dnsmasq on another host",
			Client: ipxeROM, Machine: bios("virtio"), Config: plain, Console: []string{booted}, DHCP: dnsmasq, Story: rom,
		},
		{
			Name: "same-host-dnsmasq", About: "OVMF PXEv4; dnsmasq gives the addresses on Bootlace's own host and was first: it holds port 67, which Bootlace finds out",
			Client: pxe4, Machine: uefi(lab.NoPXE6), Config: plain, Console: []string{booted}, DHCP: dnsmasq, Beside: true,
			Story: []string{`^tftp \S*\.efi complete`, gotKernel, gotInitrd}, Log: []string{theirs4},
		},
		{
			Name: "same-host-dnsmasq-later", About: "SeaBIOS, iPXE ROM; dnsmasq on Bootlace's own host starts after it, and finds port 67 free",
			Client: ipxeROM, Machine: bios("virtio"), Config: plain, Console: []string{booted}, DHCP: dnsmasq, Beside: true, Later: true, Story: rom,
			Log: []string{later4},
		},
		{
			Name: "same-host-dnsmasq6", About: "OVMF PXEv6; dnsmasq gives the addresses by DHCP and DHCPv6 on Bootlace's own host and was first: it holds ports 67 and 547",
			Client: pxe6, Machine: uefi(lab.NoPXE4), Config: plain, Console: []string{booted}, DHCP: both, IPv6: true, Beside: true, Story: six,
			Log: []string{theirs4, theirs6},
		},
		{
			Name: "same-host-dnsmasq6-later", About: "OVMF PXEv6; dnsmasq with DHCP and DHCPv6 on Bootlace's own host starts after it, and finds ports 67 and 547 free",
			Client: pxe6, Machine: uefi(lab.NoPXE4), Config: plain, Console: []string{booted}, DHCP: both, IPv6: true, Beside: true, Later: true, Story: six,
			Log: []string{later4, later6},
		},
		{
			Name: "same-host-dhcpd", About: "SeaBIOS, iPXE ROM; ISC dhcpd gives the addresses on Bootlace's own host and was first",
			Client: ipxeROM, Machine: bios("virtio"), Config: plain, Console: []string{booted}, Beside: true, Story: rom, Log: []string{`port 67 belongs to dhcpd`},
		},
		{
			Name: "same-host-dhcpd-later", About: "SeaBIOS, iPXE ROM; ISC dhcpd on Bootlace's own host starts after it, and finds port 67 free",
			Client: ipxeROM, Machine: bios("virtio"), Config: plain, Console: []string{booted}, Beside: true, Later: true, Story: rom, Log: []string{later4},
		},
		{
			Name: "same-host-dhcpd-packet", About: "SeaBIOS, iPXE ROM; ISC dhcpd gives the addresses on Bootlace's own host; `dhcp: {socket: packet}`",
			Client: ipxeROM, Machine: bios("virtio"), Config: packet, Console: []string{booted}, Beside: true, Story: rom,
		},
	}
}
