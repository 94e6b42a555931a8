// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"regexp"
	"strings"
)

var answeredSix = regexp.MustCompile(`(?m)^ *[0-9.]+  dhcp6 REPLY fd77::2 tftp://`)

// Deaf reports that firmware did not hear what the network carried to its port. OVMF's PXEv6 asks port 4011 once, waits three
// seconds, and gives up (PxeBcRequestBootService): on a busy machine the answer, which is at the machine's port within a
// millisecond, gets lost inside now and then. Such a boot says nothing of Bootlace.
func (r Result) Deaf() bool {
	return r.Err != nil && r.Trace != nil && r.Case.Client == pxe6 && deaf(r.Console, r.Steps())
}

func deaf(console, steps string) bool {
	return strings.Contains(console, "Start PXE over IPv6") && strings.Contains(console, "PXE-E16: No valid offer received") && answeredSix.MatchString(steps)
}
