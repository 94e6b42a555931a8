// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"slices"
	"time"

	"github.com/bootlace-net/bootlace/e2e/lab"
	"github.com/bootlace-net/bootlace/e2e/target"
)

// Files of Debian packages that are served or booted.
const (
	pxelinux = "/usr/lib/PXELINUX/pxelinux.0"
	ldlinux  = "/usr/lib/syslinux/modules/bios/ldlinux.c32"

	syslinuxEFI = "/usr/lib/SYSLINUX.EFI/efi64/syslinux.efi"
	ldlinux64   = "/usr/lib/syslinux/modules/efi64/ldlinux.e64"

	shim    = "/usr/lib/shim/shimx64.efi.signed"
	grubNet = "/usr/lib/grub/x86_64-efi-signed/grubnetx64.efi.signed"
)

// Clients that ask the network first.
const (
	ipxeROM  = "iPXE option ROM"
	pxe4     = "PXEv4"
	pxe6     = "PXEv6"
	httpBoot = "HTTP Boot"
	plainROM = "PXE option ROM"
)

const (
	// booted is what the target prints; the token stands nowhere but in this machine's host profile.
	booted = `BOOTED mac={mac} cmdline=[^\n]*token={token}`
	tiny   = `kernel: tiny/linux
initrd: [tiny/initrd.gz]
cmdline: [console=ttyS0, quiet, "token={{ .vars.token }}"]
`
	tftpOnly = "unknown: ignore\nhttp: {enabled: false}\n"
)

// Patterns of steps that many stories have.
const (
	gotKernel  = `^http GET \S*tiny/linux 200`
	gotInitrd  = `^http GET \S*tiny/initrd\.gz 200`
	tftpKernel = `^tftp \S*tiny/linux complete`
	tftpInitrd = `^tftp \S*tiny/initrd\.gz complete`
	anyHTTP    = `^http `
	anyTFTP    = `^tftp `
)

func images(initrd string, more map[string]string) map[string]string {
	out := map[string]string{"tiny/linux": target.AMD64.Kernel(), "tiny/initrd.gz": initrd}
	for name, src := range more {
		out[name] = src
	}
	return out
}

func bios(card string) lab.Machine {
	nic := map[string]string{"virtio": "virtio-net-pci"}[card]
	if nic == "" {
		nic = card
	}
	return lab.Machine{Firmware: lab.SeaBIOS, NIC: nic, ROM: lab.ROM(card)}
}

func uefi(switches ...string) lab.Machine { return lab.Machine{Firmware: lab.OVMF, FWCfg: switches} }

// Cases gives all there are. The initrds are the target's, as package target makes them.
func Cases(initrds target.Initrds) []Case {
	initrd := initrds.AMD64
	plain := Config{Profile: tiny, Images: images(initrd, nil)}
	var out []Case
	for _, list := range [][]Case{
		biosCases(plain, initrd), uefiCases(plain, initrd), keyCases(plain), httpsCases(plain), sixCases(plain), besideCases(plain), otherCases(plain), loopCases(plain),
		rivalCases(plain), {unsignedCase(plain)},
		installCases(initrds.Installer), waitCases(plain), logCases(plain), memoryCases(plain), imageCases(initrd), placedCases(initrd), armCases(initrds.ARM64),
	} {
		out = append(out, list...)
	}
	return out
}

