// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"time"

	"github.com/bootlace-net/bootlace/e2e/lab"
	"github.com/bootlace-net/bootlace/e2e/target"
)

// Lines of Bootlace's log about what machines say of themselves.
const (
	logging   = "unknown: ignore\nhttp: {port: 80}\nsyslog: {listen: \":514\"}\nlog: {level: debug}\n"
	ipxeSays  = `DBG ipxe: http://10\.77\.0\.2/m/\S+/tiny/linux.* form=ipxe .*host=machine .*severity=info step=log`
	inventory = `INF says that it is QEMU Standard PC \([^)]* \+ [^)]*\), UUID 77777777-0000-4000-8000-5254\S+, `
)

// logCases are machines that say what they are and do.
func logCases(plain Config) []Case {
	plain.Appliance = logging
	sent := `^http POST /m/{dash}/inventory 200`
	return []Case{
		{
			Name: "bios-undionly-log", About: "SeaBIOS, embedded undionly.kpxe: says what it runs on, and sends its screen as syslog",
			Client: plainROM, PlainROM: true, Machine: bios("virtio"), Config: plain, Console: []string{booted},
			Story: []string{`^tftp \S*undionly\.kpxe complete`, sent, gotKernel, gotInitrd}, Log: []string{inventory + "BIOS", ipxeSays},
		},
		{
			Name: "uefi-log", About: "OVMF, embedded snponly.efi: says what it runs on, Secure Boot among it, and sends its screen as syslog",
			Client: pxe4, Machine: uefi(lab.NoPXE6), Config: plain, Console: []string{booted},
			Story: []string{`^tftp \S*\.efi complete`, sent, gotKernel, gotInitrd}, Log: []string{inventory + "UEFI, Secure Boot setup", ipxeSays},
		},
		{
			Name: "bios-debian-installer-log", About: "SeaBIOS, iPXE ROM that can send no form -> the Debian installer, which logs to Bootlace (log_host)",
			Client: ipxeROM, Machine: lab.Machine{Firmware: lab.SeaBIOS, NIC: "virtio-net-pci", ROM: lab.ROM("virtio"), Memory: 1024}, Config: installerLog(),
			Console: []string{`Kernel command line:[^\n]*token={token}`, `Select a language|Choose the language`}, Timeout: 5 * time.Minute,
			Story: []string{`^http GET /m/{dash}/inventory\?\S+ 200`, `^http GET \S*initrd\.gz 200`, `^http GET \S*preseed\.cfg 200`},
			Log:   []string{inventory + "BIOS", `DBG (anna|net-retriever|preseed|netcfg|main-menu|cdebconf\S*|kernel|log-output): .* form=rfc3164 .*host=machine .*step=log`},
		},
	}
}

// installerLog is Debian's installer without questions up to where its network is there.
func installerLog() Config {
	const dir = "debian-12/debian-installer/amd64"
	return Config{
		Appliance: logging,
		Profile: "kernel: " + dir + "/linux\ninitrd: [" + dir + "/initrd.gz]\n" +
			"cmdline: [auto=true, priority=critical, \"url={{ url \\\"preseed.cfg\\\" }}\", \"log_host={{ .server }}\", vga=normal, console=ttyS0, \"token={{ .vars.token }}\", ---]\n" +
			"files: {preseed.cfg: {content: \"d-i mirror/country string manual\\nd-i mirror/http/hostname string {{ .server }}\\nd-i mirror/http/directory string /none\\n\"}}\n",
		Images: map[string]string{"debian-12": target.Debian},
	}
}
