// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bootlace-net/bootlace/internal/udp"
	"github.com/bootlace-net/bootlace/tftpd/internal/proto"
)

func TestNetascii(t *testing.T) {
	for _, tt := range []struct{ disk, wire string }{
		{"", ""}, {"a", "a"}, {"\n", "\r\n"}, {"\r", "\r\x00"}, {"\r\n", "\r\x00\r\n"}, {"a\nb\rc", "a\r\nb\r\x00c"}, {"\n\n\r\r", "\r\n\r\n\r\x00\r\x00"},
		{strings.Repeat("line\nother\r", 30000), strings.Repeat("line\r\nother\r\x00", 30000)},
	} {
		c, err := newNetascii(memory(tt.disk))
		if err != nil {
			t.Fatal(err)
		}
		if c.Size() != int64(len(tt.wire)) {
			t.Errorf("size %d, want %d", c.Size(), len(tt.wire))
		}
		for _, block := range []int{1, 7, 512, 100_000} {
			if len(tt.wire) > 1000 && block < 100 {
				continue
			}
			var got []byte
			for off := 0; off < len(tt.wire); off += block {
				b := make([]byte, min(block, len(tt.wire)-off))
				if n, err := c.ReadAt(b, int64(off)); n != len(b) {
					t.Fatalf("ReadAt(%d, %d) = %d, %v", len(b), off, n, err)
				}
				got = append(got, b...)
			}
			if string(got) != tt.wire {
				t.Errorf("%.20q in blocks of %d is %.20q", tt.disk, block, got)
			}
			var back []byte
			u := &proto.NetasciiDecoder{}
			for off := 0; off < len(tt.wire); off += block {
				back = u.Append(back, []byte(tt.wire[off:min(off+block, len(tt.wire))]))
			}
			back = u.End(back)
			if string(back) != tt.disk {
				t.Errorf("%.20q comes back as %.20q", tt.disk, back)
			}
		}
	}
}

// TestNetasciiUploads: no byte is lost, also where a client sends what RFC 764 does not allow: a CR alone.
func TestNetasciiUploads(t *testing.T) {
	for _, tt := range []struct{ wire, disk string }{
		{"line\r\n", "line\n"}, {"a\r\x00", "a\r"}, {"a\rb", "a\rb"}, {"bare\r", "bare\r"}, {"\r", "\r"}, {"\r\r", "\r\r"},
		{strings.Repeat("x", 511) + "\r", strings.Repeat("x", 511) + "\r"}, {strings.Repeat("x", 511) + "\r\n", strings.Repeat("x", 511) + "\n"},
	} {
		synctest.Test(t, func(t *testing.T) {
			up := newMemoryStore()
			w := newWorld(t, func(w *world) { w.server.Storer = up })
			defer w.stop()
			c := w.socket("10.0.1.1:2000")
			defer c.Close()
			to, in := netip.MustParseAddrPort(serverAddr+":69"), []udp.Incoming{{Buf: make([]byte, 600)}}
			packets := []string{"\x00\x02a\x00netascii\x00"}
			for n, rest := byte(1), tt.wire; n < 3; n++ {
				block := rest[:min(512, len(rest))]
				packets, rest = append(packets, "\x00\x03\x00"+string(rune(n))+block), rest[len(block):]
				if len(block) < 512 {
					break
				}
			}
			for _, p := range packets {
				if _, err := c.Send([]udp.Outgoing{{Remote: to, Bufs: [][]byte{[]byte(p)}}}); err != nil {
					t.Fatal(err)
				}
				if _, err := c.Recv(in, time.Second); err != nil || in[0].Buf[1] != proto.OpACK {
					t.Fatalf("%q is answered %q, %v", p, in[0].Buf[:in[0].N], err)
				}
				to = in[0].Remote
			}
			synctest.Wait()
			up.mu.Lock()
			defer up.mu.Unlock()
			if got := string(up.files["a"]); got != tt.disk {
				t.Errorf("%.20q became %.20q (%d bytes)", tt.wire, got, len(got))
			}
		})
	}
}
