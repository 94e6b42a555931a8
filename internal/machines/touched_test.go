// SPDX-License-Identifier: Apache-2.0

package machines

import (
	"slices"
	"testing"

	"github.com/bootlace-net/bootlace/boot"
)

// TestTouched: who looks now and then misses no machine, and sees none twice for nothing.
func TestTouched(t *testing.T) {
	m := New(Options{})
	a, b := boot.MAC{2, 0, 0, 0, 0, 1}, boot.MAC{2, 0, 0, 0, 0, 2}
	note := func(mac boot.MAC, kind boot.EventKind) { m.Note(boot.Event{Kind: kind, Client: boot.Client{MAC: mac}}) }
	expect := func(after uint64, newest uint64, want ...boot.MAC) {
		t.Helper()
		got, n := m.Touched(after)
		slices.SortFunc(got, func(a, b boot.MAC) int { return slices.Compare(a[:], b[:]) })
		if !slices.Equal(got, want) || n != newest {
			t.Errorf("after %d: %v up to %d, expected %v up to %d", after, got, n, want, newest)
		}
	}
	expect(0, 0)
	note(a, boot.EventDHCP)
	note(b, boot.EventLog)
	note(a, boot.EventFile)
	note(boot.MAC{}, boot.EventNetwork)
	expect(0, 4, a, b)
	expect(1, 4, a, b)
	expect(2, 4, a)
	expect(3, 4)
	m.Forget(a)
	expect(0, 4, b)
}
