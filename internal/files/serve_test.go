// SPDX-License-Identifier: Apache-2.0

package files

import (
	"context"
	"encoding/binary"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pin/tftp/v3"

	"github.com/bootlace-net/bootlace/internal/udp"
	"github.com/bootlace-net/bootlace/tftpd"
)

// Opcodes, RFC 1350 section 5 and RFC 2347.
const data, ack, oack = 3, 4, 6

// serve runs a server until the test ends.
func serve(t *testing.T, srv *tftpd.Server) {
	t.Helper()
	if err := srv.Listen(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- srv.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// TestSparseTerabyte reads the start of a file of 1 TiB, beyond block 65535, and compares sizes and numbers.
func TestSparseTerabyte(t *testing.T) {
	root := t.TempDir()
	for name, size := range map[string]int64{"tebi": 1 << 40, "over4g": 5<<30 + 1} {
		f, err := os.Create(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Truncate(size); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	dir, err := OpenDir(root)
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	srv := &tftpd.Server{Opener: dir, MinBlock: 8, MaxWindow: 128, Addrs: []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:0")}}
	serve(t, srv)
	for name, size := range map[string]int64{"tebi": 1 << 40, "over4g": 5<<30 + 1} {
		c, err := udp.Listen(udp.Config{Addr: netip.MustParseAddrPort("127.0.0.1:0"), ReadBuffer: 4 << 20})
		if err != nil {
			t.Fatal(err)
		}
		readPast(t, c, srv.LocalAddrs()[0], name, size)
		c.Close()
	}
}

// readPast reads 70,000 blocks of 8 bytes, all zero, in windows.
func readPast(t *testing.T, c *udp.Conn, server netip.AddrPort, name string, size int64) {
	t.Helper()
	send := func(to netip.AddrPort, b []byte) {
		if _, err := c.Send([]udp.Outgoing{{Remote: to, Bufs: [][]byte{b}}}); err != nil {
			t.Fatal(err)
		}
	}
	send(server, []byte("\x00\x01"+name+"\x00octet\x00tsize\x000\x00blksize\x008\x00windowsize\x00128\x00"))
	in := make([]udp.Incoming, udp.MaxBatch)
	for i := range in {
		in[i].Buf = make([]byte, 256)
	}
	const goal = 70_000
	got, tid := int64(0), netip.AddrPort{}
	for got < goal {
		n, err := c.Recv(in, 20*time.Second)
		if err != nil {
			t.Fatalf("%s: after block %d: %v", name, got, err)
		}
		for _, p := range in[:n] {
			b := p.Buf[:p.N]
			tid = p.Remote
			switch b[1] {
			case oack:
				if want := "\x00\x06tsize\x00" + strconv.FormatInt(size, 10) + "\x00"; !strings.HasPrefix(string(b), want) {
					t.Fatalf("%s: %q, want %q", name, b, want)
				}
				send(tid, []byte{0, ack, 0, 0})
			case data:
				if binary.BigEndian.Uint16(b[2:]) == uint16(got+1) {
					got++
					if string(b[4:]) != "\x00\x00\x00\x00\x00\x00\x00\x00" {
						t.Fatalf("%s: block %d is %x", name, got, b[4:])
					}
				}
				if got%128 == 0 && binary.BigEndian.Uint16(b[2:]) == uint16(got) {
					send(tid, binary.BigEndian.AppendUint16([]byte{0, ack}, uint16(got)))
				}
			default:
				t.Fatalf("%s: %q", name, b)
			}
		}
	}
	send(tid, []byte("\x00\x05\x00\x00enough\x00"))
}

// TestServed puts a file and fetches it again, through the engine, by the names firmware writes.
func TestServed(t *testing.T) {
	root := t.TempDir()
	dir, err := OpenDir(root)
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	srv := &tftpd.Server{Opener: &Names{Opener: dir, FoldCase: true}, Storer: uploads(t, root), Addrs: []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:0")}}
	serve(t, srv)
	c, err := tftp.NewClient(srv.LocalAddrs()[0].String())
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Repeat("text\n", 1000)
	to, err := c.Send("/Stored", "octet")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := to.ReadFrom(strings.NewReader(want)); err != nil {
		t.Fatal(err)
	}
	from, err := c.Receive(`\sToReD`, "octet")
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	if _, err := from.WriteTo(&got); err != nil || got.String() != want {
		t.Errorf("%d bytes, %v", got.Len(), err)
	}
	if left := names(t, root); left != "[Stored]" {
		t.Errorf("the directory holds %s", left)
	}
}
