// SPDX-License-Identifier: Apache-2.0

package e2e

import "testing"

func TestDeaf(t *testing.T) {
	const (
		gaveUp   = ">>Start PXE over IPv6...\n  PXE-E16: No valid offer received.\n"
		answered = "   9.912  dhcp6 ADVERTISE fe80::1 tftp://[fd77::2]/x\n  14.699  dhcp6 REPLY fd77::2 tftp://[fd77::2]/m/52-54-00-77-63-1c/ipxe.efi\n"
	)
	for name, tt := range map[string]struct {
		console, steps string
		want           bool
	}{
		"the answer was there":    {gaveUp, answered, true},
		"there was none":          {gaveUp, "   9.912  dhcp6 ADVERTISE fe80::1 tftp://[fd77::2]/x\n", false},
		"it named no file":        {gaveUp, "  14.699  dhcp6 REPLY fd77::2\n", false},
		"another server's answer": {gaveUp, "  14.699  dhcp6 REPLY fe80::1 tftp://[fd77::2]/x\n", false},
		"something else failed":   {">>Start PXE over IPv6...\n  PXE-E18: Server response timeout.\n", answered, false},
		"IPv4 gave up":            {">>Start PXE over IPv4...\n  PXE-E16: No valid offer received.\n", answered, false},
	} {
		if got := deaf(tt.console, tt.steps); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if (Result{Case: Case{Client: pxe6}}).Deaf() {
		t.Error("a boot that went well")
	}
}
