// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"fmt"
	"net/netip"
	"sync"
	"testing"

	"github.com/bootlace-net/bootlace/boot"
)

// Many machines ask at once, for everything they have, while trees come and go as they do when the configuration is
// reloaded; each gets its own.
func TestOpenConcurrently(t *testing.T) {
	const hosts = 20
	cat := fleet(t, hosts, 3)
	var mu sync.Mutex
	tree, _ := New(cat, Options{})
	current := func() *Tree { mu.Lock(); defer mu.Unlock(); return tree }
	var wg sync.WaitGroup
	for i := range hosts {
		wg.Go(func() {
			p := cat.Plan(boot.Client{MAC: hostMAC(i), Archs: []boot.Arch{boot.ArchBIOS}})
			want := fmt.Sprintf("hostname host%05d\nrack r0\ndisk /dev/sda\n", i)
			for range 30 {
				tree := current()
				for _, n := range tree.Names(p) {
					f, err := tree.Open(boot.Visit{Name: n, Client: p.Client, Server: boot.Endpoint{Host: netip.MustParseAddr("192.0.2.1")}}, p)
					if err != nil {
						t.Errorf("%s: %v", n, err)
						continue
					}
					if n.Base != "ks.cfg" {
						continue
					}
					b := make([]byte, f.Size())
					if _, err := f.ReadAt(b, 0); err != nil || string(b) != want {
						t.Errorf("%s: got %q, want %q", n, b, want)
					}
				}
			}
		})
	}
	for range 10 {
		next, _ := New(cat, Options{})
		mu.Lock()
		tree = next
		mu.Unlock()
	}
	wg.Wait()
}
