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

// TestClientsAreForgotten: when there is no room, the idle client that was seen longest ago goes; one with a transfer never does.
func TestClientsAreForgotten(t *testing.T) {
	c := newClients(Limits{}.withDefaults())
	addr := func(i int) netip.Addr { return netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}) }
	for i := range maxClients {
		if why, ok := c.admit(addr(i), 0); !ok {
			t.Fatalf("client %d: %v", i, why)
		}
	}
	if why, ok := c.admit(addr(maxClients), 0); ok || why != ClientsFull {
		t.Errorf("with all busy one more got in: %v, %v", why, ok)
	}
	for _, i := range []int{5, 3, 9} {
		c.learn(addr(i), lesson{answers: int64(i)})
	}
	c.admit(addr(5), 0) // it came again: it is not the one seen longest ago any more
	c.left(addr(5))
	for i := range 2 {
		if why, ok := c.admit(addr(maxClients+i), 0); !ok {
			t.Errorf("new client %d: %v", i, why)
		}
	}
	for i, want := range map[int]int64{5: 5, 3: 0, 9: 0} {
		if got := c.lesson(addr(i)).answers; got != want {
			t.Errorf("of client %d %d is known, want %d", i, got, want)
		}
	}
	if len(c.known) != maxClients || c.idle.Len() != 1 {
		t.Errorf("%d clients, %d of them idle", len(c.known), c.idle.Len())
	}
}

// TestUploadTeachesNothing: a client with few buffers that stores a file is paced as before afterwards.
func TestUploadTeachesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(w *world) {
			w.served.files["a"], w.server.Storer = memory(pattern(1468*400)), newMemoryStore()
		})
		defer w.stop()
		slow := models[len(models)-1]
		if _, err := slow.fetch(w, "10.0.1.1:2000", "a"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		before := w.server.clients.lesson(netip.MustParseAddr("10.0.1.1"))
		if before.pace.Burst == 0 || before.answers == 0 {
			t.Fatalf("nothing was learnt: %+v", before)
		}
		w.put("10.0.1.1:2001", "up", 100)
		if got := w.outcomes(); len(got) != 2 || got[1] != Complete {
			t.Fatalf("outcomes %v", got)
		}
		if after := w.server.clients.lesson(netip.MustParseAddr("10.0.1.1")); after != before {
			t.Errorf("before the upload %+v, after it %+v", before, after)
		}
	})
}

// put stores a file of one block.
func (w *world) put(from, name string, size int) {
	c := w.socket(from)
	defer c.Close()
	send := func(to netip.AddrPort, b []byte) {
		if _, err := c.Send([]udp.Outgoing{{Remote: to, Bufs: [][]byte{b}}}); err != nil {
			w.t.Fatal(err)
		}
	}
	send(netip.MustParseAddrPort(serverAddr+":69"), append([]byte{0, proto.OpWRQ}, options([]string{name + "=octet"})...))
	in := []udp.Incoming{{Buf: make([]byte, 2048)}}
	if _, err := c.Recv(in, time.Second); err != nil {
		w.t.Fatal(err)
	}
	send(in[0].Remote, append([]byte{0, proto.OpDATA, 0, 1}, make([]byte, size)...))
	time.Sleep(time.Second)
}
