// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"encoding/hex"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// Bounds of an inventory.
const (
	mostOfAText = 96 // characters
	mostNICs    = 16
)

// Read makes an inventory of a form's values. All that it does not know is left out.
func Read(values map[string]string) boot.Inventory {
	text := func(key string) string { return boot.Excerpt(strings.TrimSpace(values[key]), mostOfAText) }
	r := boot.Inventory{
		Serial: text("serial"), Manufacturer: text("manufacturer"), Product: text("product"), Asset: text("asset"),
		Loader: text("version"), Platform: text("platform"), CPU: text("buildarch"), Chip: text("chip"),
		Switch: text("switch"), Port: text("port"),
		NICs: nics(values["nics"]), Memory: memory(values), SecureBoot: secureBoot(values["secureboot"], values["setupmode"]),
	}
	r.UUID, _ = boot.ParseUUID(values["uuid"]) // none is none
	r.MAC, _ = boot.ParseMAC(values["mac"])
	if db, err := hex.DecodeString(values["db"]); err == nil {
		r.CAs = authorities(db, boot.MostCAs)
	}
	return r
}

// nics reads addresses with commas between them, of which some are missing.
func nics(s string) (all []boot.MAC) {
	for word := range strings.SplitSeq(s, ",") {
		if mac, err := boot.ParseMAC(word); err == nil && !mac.IsZero() && len(all) < mostNICs {
			all = append(all, mac)
		}
	}
	return all
}

// secureBoot reads the two variables of UEFI section 3.3, each a byte.
func secureBoot(on, setup string) string {
	switch {
	case setup == "01":
		return "setup" // no key is enrolled, so nothing is refused
	case on == "01":
		return "on"
	case on == "00":
		return "off"
	}
	return ""
}

// Identifies reports whether a serial number can be one machine's: boards that nobody programmed say what the kit of their firmware
// came with.
func Identifies(serial string) bool {
	s := strings.ToLower(serial)
	for _, nobody := range []string{"o.e.m.", "default string", "serial number", "serial", "not ", "none", "unknown", "n/a", "invalid", "empty", "12345678", "?"} {
		if strings.Contains(s, nobody) {
			return false
		}
	}
	return len(s) >= 4 && strings.Trim(s, s[:1]) != ""
}
