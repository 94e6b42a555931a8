// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bootlace-net/bootlace/internal/simnet"
	"github.com/bootlace-net/bootlace/internal/udp"
)

func uploads(t *testing.T, dir string) *UploadDir {
	t.Helper()
	d, err := OpenUploadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func wrq(name string) *Request {
	return &Request{Name: name, Remote: netip.MustParseAddrPort("10.0.0.5:2000"), Write: true}
}

// names lists what is in a directory.
func names(t *testing.T, dir string) string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(dir, "*"))
	hidden, err2 := filepath.Glob(filepath.Join(dir, ".*"))
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	var base []string
	for _, n := range append(all, hidden...) {
		base = append(base, filepath.Base(n))
	}
	return fmt.Sprint(base)
}

func TestForgedUploadsCostNothing(t *testing.T) {
	dir := t.TempDir()
	d := uploads(t, dir)
	d.MaxTotal, d.MaxFiles, d.Folder = 100, 1, ByAddress
	for i := range 50 {
		r := wrq("a")
		r.Remote = netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 1, 1, byte(i)}), 2000)
		if _, err := d.Create(context.Background(), r, 100); err != nil {
			t.Fatalf("request %d: %v", i, err)
		}
	}
	if got := names(t, dir); got != "[]" || d.bytes != 0 || d.files != 0 {
		t.Errorf("requests without data left %s, %d bytes, %d files", got, d.bytes, d.files)
	}
}

func TestUploadsOfOneName(t *testing.T) {
	for _, overwrite := range []bool{false, true} {
		dir := tree(t, map[string]string{"b": "old"})
		d := uploads(t, dir)
		d.Overwrite = overwrite
		var wg sync.WaitGroup
		stored := make(chan error, 20)
		for i := range 20 {
			wg.Go(func() {
				u, err := d.Create(context.Background(), wrq("a"), -1)
				if err == nil {
					if _, err = u.Write(bytes.Repeat([]byte{byte(i)}, 1000)); err == nil {
						err = u.Commit()
					}
					if err != nil {
						err = errors.Join(err, u.Abort())
					}
				}
				stored <- err
			})
		}
		wg.Wait()
		close(stored)
		good := 0
		for err := range stored {
			if err == nil {
				good++
			} else if storeCode(err) != CodeExists {
				t.Error(err)
			}
		}
		if want := 1; !overwrite && good != want || overwrite && good != 20 {
			t.Errorf("overwrite %v: %d of 20 were stored", overwrite, good)
		}
		b, err := os.ReadFile(filepath.Join(dir, "a"))
		if err != nil || len(b) != 1000 || !bytes.Equal(b, bytes.Repeat(b[:1], 1000)) {
			t.Errorf("the file is not one of the uploads: %d bytes, %v", len(b), err)
		}
		if d.bytes != 1003 || d.files != 2 || d.active != 0 || names(t, dir) != "[a b]" {
			t.Errorf("it counts %d bytes, %d files, %d active; there is %s", d.bytes, d.files, d.active, names(t, dir))
		}
	}
}

func TestUploadsStayInside(t *testing.T) {
	dir := tree(t, map[string]string{"in/a": "", "out/secret": "outside"})
	in := filepath.Join(dir, "in")
	for link, target := range map[string]string{"file": "../out/secret", "dir": "../out", "dangling": "../out/new", "inner": "a"} {
		if err := os.Symlink(target, filepath.Join(in, link)); err != nil {
			t.Fatal(err)
		}
	}
	d := uploads(t, in)
	d.Overwrite = true
	for name, code := range map[string]Code{
		"../out/x": CodeAccess, `..\out\x`: CodeAccess, "dir/x": CodeAccess, "file": CodeExists, "dangling": CodeExists, "inner": CodeExists,
		"a/b": CodeAccess, "x\x1b[2J": CodeAccess, "line\nbreak": CodeAccess, "\xc3(": CodeAccess, "": CodeNotFound, ".upload-x": CodeAccess,
		string(bytes.Repeat([]byte("n"), 300)): CodeAccess,
	} {
		u, err := d.Create(context.Background(), wrq(name), -1)
		if err == nil {
			if _, err = u.Write([]byte("new")); err == nil {
				err = u.Commit()
			}
		}
		if err == nil || storeCode(err) != code {
			t.Errorf("%q: %v, want error %d", name, err, code)
		}
	}
	if b, err := os.ReadFile(filepath.Join(dir, "out/secret")); err != nil || string(b) != "outside" || names(t, filepath.Join(dir, "out")) != "[secret]" {
		t.Errorf("outside changed: %q, %v", b, err)
	}
}