func biosCases(plain Config, initrd string) []Case {
	byTFTP := plain
	byTFTP.Appliance = tftpOnly
	pxe := Config{Profile: tiny + "loader: {bios: pxelinux.0}\n",
		Images: images(initrd, map[string]string{"pxelinux.0": pxelinux, "ldlinux.c32": ldlinux})}
	chains := pxe
	chains.Profile += "chain_loader: true\n"
	return []Case{
		{
			Name: "bios-ipxe-virtio", About: "SeaBIOS, iPXE ROM of a virtio card: offer -> script -> kernel by HTTP",
			Client: ipxeROM, Machine: bios("virtio"), Config: plain, Console: []string{booted},
			Story: []string{`^dhcp OFFER 10\.77\.0\.2`, `^http GET \S*\.ipxe 200`, gotKernel, gotInitrd}, Never: []string{anyTFTP},
		},
		{
			Name: "bios-ipxe-e1000", About: "SeaBIOS, iPXE ROM of an e1000: offer -> script -> kernel by HTTP",
			Client: ipxeROM, Machine: bios("e1000"), Config: plain, Console: []string{booted},
			Story: []string{`^dhcp OFFER 10\.77\.0\.2`, `^http GET \S*\.ipxe 200`, gotKernel, gotInitrd}, Never: []string{anyTFTP},
		},
		{
			Name: "bios-ipxe-tftp", About: "SeaBIOS, iPXE ROM, HTTP off: script and kernel by TFTP",
			Client: ipxeROM, Machine: bios("virtio"), Config: byTFTP, Console: []string{booted}, Ready: []string{"udp/4011", "udp/69"},
			Story: []string{`^tftp \S*\.ipxe complete`, tftpKernel, tftpInitrd}, Never: []string{anyHTTP},
		},
		{
			Name: "bios-pxelinux", About: "SeaBIOS, a ROM that is no iPXE -> pxelinux.0 -> pxelinux.cfg/01-mac -> kernel, all by TFTP",
			Client: plainROM, PlainROM: true, Machine: bios("e1000"), Config: pxe, Console: []string{booted},
			Story: []string{`^tftp \S*pxelinux\.0 complete`, `^tftp \S*ldlinux\.c32 complete`, `^tftp \S*pxelinux\.cfg/01-{dash} complete`,
				tftpKernel, tftpInitrd}, Never: []string{anyHTTP},
		},
		{
			Name: "bios-ipxe-chains-pxelinux", About: "SeaBIOS, iPXE ROM, chain_loader: script -> pxelinux.0 -> pxelinux.cfg/01-mac -> kernel by TFTP",
			Client: ipxeROM, Machine: bios("virtio"), Config: chains, Console: []string{booted},
			Story: []string{`^dhcp OFFER 10\.77\.0\.2`, `^http GET \S*\.ipxe 200`, `^http GET \S*pxelinux\.0 200`,
				`^tftp \S*pxelinux\.cfg/01-{dash} complete`, tftpKernel, tftpInitrd},
		},
		{
			Name: "bios-undionly", About: "SeaBIOS, a ROM that is no iPXE -> embedded undionly.kpxe by TFTP -> offer again -> script -> kernel by HTTP",
			Client: plainROM, PlainROM: true, Machine: bios("virtio"), Config: plain, Console: []string{booted},
			Story: []string{`^tftp \S*undionly\.kpxe complete`, `^dhcp OFFER 10\.77\.0\.2`, `^http GET \S*\.ipxe 200`, gotKernel, gotInitrd},
		},
		{
			Name: "bios-debian-installer", About: "SeaBIOS, a ROM that is no iPXE -> the Debian installer's netboot tree, its own pxelinux.0 -> its first screen",
			Client: plainROM, PlainROM: true, Machine: lab.Machine{Firmware: lab.SeaBIOS, NIC: "e1000", ROM: lab.ROM("e1000"), Memory: 1024},
			Config: installer(), Console: []string{`Kernel command line:[^\n]*token={token}`, `Select a language|Choose language|Choose the language`},
			Timeout: 5 * time.Minute,
			Story:   []string{`^tftp \S*pxelinux\.0 complete`, `^tftp \S*pxelinux\.cfg/01-{dash} complete`, `initrd\.gz complete`},
		},
	}
}

// installer serves Debian's tree as it is, below debian-12.
func installer() Config {
	const dir = "debian-12/debian-installer/amd64"
	return Config{
		Profile: "kernel: " + dir + "/linux\ninitrd: [" + dir + "/initrd.gz]\n" +
			"cmdline: [vga=normal, console=ttyS0, \"token={{ .vars.token }}\", ---]\nloader: {bios: debian-12/pxelinux.0}\n",
		Images: map[string]string{"debian-12": target.Debian},
	}
}

