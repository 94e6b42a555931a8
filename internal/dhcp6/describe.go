// SPDX-License-Identifier: Apache-2.0

package dhcp6

import (
	"encoding/hex"
	"strings"

	"github.com/insomniacslk/dhcp/dhcpv6"
)

// Describe puts a DHCPv6 message into lines for people.
func Describe(b []byte) []string {
	p, err := dhcpv6.FromBytes(b)
	if err != nil {
		return []string{"not a DHCPv6 message: " + hex.EncodeToString(b[:min(len(b), 16)])}
	}
	return strings.Split(strings.TrimRight(p.Summary(), "\n"), "\n")
}
