// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"fmt"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// Strategy is a style of offer. Firmware differs in what it takes; which one fits is known for each family, and found by
// trying where a client does not behave like its family.
type Strategy uint8

// The strategies.
const (
	Auto   Strategy = iota // chosen from what the client says and what it did before
	Skip                   // PXE10-skip: option 43 {6: 8} and the file in the offer; no second exchange
	BINL                   // no option 43: the client asks port 4011 for the file
	Menu                   // option 43 {6, 8, 9, 10}: the client chooses an item and asks port 4011 for it by option 43 {71}
	Shim                   // Skip with the file surely in the header, which is all that shim reads
	HTTP                   // option 60 HTTPClient and a URL
	RPi                    // Raspberry Pi's boot ROM: option 43 {9: "Raspberry Pi Boot"} and siaddr
	IPXE                   // a script's URL
	UBoot                  // siaddr and a file whose directory U-Boot looks into
	Silent                 // no answer: whatever else the firmware has is next
	strategyCount
)

// String gives the name that YAML uses.
func (s Strategy) String() string {
	return [...]string{"auto", "skip", "binl", "menu", "shim", "http", "rpi", "ipxe", "uboot", "silent"}[s]
}

// ParseStrategy reads a name of [Strategy.String]; "" is Auto.
func ParseStrategy(s string) (Strategy, error) {
	if s == "" {
		return Auto, nil
	}
	for c := Auto; c < strategyCount; c++ {
		if c.String() == s {
			return c, nil
		}
	}
	return Auto, fmt.Errorf("%q is no strategy for offers: expected one of %s", s, strings.Join(StrategyNames(), ", "))
}

// StrategyNames lists what ParseStrategy takes.
func StrategyNames() []string {
	names := make([]string, 0, strategyCount)
	for s := Auto; s < strategyCount; s++ {
		names = append(names, s.String())
	}
	return names
}

// candidates lists the strategies for a client, the likeliest first. Where there are several, a client that comes back
// without having taken an offer gets the next one.
//
// Skip comes first for PXE because it needs one exchange less, and a client that overlooks option 43 still finds the file
// in the offer or asks port 4011, which answers in any case. BINL is for those that do not take an offer with option 43
// they cannot read (some Dell and HP), Menu for ROMs that insist on a boot server list. They are put into room.
func candidates(room []Strategy, c *boot.Client, k kind, loader boot.Name) []Strategy {
	switch {
	case c.Class == boot.ClassHTTP:
		return append(room, HTTP)
	case k == kindRPi:
		return append(room, RPi)
	case c.Stage != boot.StageROM:
		return append(room, IPXE)
	case k == kindUBoot:
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
