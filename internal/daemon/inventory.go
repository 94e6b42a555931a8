// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"strings"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/httpd"
	"github.com/bootlace-net/bootlace/internal/inventory"
	"github.com/bootlace-net/bootlace/internal/machines"
)

// inventory keeps what the loader of a machine says that it runs on. A machine that the configuration names stays what it is: to be
// another one, by what is said there, is only for those that nobody names.
func (d *door) inventory(r *httpd.Request, values map[string]string) {
	from := r.Remote.Addr().Unmap()
	if !d.admission.admits(r.Local.Addr(), from) {
		return
	}
	plan := d.asker(d.current(), r.Name, from).plan
	inv, claim := inventory.Read(values), machines.Claim{}
	if c, by := d.behind(from); by == byNothing || c.Key() != plan.Client.Key() {
		inv.Memory = 0 // somebody else may have said it, to keep the machine from being installed
	}
	inv.At = time.Now()
	if plan.Host == nil {
		claim.UUID = inv.UUID
		if inventory.Identifies(inv.Serial) {
			claim.Serial = inv.Serial
		}
	}
	e := boot.Event{Kind: boot.EventInventory, Level: boot.LevelInfo, Once: time.Minute, Text: "says that it is " + described(&inv)}
	if d.memory.Inventory(plan.Client.Key(), inv, from, claim) {
		e.Detail = "which no packet told: it is taken for that from now on"
		if c, ok := d.memory.Find(plan.Client.Key()); ok {
			plan = d.current().Plan(c)
		}
	}
	e.About(plan)
	d.events(e)
	d.foresee(plan)
}

// described gives an inventory in a few words.
func described(r *boot.Inventory) string {
	var words []string
	add := func(before, s string) {
		if s != "" {
			words = append(words, before+s)
		}
	}
	add("", strings.TrimSpace(r.Manufacturer+" "+r.Product))
	add("serial ", r.Serial)
	if !r.UUID.IsZero() {
		add("UUID ", r.UUID.String())
	}
	add("asset ", r.Asset)
	add("", map[string]string{"efi": "UEFI", "pcbios": "BIOS"}[r.Platform])
	add("Secure Boot ", r.SecureBoot)
	if r.Memory > 0 {
		add(boot.MiB(r.Memory), " of memory")
	}
	add("at switch ", strings.TrimSpace(r.Switch+" "+r.Port))
	if len(words) == 0 {
		return "a machine"
	}
	return strings.Join(words, ", ")
}
