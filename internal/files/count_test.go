// SPDX-License-Identifier: Apache-2.0

package files

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bootlace-net/bootlace/tftpd"
)

// put uploads a file.
func put(d *UploadDir, name string, size int) error {
	u, err := d.Create(context.Background(), wrq(name), int64(size))
	if err != nil {
		return err
	}
	if _, err = u.Write(make([]byte, size)); err == nil {
		err = u.Commit()
	}
	if err != nil {
		err = errors.Join(err, u.Abort())
	}
	return err
}

// TestQuotasSeeWhatOthersDo: a directory that is collected has room again, and one that others fill has none.
func TestQuotasSeeWhatOthersDo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		d, err := OpenUploadDir(dir, Quotas{MaxFile: 100, MaxTotal: 1000, MaxFiles: 5})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		for round := range 3 {
			time.Sleep(2 * fullAge)
			for i := range 5 {
				if err := put(d, fmt.Sprint(i), 100); err != nil {
					t.Fatalf("round %d, file %d of 5: %v", round, i, err)
				}
			}
			if err := put(d, "one more", 1); err == nil || tftpd.CodeOf(err) != tftpd.CodeDiskFull {
				t.Fatalf("round %d: a sixth of 5 files: %v", round, err)
			}
			for i := range 5 { // they are collected
				if err := os.Remove(filepath.Join(dir, fmt.Sprint(i))); err != nil {
					t.Fatal(err)
				}
			}
		}
		time.Sleep(2 * goodAge)
		if err := os.WriteFile(filepath.Join(dir, "another's"), make([]byte, 950), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := put(d, "a", 60); err == nil || tftpd.CodeOf(err) != tftpd.CodeDiskFull || d.stored != (usage{950, 1}) {
			t.Errorf("60 bytes where another's 950 of 1000 are: %v, %+v", err, d.stored)
		}
	})
}

// TestCountingIsBounded: who sends requests to a directory that is full does not have it read each time, nor one that takes long.
func TestCountingIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, err := OpenUploadDir(t.TempDir(), Quotas{MaxFile: 100, MaxTotal: 1000, MaxFiles: 0})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		for _, tt := range []struct {
			counting, since time.Duration
			again           bool
		}{
			{0, fullAge / 2, false}, {0, fullAge, true}, {time.Second, 19 * time.Second, false}, {time.Second, 20 * time.Second, true},
		} {
			d.counted, d.counting = time.Now(), tt.counting
			time.Sleep(tt.since)
			before := d.counted
			if err := put(d, "a", 1); tftpd.CodeOf(err) != tftpd.CodeDiskFull {
				t.Fatal(err)
			}
			if again := d.counted != before; again != tt.again {
				t.Errorf("counting took %v, %v ago: counted again %v", tt.counting, tt.since, again)
			}
		}
	})
}

// TestCountingWhileUploadsRun: whatever happens at once, the books are right in the end, and the quota was kept all the time.
func TestCountingWhileUploadsRun(t *testing.T) {
	dir := tree(t, map[string]string{"private/x": "none of ours"})
	d := uploads(t, dir)
	d.Overwrite, d.MaxFiles = true, 40
	done := make(chan struct{})
	var counter, all sync.WaitGroup
	counter.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
				d.place.Lock()
				d.counted, d.counting = time.Time{}, 0
				d.place.Unlock()
				d.recount(0)
			}
		}
	})
	for i := range 8 {
		all.Go(func() {
			for n := range 50 {
				name := fmt.Sprintf("%d-%d", i, n%7)
				_ = put(d, name, 10+n) // there may be no room just now
				if n%3 == 0 {
					_ = os.Remove(filepath.Join(dir, name)) // another program collects it
				}
				if there := strings.Count(names(t, dir), "-"); there > 40+8 { // and those that are being written
					t.Errorf("%d files", there)
				}
			}
		})
	}
	all.Wait()
	close(done)
	counter.Wait()
	d.counted, d.counting = time.Time{}, 0
	d.recount(0)
	want, err := d.count(func(name string) error { return fmt.Errorf("%s is left", name) })
	if err != nil || d.stored != want || d.coming != (usage{}) || d.active != 0 {
		t.Errorf("it counts %+v, coming %+v, %d active; there is %+v, %v", d.stored, d.coming, d.active, want, err)
	}
}
