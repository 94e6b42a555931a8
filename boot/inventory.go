// SPDX-License-Identifier: Apache-2.0

package boot

import "time"

// MostCAs is how many authorities of an inventory are kept, and UnreadableCA what stands for one that cannot be read.
const (
	MostCAs      = 32
	UnreadableCA = "a certificate that cannot be read"
)

// Inventory is what the loader of a machine said that it runs on. It is text, by whoever asked in the machine's name.
type Inventory struct {
	At time.Time `json:"at,omitzero"`

	Serial       string `json:"serial,omitempty"` // of SMBIOS, like all up to Asset
	UUID         UUID   `json:"uuid,omitzero"`
	Manufacturer string `json:"manufacturer,omitempty"`
	Product      string `json:"product,omitempty"`
	Asset        string `json:"asset,omitempty"`

	Loader   string `json:"loader,omitempty"`   // its version
	Platform string `json:"platform,omitempty"` // "efi", "pcbios"
	CPU      string `json:"cpu,omitempty"`      // that the loader was built for: "x86_64"
	MAC      MAC    `json:"mac,omitzero"`       // of the card that it uses
	Chip     string `json:"chip,omitempty"`     // of that
	NICs     []MAC  `json:"nics,omitempty"`     // of all that it drives
	Switch   string `json:"switch,omitempty"`   // the neighbour's name and port, by LLDP
	Port     string `json:"port,omitempty"`

	Memory     int64    `json:"memory,omitempty"`      // in bytes; 0: it cannot tell
	SecureBoot string   `json:"secure_boot,omitempty"` // "on", "off", "setup"; "": it cannot tell
	CAs        []string `json:"cas,omitempty"`         // whose programs its firmware starts
}
