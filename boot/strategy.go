// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"fmt"
	"strings"
)

// Strategy is a style of DHCP offer. Firmware differs in what it takes; which one fits is known for each family, and found by
// trying where a client does not behave like its family.
type Strategy uint8

// The strategies.
const (
	StrategyAuto   Strategy = iota // chosen from what the client says and what it did before
	StrategySkip                   // PXE10-skip: option 43 {6: 8} and the file in the offer; no second exchange
	StrategyBINL                   // no option 43: the client asks port 4011 for the file
	StrategyMenu                   // option 43 {6, 8, 9, 10}: the client chooses an item and asks port 4011 for it by option 43 {71}
	StrategyShim                   // skip with the file surely in the header, which is all that shim reads
	StrategyHTTP                   // option 60 HTTPClient and a URL
	StrategyRPi                    // Raspberry Pi's boot ROM: option 43 {9: "Raspberry Pi Boot"} and siaddr
	StrategyIPXE                   // a script's URL
	StrategyUBoot                  // siaddr and a file whose directory U-Boot looks into
	StrategySilent                 // no answer: whatever else the firmware has is next
	strategyCount
)

// String gives the name that YAML uses.
func (s Strategy) String() string {
	return [...]string{"auto", "skip", "binl", "menu", "shim", "http", "rpi", "ipxe", "uboot", "silent"}[s]
}

// ParseStrategy reads a name of [Strategy.String]; "" is StrategyAuto.
func ParseStrategy(s string) (Strategy, error) {
	if s == "" {
		return StrategyAuto, nil
	}
	for _, c := range Strategies() {
		if c.String() == s {
			return c, nil
		}
	}
	names := make([]string, 0, strategyCount)
	for _, c := range Strategies() {
		names = append(names, c.String())
	}
	return StrategyAuto, fmt.Errorf("%q is no strategy for offers: expected one of %s", s, strings.Join(names, ", "))
}

// Strategies lists all of them, StrategyAuto first.
func Strategies() []Strategy {
	all := make([]Strategy, 0, strategyCount)
	for s := StrategyAuto; s < strategyCount; s++ {
		all = append(all, s)
	}
	return all
}
