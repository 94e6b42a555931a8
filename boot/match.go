// SPDX-License-Identifier: Apache-2.0

package boot

import "net/netip"

// Match selects machines. Kinds of selectors that are given must all hold; within a kind one of the values must.
// A Match without any selector matches every machine.
type Match struct {
	MACs      []MAC
	OUIs      []string // prefixes of whole hexadecimal digits, lower-case, as in 52:54:00:*
	UUIDs     []UUID
	Serials   []string
	Hostnames []string
	Archs     []Arch // plain ones
	Firmware  []Firmware
	Vendors   []string // prefixes of the vendor class
	Subnets   []netip.Prefix
	Relays    []netip.Addr
	Circuits  []string
	Labels    map[string]string
}
