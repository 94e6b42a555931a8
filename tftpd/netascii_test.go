// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"strings"
	"testing"

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
			if string(back) != tt.disk {
				t.Errorf("%.20q comes back as %.20q", tt.disk, back)
			}
		}
	}
}
