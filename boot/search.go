// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"encoding/hex"
	"net/netip"
	"strings"
)

// Search is one step of a loader's search for its configuration: by UUID, by hardware address, by ever shorter prefixes
// of the IPv4 address in hexadecimal, then "default" (PXELINUX core/fs/pxe, U-Boot cmd/pxe, GRUB net/net).
// The zero value is none of these.
type Search struct {
	MAC      MAC
	UUID     UUID
	Prefix   netip.Prefix // from 1 to 8 hexadecimal digits, so 4 to 32 bits
	Default  bool
	Platform string // what follows "default-" (U-Boot: <arch>[-<soc>[-<board>]])
}

func parseSearch(s string) Search {
	if rest, ok := strings.CutPrefix(s, "01-"); ok { // ARP hardware type 1, Ethernet
		if m, err := ParseMAC(rest); err == nil && len(rest) == 17 {
			return Search{MAC: m}
		}
	}
	if u, err := ParseUUID(s); err == nil {
		return Search{UUID: u}
	}
	if s == "default" {
		return Search{Default: true}
	}
	if p, ok := strings.CutPrefix(s, "default-"); ok && p != "" {
		return Search{Default: true, Platform: p}
	}
	return Search{Prefix: hexPrefix(s)}
}

// hexPrefix reads up to eight upper-case hexadecimal digits as the beginning of an IPv4 address.
func hexPrefix(s string) netip.Prefix {
	if len(s) == 0 || len(s) > 8 || strings.ToUpper(s) != s {
		return netip.Prefix{}
	}
	b, err := hex.DecodeString(s + strings.Repeat("0", 8-len(s)))
	if err != nil {
		return netip.Prefix{}
	}
	return netip.PrefixFrom(netip.AddrFrom4([4]byte(b)), 4*len(s))
}
