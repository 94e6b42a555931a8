// SPDX-License-Identifier: Apache-2.0

package udp_test

import (
	"net/netip"
	"testing"

	"github.com/bootlace-net/bootlace/internal/udp"
)

func TestGroupSpreadsPeersAndIsExclusive(t *testing.T) {
	for _, addr := range []string{"127.0.0.1:0", "[::1]:0", "0.0.0.0:0"} {
		t.Run(addr, func(t *testing.T) {
			group, err := udp.ListenGroup(udp.Config{Addr: netip.MustParseAddrPort(addr)}, 4)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range group {
				t.Cleanup(func() { c.Close() })
			}
			at := group[0].LocalAddr()
			if c, err := udp.Listen(udp.Config{Addr: at}); err == nil {
				c.Close()
				t.Error("a stranger got in")
			}
			spread(t, group, at)
		})
	}
}

// spread sends from many ports, twice each, and wants every lane to get some and no peer to change lanes.
func spread(t *testing.T, group []*udp.Conn, at netip.AddrPort) {
	to := at
	if at.Addr().IsUnspecified() {
		to = netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), at.Port())
	}
	const peers = 128
	for range peers {
		c := listen(t, udp.Config{Addr: netip.AddrPortFrom(to.Addr(), 0)})
		one := udp.Outgoing{Remote: to, Bufs: [][]byte{[]byte("x")}}
		if _, err := c.Send([]udp.Outgoing{one, one}); err != nil {
			t.Fatal(err)
		}
	}
	seen, total := map[netip.AddrPort]int{}, 0
	for i, c := range group {
		got := 0
		for {
			in := make([]udp.Incoming, udp.MaxBatch)
			for i := range in {
				in[i].Buf = make([]byte, 16)
			}
			n, err := c.Recv(in, 0)
			if err != nil {
				break
			}
			for _, d := range in[:n] {
				if lane, ok := seen[d.Remote]; ok && lane != i {
					t.Errorf("%v changed from lane %d to %d", d.Remote, lane, i)
				}
				seen[d.Remote] = i
			}
			got += n
		}
		if got == 0 {
			t.Errorf("lane %d got nothing", i)
		}
		total += got
	}
	if total != 2*peers {
		t.Errorf("%d datagrams arrived, want %d", total, 2*peers)
	}
}

func TestVerifyGSO(t *testing.T) {
	if err := udp.VerifyGSO(); err != nil {
		t.Logf("this kernel: %v", err) // a fact about the machine, not about the code: segments are then cut by hand
	}
}

func TestBatchesDoNotAllocate(t *testing.T) {
	a := listen(t, udp.Config{Addr: netip.MustParseAddrPort("127.0.0.1:0"), PacketInfo: true})
	out := make([]udp.Outgoing, 8)
	in := make([]udp.Incoming, 8)
	for i := range out {
		out[i] = udp.Outgoing{Remote: a.LocalAddr(), Local: a.LocalAddr().Addr(), Bufs: [][]byte{make([]byte, 4), make([]byte, 512)}}
		in[i].Buf = make([]byte, 1024)
	}
	allocs := testing.AllocsPerRun(100, func() {
		if _, err := a.Send(out); err != nil {
			t.Fatal(err)
		}
		for n := 0; n < len(out); {
			k, err := a.Recv(in, -1)
			if err != nil {
				t.Fatal(err)
			}
			n += k
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations per batch of %d, want 0", allocs, len(out))
	}
}
