// SPDX-License-Identifier: Apache-2.0

package power

import (
	"strings"

	"github.com/stmcginnis/gofish/schemas"
)

// vendor is how one maker's BMCs differ from the standard (DSP0266, DSP2046).
type vendor struct {
	name         string
	manufacturer []string // beginnings of what systems say, in lower case

	// The attribute of the BIOS that has the URL for UEFI HTTP Boot, where Boot.HttpBootUri is missing or read-only; "": the
	// standard's. Attributes are what else must be set with it, by the scheme of the URL.
	uriAttribute string
	attributes   map[string]map[string]any
	applyTime    schemas.SettingsApplyTime // of attributes; "": it must not be said

	sayMode bool // what BootSourceOverrideMode is must be said again, or it changes
}

// vendors lists the makers that differ.
//
//   - Dell: iDRAC 9 and 10 have no Boot.HttpBootUri; HttpDev1Uri is set by a job of Bios/Settings that runs at the next reset. The
//     device is off unless it is enabled, and its TLS mode must fit the URL: OneWay refuses http://.
//   - HPE: HttpBootUri of iLO 5 and 6 is read-only; UrlBootFile of Bios/Settings is taken at the next reset, and what says when is refused.
//   - Supermicro: the mode goes back to a default if it is not said with the target; machines that show none take none (X10).
//
// Lenovo's XCC, AMI's MegaRAC and others do what the standard says. With If-Match they are all alike: see [redfish.setBoot].
func vendors() []vendor {
	return []vendor{
		{
			name: "Dell", manufacturer: []string{"dell"}, uriAttribute: "HttpDev1Uri", applyTime: schemas.OnResetSettingsApplyTime,
			attributes: map[string]map[string]any{
				"http":  {"HttpDev1EnDis": "Enabled", "HttpDev1TlsMode": "None"},
				"https": {"HttpDev1EnDis": "Enabled", "HttpDev1TlsMode": "OneWay"},
			},
		},
		{name: "HPE", manufacturer: []string{"hpe", "hewlett"}, uriAttribute: "UrlBootFile"},
		{name: "Supermicro", manufacturer: []string{"supermicro", "super micro"}, sayMode: true},
	}
}

// vendorOf is the zero vendor, that of the standard, for all others.
func vendorOf(manufacturer string) vendor {
	manufacturer = strings.ToLower(strings.TrimSpace(manufacturer))
	for _, v := range vendors() {
		for _, m := range v.manufacturer {
			if strings.HasPrefix(manufacturer, m) {
				return v
			}
		}
	}
	return vendor{}
}

// resets lists what does an action, the best first. A cycle takes the power away where that is possible; none left: off, and on.
func resets(a Action) []schemas.ResetType {
	switch a {
	case TurnOn:
		return []schemas.ResetType{schemas.OnResetType, schemas.ForceOnResetType}
	case TurnOff:
		return []schemas.ResetType{schemas.ForceOffResetType}
	default:
		return []schemas.ResetType{schemas.PowerCycleResetType, schemas.ForceRestartResetType}
	}
}
