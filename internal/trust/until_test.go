// SPDX-License-Identifier: Apache-2.0

package trust_test

import (
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/internal/trust"
)

func TestValidUntil(t *testing.T) {
	for list, want := range map[string]string{
		"Origin: Debian\nDate: Sat, 31 Oct 2026 08:00:00 UTC\nValid-Until: Sat, 07 Nov 2026 08:00:00 UTC\nSHA256:\n": "2026-11-07T08:00:00Z",
		"valid-until: Sat, 7 Nov 2026 08:00:00 +0200\r\n":                                                            "2026-11-07T06:00:00Z",
		"Valid-Until: 7 Nov 2026 08:00:00 GMT\nValid-Until: 6 Nov 2026 08:00:00 GMT\n":                               "2026-11-06T08:00:00Z",
		"Origin: Debian\nSHA256:\n 00 1 Valid-Until: x\n":                                                            "",
		"": "",
	} {
		until, err := trust.ValidUntil([]byte(list))
		got := ""
		if !until.IsZero() {
			got = until.UTC().Format(time.RFC3339)
		}
		if err != nil || got != want {
			t.Errorf("%q: %s, %v, want %s", list, got, err, want)
		}
	}
	for _, bad := range []string{"Valid-Until: soon\n", "Valid-Until:\n", "Valid-Until: Sat, 07 Nov 2026 08:00:00 XYZ\n"} {
		if until, err := trust.ValidUntil([]byte(bad)); err == nil {
			t.Errorf("%q: %v", bad, until)
		}
	}
}

// FuzzValidUntil: whatever a list says, there is an answer, and what is no date is an error.
func FuzzValidUntil(f *testing.F) {
	f.Add([]byte("Valid-Until: Sat, 07 Nov 2026 08:00:00 UTC\n"))
	f.Add([]byte("Valid-Until: 7 Nov 2026 08:00:00 -0700\nvalid-until:x"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if until, err := trust.ValidUntil(b); err != nil && !until.IsZero() {
			t.Errorf("%v and %v", until, err)
		}
	})
}
