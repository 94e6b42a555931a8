// SPDX-License-Identifier: Apache-2.0

package httpd

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// private is an Opener of one file that holds something.
type private boot.Holds

func (p private) Open(context.Context, *Request) (boot.File, error) {
	f := boot.NewMemFile([]byte("x"), time.Time{})
	f.Holds = boot.Holds(p)
	return f, nil
}

// TestNoStore: nothing between us and the machine keeps what is for that machine alone.
func TestNoStore(t *testing.T) {
	for holds, want := range map[boot.Holds]string{0: "no-cache", boot.HoldsSecret: "no-store", boot.HoldsToken: "no-store"} {
		w := httptest.NewRecorder()
		(&tree{open: private(holds), events: func(boot.Event) {}}).ServeHTTP(w, httptest.NewRequest("GET", "/x", nil))
		if got := w.Header().Get("Cache-Control"); got != want {
			t.Errorf("a file that holds %b: %s, want %s", holds, got, want)
		}
	}
}
