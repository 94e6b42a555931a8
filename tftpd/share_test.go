// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestOneVersionUnderManyNames: each machine of a storm asks for the kernel by a name of its own. The disk is read once.
func TestOneVersionUnderManyNames(t *testing.T) {
	const machines = 1000
	synctest.Test(t, func(t *testing.T) {
		d := newDisk(chunkSize + 1000)
		d.latency = 20 * time.Millisecond
		w := newWorld(t, func(w *world) {
			w.server.Limits.PerAddress, w.server.Limits.RequestRate = -1, -1
			w.server.Opener = OpenerFunc(func(context.Context, *Request) (Content, error) { return versioned{d}, nil })
		})
		defer w.stop()
		want := d.content()
		m := model{block: 1468, window: 32, request: time.Second, reack: time.Second, stray: "once"}
		var wg sync.WaitGroup
		for i := range machines {
			wg.Go(func() {
				time.Sleep(time.Duration(i%50) * time.Millisecond)
				got, err := m.fetch(w, fmt.Sprintf("10.0.%d.%d:1000", 3+i/200, 1+i%200), fmt.Sprintf("m/52-54-00-00-%02x-%02x/linux", i>>8, i&255))
				if err != nil || !bytes.Equal(got, want) {
					t.Errorf("machine %d: %d bytes, %v", i, len(got), err)
				}
			})
		}
		wg.Wait()
		if len(d.reads) != 2 {
			t.Errorf("%d places were read, want 2", len(d.reads))
		}
		for off, n := range d.reads {
			if n != 1 {
				t.Errorf("the chunk at %d was read %d times", off, n)
			}
		}
	})
}

// TestSharing: what makes two contents one source.
func TestSharing(t *testing.T) {
	one, other := newDisk(3*chunkSize), newDisk(3*chunkSize)
	tests := []struct {
		name string
		a, b Content
		same bool
	}{
		{"equal versions", named{one, "1"}, named{one, "1"}, true},
		{"different versions", named{one, "1"}, named{one, "2"}, false},
		{"no version", one, one, false},
		{"empty version", named{one, ""}, named{one, ""}, false},
		{"a version that lies about its size", named{one, "1"}, named{newDisk(chunkSize), "1"}, false},
		{"two files", versioned{one}, versioned{other}, false},
		{"in memory", memory("abc"), memory("abc"), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newSources(newCache(1<<20, newPool(1, 1)))
			a, err := s.take(tt.a)
			if err != nil {
				t.Fatal(err)
			}
			b, err := s.take(tt.b)
			if err != nil {
				t.Fatal(err)
			}
			if (a == b) != tt.same {
				t.Errorf("one source: %v, want %v", a == b, tt.same)
			}
			s.drop(a)
			s.drop(b)
			if len(s.named) != 0 || s.cache.resident() != 0 {
				t.Errorf("%d sources and %d bytes are left", len(s.named), s.cache.resident())
			}
		})
	}
}

// named is a content with a version as told.
type named struct {
	*disk
	version string
}

func (n named) Version() string { return n.version }

// TestBrokenSourceEndsEveryTransfer: when one client comes to a part that can no longer be read, all clients of the content
// hear it with their next block, not when each of them gets there; and who asks anew gets what there is now.
func TestBrokenSourceEndsEveryTransfer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDisk(8 * chunkSize)
		w := newWorld(t, func(w *world) { w.served.files["a"] = versioned{d} })
		defer w.stop()
		slow := model{block: 1468, request: time.Second, reack: time.Second, stray: "once", slow: time.Millisecond}
		fast := slow
		fast.slow = 0
		var wg sync.WaitGroup
		var failedAt [5]time.Time
		for i := range failedAt {
			m := slow
			if i == 4 {
				m = fast // 1.2 s for all of it; the others need 1.5 s for their second chunk
			}
			wg.Go(func() {
				_, err := m.fetch(w, fmt.Sprintf("10.0.3.%d:1000", i+1), "a")
				failedAt[i] = time.Now()
				if err == nil || err.Error() != `ERROR 0 "File changed or cannot be read\x00"` {
					t.Errorf("client %d: %v", i, err)
				}
			})
		}
		time.Sleep(50 * time.Millisecond)
		d.fail.Store(true)
		wg.Wait()
		for i, at := range failedAt {
			if late := at.Sub(failedAt[4]); late > 20*time.Millisecond {
				t.Errorf("client %d heard it %v after the one that found out", i, late)
			}
		}
		d.fail.Store(false)
		if got, err := fast.fetch(w, "10.0.3.9:1000", "a"); err != nil || !bytes.Equal(got, d.content()) {
			t.Errorf("a new request: %d bytes, %v", len(got), err)
		}
	})
}

// TestFirstChunkFails: many come at once for what cannot be read; each is told, nothing is kept, every handle is closed.
func TestFirstChunkFails(t *testing.T) {
	d := newDisk(3 * chunkSize)
	d.fail.Store(true)
	s := newSources(newCache(1<<20, newPool(1, 1)))
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if src, err := s.take(versioned{d}); err == nil {
				t.Errorf("take = %v", src)
			}
		})
	}
	wg.Wait()
	if n := d.closed.Load(); n != 20 || len(s.named) != 0 {
		t.Errorf("%d of 20 handles are closed, %d sources are kept", n, len(s.named))
	}
	d.fail.Store(false)
	src, err := s.take(versioned{d})
	if err != nil {
		t.Fatal(err)
	}
	if parts, _, ok := src.slice(nil, 0, 10); !ok || !bytes.Equal(parts[0], d.content()[:10]) {
		t.Errorf("first bytes %v, %v", parts, ok)
	}
}
