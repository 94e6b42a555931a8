// SPDX-License-Identifier: Apache-2.0

package machines

import (
	"fmt"
	"slices"
	"testing"

	"github.com/bootlace-net/bootlace/boot"
)

// TestFetchedIsBounded: of a machine that fetches one file after the other the latest are kept, and of many machines those.
func TestFetchedIsBounded(t *testing.T) {
	f := NewFetched()
	var got []boot.Name
	for i := range 3 * mostFiles {
		got = f.Add(node1, boot.Name{Base: fmt.Sprint(i)})
	}
	if last := fmt.Sprint(3*mostFiles - 1); len(got) != mostFiles || !slices.Contains(got, boot.Name{Base: last}) {
		t.Errorf("%d files: %v", len(got), got)
	}
	if again := f.Add(node1, got[0]); !slices.Equal(again, got) {
		t.Errorf("one that it has: %v", again)
	}
	f.Forget(node1)
	if got := f.Add(node1, boot.Name{Base: "x"}); len(got) != 1 {
		t.Errorf("after it began anew: %v", got)
	}
	for i := range 2 * onTheirWay {
		f.Add(boot.MAC{2, 0, 0, 0, byte(i >> 8), byte(i)}, boot.Name{Base: "x"})
	}
	if f.files.Len() != onTheirWay {
		t.Errorf("%d machines", f.files.Len())
	}
}