func uefiCases(plain Config, initrd string) []Case {
	syslinux := Config{Profile: tiny + "loader: {uefi: efi64/syslinux.efi}\n",
		Images: images(initrd, map[string]string{"efi64/syslinux.efi": syslinuxEFI, "efi64/ldlinux.e64": ldlinux64})}
	grub := Config{Profile: tiny + "loader: {uefi: shimx64.efi}\n",
		Images: images(initrd, map[string]string{"shimx64.efi": shim, "grubx64.efi": grubNet})}
	secure := lab.Machine{Firmware: lab.SecureBoot, FWCfg: []string{lab.NoPXE6}}
	binl := plain
	binl.Host = "    firmware: {strategy: binl}\n"
	return []Case{
		{
			Name: "uefi-ipxe", About: "OVMF PXEv4 -> embedded snponly.efi by TFTP, which needs no second offer -> script -> kernel by HTTP",
			Client: pxe4, Machine: uefi(lab.NoPXE6), Config: plain, Console: []string{booted},
			Story: []string{`^dhcp OFFER 10\.77\.0\.2`, `^tftp \S*\.efi complete`, `^http GET \S*\.ipxe 200`, gotKernel, gotInitrd},
			Never: []string{`^dhcp OFFER 10\.77\.0\.2 iPXE script`},
		},
		{
			Name: "uefi-binl", About: "the same, with the offer strategy BINL by configuration: no option 43, boot file on port 4011",
			Client: pxe4, Machine: uefi(lab.NoPXE6), Config: binl, Console: []string{booted},
			Story: []string{`^dhcp OFFER 10\.77\.0\.2 BINL`, `^dhcp ACK 10\.77\.0\.2 4011 \S+\.efi`, `^tftp \S*\.efi complete`, gotKernel, gotInitrd},
		},
		{
			Name: "uefi-http", About: "OVMF HTTP Boot: URL from an HTTPClient offer -> embedded snponly.efi -> script -> kernel, all by HTTP",
			Client: httpBoot, Machine: uefi(lab.NoPXE4, lab.NoPXE6), Config: plain, Console: []string{booted},
			Story: []string{`^dhcp OFFER 10\.77\.0\.2 HTTPClient http://10\.77\.0\.2/\S+\.efi`, `^http GET \S*\.efi 200`,
				`^http GET \S*\.ipxe 200`, gotKernel, gotInitrd}, Never: []string{anyTFTP},
		},
		{
			Name: "uefi-syslinux", About: "OVMF PXEv4 -> syslinux.efi -> pxelinux.cfg/01-mac -> kernel, all by TFTP",
			Client: pxe4, Machine: uefi(lab.NoPXE6), Config: syslinux, Console: []string{booted},
			Story: []string{`^tftp \S*syslinux\.efi complete`, `^tftp \S*ldlinux\.e64 complete`, `^tftp \S*pxelinux\.cfg/01-{dash} complete`,
				tftpKernel, tftpInitrd}, Never: []string{anyHTTP},
		},
		{
			Name: "uefi-secure-boot", About: "OVMF, Secure Boot on: PXEv4 -> shim -> GRUB -> signed kernel, all by TFTP; GRUB has its server from plain DHCP's next-server",
			Client: pxe4, Machine: secure, Config: grub, Console: []string{booted}, DHCP: lab.DHCPOptions{NextServer: true},
			Story: []string{`^tftp \S*shimx64\.efi complete`, `^tftp \S*grubx64\.efi complete`, `^tftp \S*grub\.cfg\S* complete`, tftpKernel, tftpInitrd},
			Never: []string{anyHTTP},
		},
	}
}

func otherCases(plain Config) []Case {
	menu := plain
	menu.Appliance, menu.Unknown = "unknown: menu\nhttp: {port: 80}\n", true
	unknown := plain
	unknown.Unknown = true
	local := Config{Profile: "local: true\n", Images: plain.Images}
	return []Case{
		{
			Name: "unknown-menu", About: "a machine nobody knows, `unknown: menu`: iPXE shows the menu",
			Client: ipxeROM, Machine: bios("virtio"), Config: menu, Console: []string{`Boot from the local disk`, `iPXE shell`}, Hold: time.Second,
			Story: []string{`^http GET \S*\.ipxe 200`}, Never: []string{gotKernel},
		},
		{
			Name: "unknown-ignored", About: "a machine nobody knows, by default: not one packet for it",
			Client: ipxeROM, Machine: bios("virtio"), Config: unknown, Console: []string{`No more network devices`}, Silent: true, Hold: 3 * time.Second,
		},
		{
			Name: "bios-local", About: "SeaBIOS, iPXE ROM, `local: true`: goes on to its disk",
			Client: ipxeROM, Machine: bios("virtio"), Disk: BIOSDisk, Config: local, Console: []string{target.DiskMarker},
			Never: []string{gotKernel},
		},
		{
			Name: "uefi-local", About: "OVMF PXEv4, `local: true`: goes on to its disk",
			Client: pxe4, Machine: uefi(lab.NoPXE6), Disk: UEFIDisk, Config: local, Console: []string{target.DiskMarker},
			Never: []string{gotKernel},
		},
	}
}

// Find gives the case of a name.
func Find(cases []Case, name string) (Case, bool) {
	i := slices.IndexFunc(cases, func(c Case) bool { return c.Name == name })
	if i < 0 {
		return Case{}, false
	}
	return cases[i], true
}
