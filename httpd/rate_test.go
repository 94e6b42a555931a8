// SPDX-License-Identifier: Apache-2.0

package httpd

import (
	"context"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
)

// TestRates: what a client may have, and what all may have together, takes its time, whatever the number of requests; of who is gone
// nothing is kept.
func TestRates(t *testing.T) {
	const second = 1 << 20
	for _, tt := range []struct {
		what      string
		all, each int64
		from      []string // of requests, each of which is for two megabytes
		want      time.Duration
	}{
		{"no bound", 0, 0, []string{"10.0.0.1"}, 0},
		{"one client", 0, second, []string{"10.0.0.1"}, 2 * time.Second},
		{"one client, two requests", 0, second, []string{"10.0.0.1", "10.0.0.1"}, 4 * time.Second},
		{"two clients", 0, second, []string{"10.0.0.1", "10.0.0.2"}, 2 * time.Second},
		{"two clients, all bounded", second, second, []string{"10.0.0.1", "10.0.0.2"}, 4 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			r, began, done := newRates(tt.all, tt.each), time.Now(), make(chan error)
			for _, from := range tt.from {
				go func() {
					p := r.of(t.Context(), netip.MustParseAddr(from))
					defer p.end()
					var err error
					for left := int64(2 * second); left > 0 && err == nil; left -= p.most(left) {
						err = p.wait(p.most(left))
					}
					done <- err
				}()
			}
			for range tt.from {
				if err := <-done; err != nil {
					t.Error(err)
				}
			}
			synctest.Wait()
			if took := time.Since(began); took < tt.want-200*time.Millisecond || took > tt.want {
				t.Errorf("%s: it took %v, want nearly %v", tt.what, took, tt.want)
			}
			if r != nil && len(r.clients) != 0 {
				t.Errorf("%s: %d clients are remembered that are gone", tt.what, len(r.clients))
			}
		})
	}
}

// TestWhoIsGoneDoesNotWait: a request whose client is gone ends.
func TestWhoIsGoneDoesNotWait(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p := newRates(1, 0).of(ctx, netip.MustParseAddr("10.0.0.1"))
	if err := p.wait(atOnce); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := p.wait(atOnce); err == nil {
		t.Error("it was let go on")
	}
}
