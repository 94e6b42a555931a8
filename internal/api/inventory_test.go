// SPDX-License-Identifier: Apache-2.0

package api

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/machines"
)

// TestInventory: what a machine said last, by any of its cards, is told of one machine, not in lists.
func TestInventory(t *testing.T) {
	s := newSite(t)
	s.see(boot.Client{MAC: mac1})
	s.see(boot.Client{MAC: mac2})
	s.Memory.Inventory(mac1, boot.Inventory{At: noon, Product: "old"}, addr("192.0.2.1"), machines.Claim{})
	s.Memory.Inventory(mac2, boot.Inventory{At: noon.Add(time.Second), UUID: uuid, Product: "PC", NICs: []boot.MAC{mac1}, SecureBoot: "on", CAs: []string{"Us"}}, addr("192.0.2.1"), machines.Claim{})
	client, _, _ := s.serve(t)
	m, err := client.Machine(t.Context(), "node1")
	if err != nil {
		t.Fatal(err)
	}
	want := &Inventory{At: noon.Add(time.Second), UUID: uuid.String(), Product: "PC", NICs: []string{mac1.String()}, SecureBoot: "on", CAs: []string{"Us"}}
	if diff := cmp.Diff(want, m.Inventory); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	list, err := client.All(t.Context(), Query{})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list {
		if m.Inventory != nil {
			t.Errorf("the list has the inventory of %s", m.Name)
		}
	}
}
