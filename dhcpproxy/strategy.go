// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"strings"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/dhcp4"
)

// Strategy is a style of offer.
type Strategy = boot.Strategy

// The strategies by their short names.
const (
	Auto   = boot.StrategyAuto
	Skip   = boot.StrategySkip
	BINL   = boot.StrategyBINL
	Menu   = boot.StrategyMenu
	Shim   = boot.StrategyShim
	HTTP   = boot.StrategyHTTP
	RPi    = boot.StrategyRPi
	IPXE   = boot.StrategyIPXE
	UBoot  = boot.StrategyUBoot
	Silent = boot.StrategySilent

	strategyCount = Silent + 1
)

// candidates lists the strategies for a client, the likeliest first. Where there are several, a client that comes back
// without having taken an offer gets the next one.
//
// Skip comes first for PXE because it needs one exchange less, and a client that overlooks option 43 still finds the file
// in the offer or asks port 4011, which answers in any case. BINL is for those that do not take an offer with option 43
// they cannot read (some Dell and HP), Menu for ROMs that insist on a boot server list. They are put into room.
func candidates(room []Strategy, c *boot.Client, k dhcp4.Family, loader boot.Name) []Strategy {
	switch {
	case c.Class == boot.ClassHTTP:
		return append(room, HTTP)
	case k == dhcp4.FamilyRPi:
		return append(room, RPi)
	case c.Stage != boot.StageROM:
		return append(room, IPXE)
	case k == dhcp4.FamilyUBoot:
		return append(room, UBoot)
	case isShim(loader):
		return append(room, Shim, BINL)
	case c.Firmware() == boot.FirmwareBIOS:
		return append(room, Skip, Menu, BINL)
	default:
		return append(room, Skip, BINL, Menu)
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
func needsUpgrade(m *dhcp4.Message, c *boot.Client, loader boot.Name) bool {
	if c.Stage != boot.StageIPXE || len(m.IPXE) == 0 || loader.Base == "" {
		return false
	}
	if c.Firmware() == boot.FirmwareBIOS {
		return !m.HasFeature(dhcp4.FeatureBzImage) && m.HasFeature(dhcp4.FeaturePXE)
	}
	return false // an EFI build starts EFI programs, and kernels are EFI programs
}
