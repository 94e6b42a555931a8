// SPDX-License-Identifier: Apache-2.0

package e2e

import "github.com/bootlace-net/bootlace/e2e/lab"

// withTLS serves the tree by HTTPS, too.
const withTLS = "unknown: ignore\nhttp: {port: 80, tls: {listen: [\":443\"]}}\n"

// httpsCases boot machines from a tree that is served by HTTPS as well, by a certificate of the appliance's own authority.
func httpsCases(plain Config) []Case {
	enrolled := plain
	enrolled.Appliance, enrolled.Authority = withTLS, true
	enrolled.Host = "    firmware: {https: firmware}\n"
	stranger := enrolled
	stranger.Host = ""
	knows := uefi(lab.NoPXE4, lab.NoPXE6)
	knows.Authority = true
	return []Case{
		{
			Name: "uefi-https", About: "OVMF HTTP Boot over TLS, the authority enrolled: an https URL for the firmware -> embedded iPXE, which knows no authority -> script -> kernel by HTTP",
			Client: httpBoot, Machine: knows, Config: enrolled, Console: []string{booted}, Ready: []string{"udp/4011", "udp/69", "tcp/80", "tcp/443"},
			Story: []string{`^dhcp OFFER 10\.77\.0\.2 HTTPClient https://10\.77\.0\.2/\S+\.efi`, `^http GET \S*\.ipxe 200`, gotKernel, gotInitrd},
			Never: []string{anyTFTP, `^http (HEAD|GET) \S*\.efi`}, Log: []string{`(?m) file=\S*\.efi .*status=200 step=https`},
		},
		{
			Name: "uefi-https-unknown", About: "the same server, and a firmware that nobody says to know its authority: an http URL, as without TLS",
			Client: httpBoot, Machine: uefi(lab.NoPXE4, lab.NoPXE6), Config: stranger, Console: []string{booted}, Ready: []string{"udp/4011", "udp/69", "tcp/80", "tcp/443"},
			Story: []string{`^dhcp OFFER 10\.77\.0\.2 HTTPClient http://10\.77\.0\.2/\S+\.efi`, `^http GET \S*\.efi 200`, `^http GET \S*\.ipxe 200`, gotKernel, gotInitrd},
			Never: []string{anyTFTP}, NeverLog: []string{`(?m) file=\S*\.efi .*status=200 step=https`},
		},
	}
}
