// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"bytes"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bootlace-net/bootlace/internal/simnet"
	"github.com/bootlace-net/bootlace/internal/udp"
	"github.com/bootlace-net/bootlace/tftpd/internal/proto"
)

// requestSeeds are requests as firmware sends them, and as nobody should.
func requestSeeds(tb testing.TB) (seeds [][]byte) {
	tb.Helper()
	text, err := os.ReadFile("testdata/requests.txt")
	if err != nil {
		tb.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		s, err := strconv.Unquote(strings.TrimSpace(line))
		if err != nil {
			tb.Fatal(line, err)
		}
		seeds = append(seeds, []byte(s))
	}
	return seeds
}

// FuzzServer plays any sequence of packets from three clients to port 69 and to where answers came from; then an honest client
// must get its file and a server that ends must leave nothing.
//
// The input is packets of a byte for the client and the target, a byte for the pause before it, a byte for the length, and so many
// bytes.
func FuzzServer(f *testing.F) {
	add := func(single bool, packets ...[]byte) {
		var in []byte
		for i, p := range packets {
			in = append(append(in, byte(i%3)|byte(min(i/3, 1))<<2, byte(i), byte(len(p))), p...)
		}
		f.Add(in, single)
	}
	acks := [][]byte{{0, proto.OpACK, 0, 0}, {0, proto.OpACK, 0, 1}, {0, proto.OpACK, 0, 2}, {0, proto.OpACK, 255, 255}, {0, proto.OpACK}, {0, proto.OpERROR, 0, 0}, {0, proto.OpERROR, 0, 5, 'x', 0},
		{0, proto.OpDATA, 0, 1, 'x'}, {0, proto.OpDATA, 0, 2}, {0, proto.OpOACK, 'a', 0}, {255, 255, 255, 255}}
	for _, single := range []bool{false, true} {
		add(single, requestSeeds(f)...)
		add(single, append(requestSeeds(f), acks...)...)
		for _, r := range requestSeeds(f) {
			add(single, append([][]byte{r, r, r}, acks...)...)
		}
	}
	f.Fuzz(func(t *testing.T, in []byte, single bool) {
		if len(in) > 2000 {
			return
		}
		synctest.Test(t, func(t *testing.T) { hostile(t, in, single) })
	})
}

func hostile(t *testing.T, in []byte, single bool) {
	want := pattern(3000)
	up := newMemoryStore()
	w := newWorld(t, func(w *world) {
		w.served.files["a"], w.served.files["honest"] = memory(pattern(5000)), memory(want)
		w.server.SinglePort, w.server.MinBlock, w.server.Storer = single, 8, up
	})
	var conns [3]*simnet.Conn
	var tids [3]netip.AddrPort
	for i := range conns {
		conns[i] = w.socket(netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 2, byte(i + 1)}), 2000).String())
		defer conns[i].Close()
	}
	for len(in) >= 3 {
		who, pause, n := int(in[0]%4)%3, time.Duration(in[1])*time.Millisecond, min(int(in[2]), len(in)-3)
		to := netip.MustParseAddrPort(serverAddr + ":69")
		if in[0]&4 != 0 && tids[who].IsValid() {
			to = tids[who]
		}
		time.Sleep(pause)
		conns[who].Send([]udp.Outgoing{{Remote: to, Bufs: [][]byte{in[3 : 3+n]}}})
		in = in[3+n:]
		answer := []udp.Incoming{{Buf: make([]byte, 2048)}}
		for {
			if _, err := conns[who].Recv(answer, time.Millisecond); err != nil {
				break
			}
			tids[who] = answer[0].Remote
		}
	}
	if got, err := models[0].fetch(w, "10.0.3.1:2000", "honest"); err != nil || !bytes.Equal(got, want) {
		t.Errorf("the honest client got %d bytes: %v", len(got), err)
	}
	time.Sleep(5 * time.Minute)
	synctest.Wait()
	if n := w.server.index.running(); n != 0 {
		t.Errorf("%d requests still run", n)
	}
	w.stop()
	up.mu.Lock()
	defer up.mu.Unlock()
	if up.open != 0 {
		t.Errorf("%d uploads are neither kept nor given up", up.open)
	}
}
