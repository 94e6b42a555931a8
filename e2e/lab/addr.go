// SPDX-License-Identifier: Apache-2.0

package lab

import "net/netip"

// Names and addresses of the lab. They are the same in every lab: namespaces do not see each other.
const (
	Interface = "eth0" // of the hosts dhcp and boot
	Tap       = "tap0" // the switch port of the machine that boots
	prefix6   = "fd77::"
)

// DHCPAddr is the plain DHCP server's address.
func DHCPAddr() netip.Addr { return netip.AddrFrom4([4]byte{10, 77, 0, 1}) }

// BootAddr is the boot server's address.
func BootAddr() netip.Addr { return netip.AddrFrom4([4]byte{10, 77, 0, 2}) }

// BootAddr6 is the boot server's IPv6 address.
func BootAddr6() netip.Addr { return netip.MustParseAddr(prefix6 + "2") }
