// SPDX-License-Identifier: Apache-2.0

package load

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/bench/reflector"
)

// serve starts a reflector on loopback and returns its address.
func serve(t *testing.T, c reflector.Config) netip.AddrPort {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	addr, done := make(chan netip.AddrPort, 1), make(chan error, 1)
	go func() {
		done <- reflector.Serve(ctx, netip.MustParseAddrPort("127.0.0.1:0"), c, func(a netip.AddrPort) { addr <- a })
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	select {
	case a := <-addr:
		return a
	case err := <-done:
		done <- nil
		t.Fatal(err)
	}
	return netip.AddrPort{}
}

func spec(addr netip.AddrPort, content []byte, c reflector.Config) Spec {
	return Spec{
		Server: addr, Name: "f", Content: content, Clients: 20, Transfers: 3, Blksize: c.Blksize, Windowsize: c.Windowsize,
		Timeout: 250 * time.Millisecond, Tries: 10, Limit: 30 * time.Second, Workers: 2, Seed: 1,
	}
}

func TestEveryByteArrives(t *testing.T) {
	content := Content(100_000)
	for name, c := range map[string]reflector.Config{
		"lock-step":     {Blksize: 1468},
		"exact":         {Blksize: 1000},
		"window":        {Blksize: 1468, Windowsize: 16},
		"window by GSO": {Blksize: 1468, Windowsize: 16, GSO: true},
		"wide, by GSO":  {Blksize: 512, Windowsize: 100, GSO: true},
		"big blocks":    {Blksize: 8192, Windowsize: 4},
	} {
		t.Run(name, func(t *testing.T) {
			c.Content = content
			s := spec(serve(t, c), content, c)
			r, err := Run(context.Background(), s)
			if err != nil {
				t.Fatal(err)
			}
			wantBlocks := uint64(60 * (len(content)/c.Blksize + 1))
			if r.Done != 60 || r.Failed != 0 || r.Unfinished != 0 || r.Bytes != uint64(60*len(content)) || r.Blocks != wantBlocks {
				t.Errorf("done %d failed %d (%v) unfinished %d bytes %d blocks %d, want 60 transfers of %d bytes in %d blocks",
					r.Done, r.Failed, r.Failures, r.Unfinished, r.Bytes, r.Blocks, len(content), wantBlocks)
			}
			if want := max(c.Windowsize, 1); r.Windowsize != [2]int{want, want} || r.Blksize != [2]int{c.Blksize, c.Blksize} {
				t.Errorf("in force: blksize %v windowsize %v", r.Blksize, r.Windowsize)
			}
			if r.Complete.Count() != 60 || r.FirstReply.Count() != 60 || r.Loaded.Count() != 40 || r.Turnaround.Count() == 0 {
				t.Errorf("counted %d complete, %d first replies, %d under load, %d turnarounds",
					r.Complete.Count(), r.FirstReply.Count(), r.Loaded.Count(), r.Turnaround.Count())
			}
		})
	}
}

func TestLossIsMadeAndRepaired(t *testing.T) {
	content := Content(50_000)
	c := reflector.Config{Content: content, Blksize: 1000, Windowsize: 4}
	s := spec(serve(t, c), content, c)
	s.Loss, s.RTT, s.Timeout, s.Tries, s.Transfers = 0.05, time.Millisecond, 30*time.Millisecond, 50, 1
	r, err := Run(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	if r.Done != s.Clients || r.Dropped == 0 || r.Repeats == 0 || r.Gaps == 0 {
		t.Errorf("done %d of %d, dropped %d, repeats %d, gaps %d: want all done and every kind of repair seen", r.Done, s.Clients, r.Dropped, r.Repeats, r.Gaps)
	}
	if got := r.Turnaround.Quantile(0.5); got < s.RTT {
		t.Errorf("turnaround %v is below the delay of %v", got, s.RTT)
	}
}

func TestWrongContentFails(t *testing.T) {
	served := Content(10_000)
	wanted := Content(10_000)
	wanted[7_777] ^= 1
	c := reflector.Config{Content: served, Blksize: 512}
	s := spec(serve(t, c), wanted, c)
	r, err := Run(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	if r.Done != 0 || r.Failed != 60 {
		t.Errorf("done %d failed %d of 60: one wrong byte must fail every transfer", r.Done, r.Failed)
	}
}

func TestSilentServerFails(t *testing.T) {
	s := spec(netip.MustParseAddrPort("127.0.0.1:9"), Content(1000), reflector.Config{})
	s.Timeout, s.Tries, s.Transfers = time.Millisecond, 2, 1
	r, err := Run(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	if r.Failed != s.Clients || r.Repeats != uint64(2*s.Clients) {
		t.Errorf("failed %d of %d, repeats %d, want two each", r.Failed, s.Clients, r.Repeats)
	}
}

func TestLimitEndsRun(t *testing.T) {
	s := spec(netip.MustParseAddrPort("127.0.0.1:9"), Content(1000), reflector.Config{})
	s.Limit = 60 * time.Millisecond
	r, err := Run(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	if r.Unfinished != 60 || r.Failed != 0 {
		t.Errorf("unfinished %d failed %d, want all 60 unfinished", r.Unfinished, r.Failed)
	}
}
