// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// disk is a Content that counts its reads and takes time for them.
type disk struct {
	size    int64
	latency time.Duration
	fail    atomic.Bool
	closed  atomic.Int32
	mu      sync.Mutex
	reads   map[int64]int
}

// at is the byte of a disk at an offset: cheap, and no two chunks look alike.
func at(off int64) byte { return byte(off>>18*31 + off>>9*7 + off) }

func (d *disk) ReadAt(p []byte, off int64) (int, error) {
	time.Sleep(d.latency)
	if d.fail.Load() {
		return 0, errors.New("the disk is gone")
	}
	d.mu.Lock()
	d.reads[off]++
	d.mu.Unlock()
	n := int(min(int64(len(p)), d.size-off))
	for i := range n {
		p[i] = at(off + int64(i))
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (d *disk) Close() error { d.closed.Add(1); return nil }
func (d *disk) Size() int64  { return d.size }

// versioned is one more handle of a disk's content. Its version is true: every disk has one of its own.
type versioned struct{ *disk }

func (v versioned) Version() string { return fmt.Sprintf("%p", v.disk) }

func newDisk(size int64) *disk { return &disk{size: size, reads: map[int64]int{}} }

func (d *disk) content() []byte {
	b := make([]byte, d.size)
	for i := range b {
		b[i] = at(int64(i))
	}
	return b
}

// TestOneReadForAll: a storm of clients asks for one file; each chunk is read once and every handle but one is closed at once.
func TestOneReadForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDisk(5*chunkSize + 1000)
		d.latency = 20 * time.Millisecond
		w := newWorld(t, func(w *world) { w.served.files["initrd"] = versioned{d} })
		defer w.stop()
		want := d.content()
		m := model{name: "storm", block: 1468, window: 32, request: time.Second, reack: time.Second, stray: "once"}
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				time.Sleep(time.Duration(i) * 3 * time.Millisecond)
				if got, err := m.fetch(w, "10.0.3."+string('1'+rune(i%9))+":"+string('1'+rune(i/9))+"000", "initrd"); err != nil || !bytes.Equal(got, want) {
					t.Errorf("client %d: %d bytes, %v", i, len(got), err)
				}
			})
		}
		wg.Wait()
		for off, n := range d.reads {
			if n > 1 && off > 0 { // the first chunk is read by whoever opens, and many open at once
				t.Errorf("the chunk at %d was read %d times", off, n)
			}
		}
		if len(d.reads) != 6 {
			t.Errorf("%d chunks were read, want 6", len(d.reads))
		}
		time.Sleep(time.Minute)
		if n := int(d.closed.Load()); n != w.served.opened {
			t.Errorf("%d of %d handles are closed", n, w.served.opened)
		}
		if b := w.server.sources.cache.resident(); b != 0 {
			t.Errorf("%d bytes are kept of a file nobody wants", b)
		}
	})
}

// TestMemoryStaysInBudget: clients at different places of files larger than the budget.
func TestMemoryStaysInBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const budget = 3 * chunkSize
		w := newWorld(t, func(w *world) {
			w.server.Limits.Memory = budget
			for _, name := range []string{"a", "b", "c", "d"} {
				w.served.files[name] = versioned{newDisk(6*chunkSize + 77)}
			}
		})
		defer w.stop()
		m := model{name: "reader", block: 1468, window: 16, request: time.Second, reack: time.Second, stray: "once"}
		var wg sync.WaitGroup
		for i, name := range []string{"a", "b", "c", "d"} {
			wg.Go(func() {
				if got, err := m.fetch(w, "10.0.4."+string('1'+rune(i))+":1000", name); err != nil || len(got) != 6*chunkSize+77 {
					t.Errorf("%s: %d bytes, %v", name, len(got), err)
				}
			})
		}
		done := make(chan struct{})
		go func() { wg.Wait(); close(done) }()
		for range 10000 {
			select {
			case <-done:
				return
			case <-time.After(time.Millisecond):
			}
			if b := w.server.sources.cache.resident(); b > budget+chunkSize {
				t.Fatalf("%d bytes are kept, the budget is %d", b, budget)
			}
		}
		t.Error("it does not end")
	})
}

// TestReadErrorEndsTheTransfer with an ERROR and not with a half file.
func TestReadErrorEndsTheTransfer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDisk(4 * chunkSize)
		w := newWorld(t, func(w *world) { w.served.files["a"] = d })
		defer w.stop()
		m := model{block: 1468, request: time.Second, reack: time.Second, stray: "once", slow: time.Millisecond}
		time.AfterFunc(100*time.Millisecond, func() { d.fail.Store(true) })
		if _, err := m.fetch(w, "10.0.3.1:1000", "a"); err == nil || err.Error() != `ERROR 0 "File changed or cannot be read\x00"` {
			t.Errorf("fetch = %v", err)
		}
		if o := w.outcomes(); len(o) != 1 || o[0] != Unreadable {
			t.Errorf("outcomes %v", o)
		}
	})
}

// TestHugeFiles: the last chunk of files whose sizes are beyond 32 bits is the one that is asked for.
func TestHugeFiles(t *testing.T) {
	for _, size := range []int64{65535 * 512, 65536*512 - 1, 65536 * 512, 4<<30 + 5, 1 << 40} {
		s, err := newSources(newCache(1<<20, newPool(1, 1))).take(newDisk(size))
		if err != nil {
			t.Fatal(err)
		}
		off := size - size%512
		parts, missing, ok := s.slice(nil, off, int(size%512))
		if size%512 != 0 && !ok && missing != off>>chunkShift {
			t.Errorf("size %d: last chunk %d, asked for %d (%d parts)", size, off>>chunkShift, missing, len(parts))
		}
	}
}

func itoa(n int64) string {
	b := []byte{}
	for ; n > 0; n /= 10 {
		b = append([]byte{byte('0' + n%10)}, b...)
	}
	return string(b)
}

// TestRollover fetches more than 65536 blocks through the whole server.
func TestRollover(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		want := pattern(8*66000 + 3)
		w := newWorld(t, func(w *world) {
			w.served.files["a"] = memory(want)
			w.server.MinBlock, w.server.MaxWindow = 8, 1000
		})
		defer w.stop()
		for _, window := range []int{1, 500} {
			m := model{block: 8, window: window, request: time.Second, reack: time.Second, stray: "once"}
			if got, err := m.fetch(w, "10.0.3.1:1000", "a"); err != nil || !bytes.Equal(got, want) {
				t.Errorf("window %d: %d bytes, %v", window, len(got), err)
			}
		}
	})
}
