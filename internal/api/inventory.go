// SPDX-License-Identifier: Apache-2.0

package api

import (
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// Inventory is what a machine's loader said that it runs on. Nobody vouches for it.
type Inventory struct {
	At           time.Time `json:"at"`
	Manufacturer string    `json:"manufacturer,omitempty"`
	Product      string    `json:"product,omitempty"`
	Serial       string    `json:"serial,omitempty"`
	UUID         string    `json:"uuid,omitempty"`
	Asset        string    `json:"asset,omitempty"`
	Loader       string    `json:"loader,omitempty"`   // iPXE's version
	Platform     string    `json:"platform,omitempty"` // efi or pcbios
	CPU          string    `json:"cpu,omitempty"`
	MAC          string    `json:"mac,omitempty"` // of the card that it booted by
	Chip         string    `json:"chip,omitempty"`
	NICs         []string  `json:"nics,omitempty"`
	Switch       string    `json:"switch,omitempty"`
	Port         string    `json:"port,omitempty"`
	Memory       int64     `json:"memory,omitempty"`      // in bytes
	SecureBoot   string    `json:"secure_boot,omitempty"` // on, off or setup
	CAs          []string  `json:"cas,omitempty"`         // whose programs the firmware starts
}

// inventory is the newest that a machine said by one of its cards; nil: it said nothing.
func (f *found) inventory() (newest *boot.Inventory) {
	for i := range f.cards {
		if r := f.cards[i].Inventory; r != nil && (newest == nil || r.At.After(newest.At)) {
			newest = r
		}
	}
	return newest
}

// inventoryOf translates one, whose texts are safe already.
func inventoryOf(r *boot.Inventory) *Inventory {
	if r == nil {
		return nil
	}
	out := &Inventory{At: r.At.UTC(), Manufacturer: r.Manufacturer, Product: r.Product, Serial: r.Serial, Asset: r.Asset, Loader: r.Loader,
		Platform: r.Platform, CPU: r.CPU, MAC: macText(r.MAC), Chip: r.Chip, Switch: r.Switch, Port: r.Port, Memory: r.Memory, SecureBoot: r.SecureBoot, CAs: r.CAs}
	if !r.UUID.IsZero() {
		out.UUID = r.UUID.String()
	}
	for _, mac := range r.NICs {
		out.NICs = append(out.NICs, mac.String())
	}
	return out
}