func TestFolderOfAnAbortedUpload(t *testing.T) {
	dir := t.TempDir()
	d := uploads(t, dir)
	d.Folder = ByAddress
	u, err := d.Create(context.Background(), wrq("a"), -1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := u.Write([]byte("half")); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); got != "[10.0.0.5]" {
		t.Errorf("while it runs: %s", got)
	}
	if err := u.Abort(); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); got != "[]" || d.files != 0 || d.bytes != 0 || d.active != 0 {
		t.Errorf("after it was aborted: %s, %d files, %d bytes, %d active", got, d.files, d.bytes, d.active)
	}
}

func TestUploadsAtOnce(t *testing.T) {
	d := uploads(t, t.TempDir())
	d.MaxActive = 1
	var all []Upload
	for _, name := range []string{"a", "b"} {
		u, err := d.Create(context.Background(), wrq(name), -1)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, u)
	}
	if _, err := all[0].Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if _, err := all[1].Write([]byte("x")); !errors.Is(err, errActive) || storeCode(err) != CodeUndefined {
		t.Errorf("the second: %v", err)
	}
}

// TestUploadWaitsForTheDisk floods a slow disk with blocks that nobody acknowledged: what is kept in memory is bounded.
func TestUploadWaitsForTheDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAttic()
		a.slow = time.Minute
		w := newWorld(t, func(w *world) { w.server.Storer = a })
		defer w.stop()
		c := w.socket("10.0.1.1:2000")
		send := func(to netip.AddrPort, b []byte) {
			if _, err := c.Send([]udp.Outgoing{{Remote: to, Bufs: [][]byte{b}}}); err != nil {
				t.Fatal(err)
			}
		}
		send(netip.MustParseAddrPort(serverAddr+":69"), append([]byte{0, opWRQ}, options([]string{"a=octet", "blksize=1468"})...))
		in := []udp.Incoming{{Buf: make([]byte, 2048)}}
		if _, err := c.Recv(in, time.Second); err != nil {
			t.Fatal(err)
		}
		tid := in[0].Remote
		acked := drain(c)
		defer c.Close()
		const blocks = 2000 // nearly 3 MB
		for n := 1; n <= blocks; n++ {
			send(tid, append(binary.BigEndian.AppendUint16([]byte{0, opDATA}, uint16(n)), make([]byte, 1468)...))
			time.Sleep(10 * time.Microsecond)
		}
		time.Sleep(70 * time.Second) // by now the first piece is written, and what was taken behind it is acknowledged
		synctest.Wait()
		if acked() == 0 {
			t.Error("no block was acknowledged")
		}
		if limit := (uploadLag+uploadPiece)/1468 + 3; acked() > limit {
			t.Errorf("%d of %d blocks were taken while the disk stood still, want at most %d", acked(), blocks, limit)
		}
	})
}

// drain reads a socket in the background and gives the highest block acknowledged so far.
func drain(c *simnet.Conn) func() int {
	var mu sync.Mutex
	highest := 0
	go func() {
		for {
			in := []udp.Incoming{{Buf: make([]byte, 2048)}}
			if _, err := c.Recv(in, 10*time.Minute); err != nil {
				return
			}
			if b := in[0].Buf; opcode(b) == opACK {
				mu.Lock()
				highest = max(highest, int(binary.BigEndian.Uint16(b[2:])))
				mu.Unlock()
			}
		}
	}()
	return func() int {
		mu.Lock()
		defer mu.Unlock()
		return highest
	}
}
