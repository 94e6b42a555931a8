// SPDX-License-Identifier: Apache-2.0

package lives

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestListOfLives: whatever comes and goes, the list has what the map has.
func TestListOfLives(t *testing.T) {
	l, r := New(Options{}), rand.New(rand.NewPCG(1, 2))
	for i := range 2000 {
		key := fmt.Sprint("host/", r.IntN(40))
		if e := l.entries[key]; e != nil && r.IntN(2) == 0 {
			l.remove(e)
		} else {
			l.make(key)
		}
		if len(l.list) != len(l.entries) {
			t.Fatalf("%d: %d in the list, %d in the map", i, len(l.list), len(l.entries))
		}
		for at, e := range l.list {
			if e.at != at || l.entries[e.key] != e {
				t.Fatalf("%d: %s is at %d of the list and says %d", i, e.key, at, e.at)
			}
		}
	}
	if len(l.all()) == 0 {
		t.Error("nothing is left")
	}
}
