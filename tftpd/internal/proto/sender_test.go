// SPDX-License-Identifier: Apache-2.0

package proto

import (
	"bytes"
	"strconv"
	"testing"
)

// TestHugeFiles: sizes and block numbers beyond 16 and 32 bits. The client starts in the middle, as a terabyte takes days even
// in memory.
func TestHugeFiles(t *testing.T) {
	for _, size := range []int64{65535 * 512, 65536*512 - 1, 65536 * 512, 4<<30 + 5, 1 << 40} {
		r := Request{Name: "huge", Options: []Option{{"tsize", "0"}, {"blksize", "512"}}}
		g := Negotiate(&r, Bounds{MinBlock: 8, MaxBlock: 1468, Window: 4, Size: size})
		want := append([]byte{0, OpOACK}, options([]string{"tsize=" + strconv.FormatInt(size, 10), "blksize=512"})...)
		if !bytes.Equal(g.OACK, want) {
			t.Errorf("size %d: OACK %q", size, g.OACK)
		}
		s := NewSender(SenderSettings{Size: size, Grant: g, Timer: TimerLimits{Floor: 1, Ceiling: 1 << 40, Initial: 1}})
		s.Start(0)
		s.Ack(0, 0, 1)
		for _, jump := range []int64{65534, 65535, 65536, 1 << 20, s.last - 2} {
			if jump >= s.last || jump < 1 {
				continue
			}
			s.acked, s.sent, s.peak, s.goal = jump, jump+1, jump+1, jump+1
			o := s.Ack(uint16(jump+1), 0, 2)
			if jump+1 < s.last && (o.First != jump+2 || s.acked != jump+1) {
				t.Errorf("size %d: after block %d comes %+v", size, jump+1, o)
			}
		}
	}
}
