// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"errors"
	"net/netip"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bootlace-net/bootlace/internal/simnet"
	"github.com/bootlace-net/bootlace/internal/udp"
	"github.com/bootlace-net/bootlace/tftpd/internal/proto"
)

// TestFarewell: a server that ends tells those who read from it and who send to it, once each, and nobody else.
func TestFarewell(t *testing.T) {
	for _, single := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, func(w *world) {
				w.server.SinglePort, w.server.Storer = single, newMemoryStore()
				w.served.files["a"] = memory(pattern(5000))
				w.served.files["short"] = memory(pattern(5))
			})
			rrq, wrq := []string{"\x00\x01a\x00octet\x00"}, "\x00\x02b\x00octet\x00blksize\x00512\x00"
			clients := map[string]*simnet.Conn{}
			for name, packets := range map[string][]string{
				"reads": append(rrq, "\x00\x04\x00\x01"), "asked": rrq, "sends": {wrq, "\x00\x03\x00\x01" + string(make([]byte, 512))}, "will send": {wrq},
				"has all": {"\x00\x01short\x00octet\x00", "\x00\x04\x00\x01"},
			} {
				c := w.socket(netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 1, byte(len(clients) + 1)}), 2000).String())
				defer c.Close()
				clients[name] = c
				to, in := netip.MustParseAddrPort(serverAddr+":69"), []udp.Incoming{{Buf: make([]byte, 600)}}
				for _, p := range packets {
					if _, err := c.Send([]udp.Outgoing{{Remote: to, Bufs: [][]byte{[]byte(p)}}}); err != nil {
						t.Fatal(err)
					}
					if _, err := c.Recv(in, 50*time.Millisecond); err != nil && p[1] != proto.OpACK {
						t.Fatalf("%s: %q is not answered: %v", name, p, err)
					}
					to = in[0].Remote
				}
			}
			w.stop()
			for name, c := range clients {
				told := 0
				for in := []udp.Incoming{{Buf: make([]byte, 600)}}; ; {
					if _, err := c.Recv(in, time.Minute); errors.Is(err, os.ErrDeadlineExceeded) {
						break
					}
					if got := string(in[0].Buf[:in[0].N]); got == "\x00\x05\x00\x00Server is shutting down\x00" {
						told++
					} else if got[1] != proto.OpDATA && got[1] != proto.OpACK && got[1] != proto.OpOACK {
						t.Errorf("single port %v: %s is told %q", single, name, got)
					}
				}
				if want := map[string]int{"reads": 1, "sends": 1}[name]; told != want {
					t.Errorf("single port %v: who %s is told %d times, want %d", single, name, told, want)
				}
			}
			for _, f := range told[Finished](w) {
				if f.Outcome != Stopped && f.Request.Name != "short" {
					t.Errorf("%s ended %v", f.Request.Name, f.Outcome)
				}
			}
			if n := len(told[SendFailures](w)); n > 0 {
				t.Errorf("%d packets were sent after the end", n)
			}
		})
	}
}
