// SPDX-License-Identifier: Apache-2.0

package lab

import "net/netip"

// RivalAddr is the address of another ProxyDHCP server.
func RivalAddr() netip.Addr { return netip.AddrFrom4([4]byte{10, 77, 0, 3}) }

// rival is dnsmasq as a ProxyDHCP server for every kind of machine. It waits a second before each offer, and has no files.
func rival() []string {
	return []string{
		"dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--user=root", "--log-facility=-", "--log-dhcp",
		"--interface=" + Interface, "--except-interface=lo", "--dhcp-range=10.77.0.0,proxy", "--dhcp-reply-delay=1", "--dhcp-boot=rival.0,rival," + RivalAddr().String(),
		"--pxe-service=x86PC,Rival,rival", "--pxe-service=X86-64_EFI,Rival,rival.efi", "--pid-file=",
	}
}
