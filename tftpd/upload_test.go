// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"encoding/binary"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bootlace-net/bootlace/internal/simnet"
	"github.com/bootlace-net/bootlace/internal/udp"
	"github.com/bootlace-net/bootlace/tftpd/internal/proto"
)

// TestUploadWaitsForTheDisk floods a slow disk with blocks that nobody acknowledged: what is kept in memory is bounded.
func TestUploadWaitsForTheDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newMemoryStore()
		a.slow = time.Minute
		w := newWorld(t, func(w *world) { w.server.Storer = a })
		defer w.stop()
		c := w.socket("10.0.1.1:2000")
		send := func(to netip.AddrPort, b []byte) {
			if _, err := c.Send([]udp.Outgoing{{Remote: to, Bufs: [][]byte{b}}}); err != nil {
				t.Fatal(err)
			}
		}
		send(netip.MustParseAddrPort(serverAddr+":69"), append([]byte{0, proto.OpWRQ}, options([]string{"a=octet", "blksize=1468"})...))
		in := []udp.Incoming{{Buf: make([]byte, 2048)}}
		if _, err := c.Recv(in, time.Second); err != nil {
			t.Fatal(err)
		}
		tid := in[0].Remote
		acked := drain(c)
		defer c.Close()
		const blocks = 2000 // nearly 3 MB
		for n := 1; n <= blocks; n++ {
			send(tid, append(binary.BigEndian.AppendUint16([]byte{0, proto.OpDATA}, uint16(n)), make([]byte, 1468)...))
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
			if b := in[0].Buf; proto.Opcode(b) == proto.OpACK {
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
