// SPDX-License-Identifier: Apache-2.0

package syslogd

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write what is read of the recorded datagrams")

// TestRecorded reads datagrams as they came from real senders.
func TestRecorded(t *testing.T) {
	const golden = "testdata/recorded.golden"
	recorded, err := os.ReadFile("testdata/recorded.txt")
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	var p pieces
	for line := range strings.Lines(string(recorded)) {
		if strings.HasPrefix(line, "#") {
			got.WriteString(line)
			continue
		}
		datagram, err := strconv.Unquote(strings.TrimSpace(line))
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		var whole []Line
		for _, l := range Parse([]byte(datagram), nil) {
			whole = p.add(l, whole)
		}
		for i := range whole {
			fmt.Fprintf(&got, "%-7s %-7s %s\n", whole[i].Form, whole[i].Severity, whole[i].words())
		}
	}
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
