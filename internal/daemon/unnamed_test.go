// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// TestUnnamed counts machines that neither a host nor a group names, anew after half a minute.
func TestUnnamed(t *testing.T) {
	a := withImages(t, nil, map[string]string{"profiles/p.yaml": "local: true\n", "hosts/a.yaml": `
groups: [{name: rack, match: {subnet: 10.9.0.0/16}, profile: p}]
hosts: [{name: one, match: {mac: "52:54:00:00:00:01"}, profile: p}]
`})
	synctest.Test(t, func(t *testing.T) {
		u := &unnamed{memory: a.memory, site: a.current.Load}
		for _, c := range []boot.Client{{MAC: mac(1)}, {MAC: mac(2)}, {MAC: mac(3), Relay: addr("10.9.0.1")}, {MAC: mac(4)}} {
			a.memory.See(c)
		}
		if got := u.Count(); got != 2 {
			t.Errorf("%d machines, want 2", got)
		}
		a.memory.See(boot.Client{MAC: mac(5)})
		time.Sleep(unnamedLasts - 1)
		if got := u.Count(); got != 2 {
			t.Errorf("%d machines, want 2: it was counted a moment ago", got)
		}
		time.Sleep(time.Nanosecond)
		if got := u.Count(); got != 3 {
			t.Errorf("%d machines, want 3", got)
		}
	})
}
