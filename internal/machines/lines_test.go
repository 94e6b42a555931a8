// SPDX-License-Identifier: Apache-2.0

package machines

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/boot"
)

// TestLinesHaveTheirOwnBound: a machine that talks does not push out how it booted, nor what others said; a timeline has both in
// their order.
func TestLinesHaveTheirOwnBound(t *testing.T) {
	m := New(Options{Events: 1000, Lines: 300})
	note := func(n byte, kind boot.EventKind, text string) {
		m.Note(boot.Event{Kind: kind, Client: boot.Client{MAC: boot.MAC{2, 0, 0, 0, 0, n}, Vendor: "PXEClient"}, Text: text})
	}
	key := func(n byte) boot.MAC { return boot.MAC{2, 0, 0, 0, 0, n} }
	note(1, boot.EventDHCP, "offered")
	for i := range 1000 {
		note(1, boot.EventLog, fmt.Sprintf("line %d", i))
	}
	note(1, boot.EventFile, "kernel")
	note(1, boot.EventLog, "the last")
	story := m.Story(key(1))
	if len(story) != mostLines+2 {
		t.Fatalf("%d events", len(story))
	}
	got := []string{story[0].Text, story[1].Text, story[len(story)-2].Text, story[len(story)-1].Text}
	if diff := cmp.Diff([]string{"offered", "line 745", "kernel", "the last"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if story[1].Client.Vendor != "" || story[0].Client.Vendor == "" {
		t.Error("a line keeps more than a timeline shows, or a step less")
	}
	for i := range 200 {
		note(2, boot.EventLog, fmt.Sprint(i))
	}
	if n := len(m.Story(key(1))); n != 102 || len(m.Story(key(2))) != 200 {
		t.Errorf("of all lines together the oldest go first: %d and %d are left", n, len(m.Story(key(2))))
	}
	if s := m.Stats(); s.Events != 302 || s.Dropped != 1201-300 {
		t.Errorf("%+v", s)
	}
	if last := m.Since(key(1), m.Since(key(1), 0)[100].Number); len(last) != 1 || last[0].Text != "the last" {
		t.Errorf("what came after: %v", last)
	}
	m.Forget(key(1))
	if s := m.Stats(); s.Events != 200 {
		t.Errorf("lines of a machine that is forgotten stay: %+v", s)
	}
}
