// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bootlace-net/bootlace/internal/udp"
	"github.com/bootlace-net/bootlace/tftpd/internal/proto"
)

// TestObjectionsAreLimited: who sends ten thousand packets that are no requests in a second draws a hundred answers, and fewer bytes.
func TestObjectionsAreLimited(t *testing.T) {
	for _, single := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, func(w *world) { w.server.SinglePort = single })
			defer w.stop()
			c := w.socket("10.0.1.1:2000")
			defer c.Close()
			to := netip.MustParseAddrPort(serverAddr + ":69")
			for range 10_000 {
				time.Sleep(100 * time.Microsecond)
				if _, err := c.Send([]udp.Outgoing{{Remote: to, Bufs: [][]byte{[]byte("\x00\x01a\x00binary\x00")}}}); err != nil {
					t.Fatal(err)
				}
			}
			answers := 0
			for in := []udp.Incoming{{Buf: make([]byte, 600)}}; ; answers++ {
				if _, err := c.Recv(in, time.Second); err != nil {
					break
				}
			}
			if answers < 50 || answers > 101 {
				t.Errorf("single port %v: %d answers, want about 100", single, answers)
			}
		})
	}
}

// FuzzObjection: whatever comes draws no more bytes than it has, and nothing if it can be an answer to our own.
func FuzzObjection(f *testing.F) {
	for _, b := range requestSeeds(f) {
		f.Add(b)
	}
	f.Add(proto.ErrorPacket(CodeIllegal, CodeIllegal.Message()))
	f.Fuzz(func(t *testing.T, came []byte) {
		b := objection(came)
		if len(b) > len(came) {
			t.Errorf("%d bytes draw %d", len(came), len(b))
		}
		if len(b) > 0 && (proto.Opcode(b) != proto.OpERROR || objection(b) != nil) {
			t.Errorf("%q draws %q, which is answered again", came, b)
		}
		if op := proto.Opcode(came); len(b) > 0 && op >= proto.OpDATA && op <= proto.OpOACK {
			t.Errorf("a packet of kind %d draws %q", op, b)
		}
	})
}
