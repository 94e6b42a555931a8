// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"strings"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/dhcp4"
)

// candidates lists the strategies for a client, the likeliest first. Where there are several, a client that comes back
// without having taken an offer gets the next one.
//
// Skip comes first for PXE because it needs one exchange less, and a client that overlooks option 43 still finds the file
// in the offer or asks port 4011, which answers in any case. BINL is for those that do not take an offer with option 43
// they cannot read (some Dell and HP), Menu for ROMs that insist on a boot server list.
func candidates(x *exchange) []boot.Strategy {
	c, room := &x.client, x.styles[:0]
	switch {
	case c.Class == boot.ClassHTTP:
		return append(room, boot.StrategyHTTP)
	case x.family == dhcp4.FamilyRPi:
		return append(room, boot.StrategyRPi)
	case c.Stage != boot.StageROM:
		return append(room, boot.StrategyIPXE)
	case x.six: // there are no menus in DHCPv6, and no way to leave port 4011 out
		return append(room, boot.StrategyBINL)
	case x.family == dhcp4.FamilyUBoot:
		return append(room, boot.StrategyUBoot)
	case isShim(x.plan.Loader):
		return append(room, boot.StrategyShim, boot.StrategyBINL)
	case c.Firmware() == boot.FirmwareBIOS:
		return append(room, boot.StrategySkip, boot.StrategyMenu, boot.StrategyBINL)
	default:
		return append(room, boot.StrategySkip, boot.StrategyBINL, boot.StrategyMenu)
	}
}

// isShim knows shim by its usual names. BOOTX64.EFI and its kin are shim in every distribution's tree.
func isShim(n boot.Name) bool {
	base := strings.ToLower(n.Base)
	return strings.HasPrefix(base, "shim") || strings.HasPrefix(base, "boot") && strings.HasSuffix(base, ".efi")
}

// needsUpgrade reports whether a foreign iPXE can start neither a Linux kernel nor an EFI program, but can start our
// build: NIC vendors ship ROMs cut down to fit their flash. Our own is never told to load itself again, and a machine that
// came back from our build with the same poor iPXE gets the script: that is a loop, not an upgrade.
func (x *exchange) needsUpgrade() bool {
	return x.poor && x.client.Stage == boot.StageIPXE && x.client.Firmware() == boot.FirmwareBIOS && x.plan.Loader.Base != ""
}

// poor reports whether an iPXE can start our build, but no kernel. An EFI build starts EFI programs, and kernels are EFI
// programs.
func poor(m *dhcp4.Message) bool {
	return len(m.IPXE) > 0 && !m.HasFeature(dhcp4.FeatureBzImage) && m.HasFeature(dhcp4.FeaturePXE)
}
