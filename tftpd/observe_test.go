// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"context"
	"fmt"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/internal/udp"
	"github.com/bootlace-net/bootlace/tftpd/internal/proto"
)

// ask sends a plain request from an address and says whether anything came back.
func (w *world) ask(from, name string, opts ...string) bool {
	c := w.socket(from)
	defer c.Close()
	c.Send([]udp.Outgoing{{Remote: netip.MustParseAddrPort(serverAddr + ":69"),
		Bufs: [][]byte{append([]byte{0, proto.OpRRQ}, options(append([]string{name + "=octet"}, opts...))...)}}})
	_, err := c.Recv([]udp.Incoming{{Buf: make([]byte, 2048)}}, 50*time.Millisecond)
	return err == nil
}

// probe asks for the size alone, as EDK2 does before each file.
func (w *world) probe(from, name string) {
	c := w.socket(from)
	defer c.Close()
	c.Send([]udp.Outgoing{{Remote: netip.MustParseAddrPort(serverAddr + ":69"),
		Bufs: [][]byte{append([]byte{0, proto.OpRRQ}, options([]string{name + "=octet", "tsize=0", "blksize=1468", "windowsize=4"})...)}}})
	in := []udp.Incoming{{Buf: make([]byte, 2048)}}
	if _, err := c.Recv(in, time.Second); err != nil {
		w.t.Fatal(err)
	}
	c.Send([]udp.Outgoing{{Remote: in[0].Remote, Bufs: [][]byte{proto.ErrorPacket(CodeOptions, "User aborted the transfer")}}})
	time.Sleep(10 * time.Millisecond)
}

// TestRefusalsAreCounted exceeds one limit after the other: silence, a count by reason, and one event a second.
func TestRefusalsAreCounted(t *testing.T) {
	for _, tt := range []struct {
		reason Reason
		limits Limits
		from   func(i int) string
	}{
		{TransfersPerAddress, Limits{PerAddress: 1}, func(i int) string { return "10.0.1.1:" + itoa(int64(2000+i)) }},
		{TransfersPerPrefix, Limits{PerPrefix: 1}, func(i int) string { return "10.0.1." + itoa(int64(1+i)) + ":2000" }},
		{NetworkNotAllowed, Limits{Networks: []netip.Prefix{netip.MustParsePrefix("10.0.1.1/32")}},
			func(i int) string { return "10.0.1." + itoa(int64(1+i)) + ":2000" }},
		{RequestRate, Limits{RequestRate: 0.5}, func(i int) string { return "10.0.1.1:" + itoa(int64(2000+i)) }},
	} {
		t.Run(tt.reason.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, func(w *world) {
					w.served.files["a"] = memory(pattern(600))
					w.server.Limits = tt.limits
				})
				if !w.ask(tt.from(0), "a") {
					t.Error("the first request was not answered")
				}
				for i := range 5 {
					if w.ask(tt.from(i+1), "a") {
						t.Errorf("request %d was answered", i+2)
					}
				}
				if n := w.server.Stats().Refusals[tt.reason]; n != 5 {
					t.Errorf("counted %d, want 5", n)
				}
				first := netip.MustParseAddrPort(tt.from(1))
				synctest.Wait()
				if diff := cmp.Diff([]Refusals{{tt.reason, 1, 1, first}}, told[Refusals](w), samePort); diff != "" {
					t.Errorf("told of five refusals within a second (-want +got)\n%s", diff)
				}
				time.Sleep(time.Second)
				sixth := tt.from(6)
				if w.ask(sixth, "a") && tt.reason != RequestRate {
					t.Error("request 7 was answered")
				}
				w.stop()
				if tt.reason == RequestRate {
					return // a second later it is allowed again
				}
				want := []Refusals{{tt.reason, 1, 1, first}, {tt.reason, 5, 6, netip.MustParseAddrPort(sixth)}}
				if diff := cmp.Diff(want, told[Refusals](w), samePort); diff != "" {
					t.Errorf("told of six (-want +got)\n%s", diff)
				}
			})
		})
	}
}

var samePort = cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })

// TestStats: what was served and what was refused is counted, by kind.
func TestStats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(w *world) { w.served.files["a"] = memory(pattern(3000)) })
		if _, err := models[4].fetch(w, "10.0.1.1:2000", "a"); err != nil {
			t.Fatal(err)
		}
		w.ask("10.0.1.1:2001", "nope")
		w.probe("10.0.1.1:2002", "a")
		w.stop()
		s := w.server.Stats()
		if diff := cmp.Diff(map[Outcome]int64{Complete: 1, Refused: 1, Probed: 1}, s.Outcomes); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(map[Class]int64{EDK2: 2, Other: 1}, s.Classes); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(map[Code]int64{CodeNotFound: 1}, s.ErrorsSent); diff != "" {
			t.Error(diff)
		}
		if len(s.Refusals) != int(reasons) || s.Active != 0 || s.RTT.Count != 1 || s.Duration.Count != 1 {
			t.Errorf("%+v", s)
		}
		if sent := s.Sent(); sent.SentBlocks != 3 || sent.SentBytes < 3000 || sent.SendErrors != 0 {
			t.Errorf("sent %+v", sent)
		}
	})
}

func TestHistogram(t *testing.T) {
	h := exponential(1, 10, 3)
	for _, v := range []float64{0.5, 1, 2, 100, 1000} {
		h.observe(v)
	}
	want := Histogram{Bounds: []float64{1, 10, 100}, Counts: []uint64{2, 3, 4}, Count: 5, Sum: 1103.5}
	if diff := cmp.Diff(want, h); diff != "" {
		t.Error(diff)
	}
}

// TestUploadsAreCounted: blocks and bytes of an upload are counted like those of a download.
func TestUploadsAreCounted(t *testing.T) {
	srv := loopbackServer(t, nil, func(s *Server) { s.Storer = newMemoryStore() })
	if err := putPin(srv.LocalAddrs()[0], "a", string(pattern(512*3+100))); err != nil {
		t.Fatal(err)
	}
	var s Stats
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) { // the record comes after the last ACK
		if s = srv.Stats(); s.ReceivedBlocks > 0 {
			break
		}
	}
	if s.ReceivedBlocks != 4 || s.ReceivedBytes != 512*3+100 {
		t.Errorf("%d blocks, %d bytes; want 4 and %d", s.ReceivedBlocks, s.ReceivedBytes, 512*3+100)
	}
}

// TestWarningAboutRollover speaks only of clients known to stop at block 65535, and only of files that have more.
func TestWarningAboutRollover(t *testing.T) {
	for _, tt := range []struct {
		size int64
		opts []string
		want bool
	}{
		{65535*1024 - 1, []string{"blksize=1024", "tsize=0"}, false}, // GRUB
		{65535 * 1024, []string{"blksize=1024", "tsize=0"}, true},
		{65535 * 1432, []string{"blksize=1432", "tsize=0"}, false}, // iPXE
	} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, func(w *world) { w.served.files["a"] = newDisk(tt.size) })
			w.ask("10.0.1.1:2000", "a", tt.opts...)
			w.stop()
			got := told[TooManyBlocks](w)
			if (len(got) == 1) != tt.want {
				t.Errorf("%d bytes, %v: warned with %+v", tt.size, tt.opts, got)
			}
			for _, e := range got {
				if e.Class != GRUB || e.Size != tt.size || e.Limit != 65535*1024-1 || e.Request.Name != "a" {
					t.Errorf("%+v", e)
				}
			}
		})
	}
}

// labelling is an Opener that tells who asks.
type labelling struct {
	*memoryFiles
	asked int
}

func (l *labelling) Open(ctx context.Context, r *Request) (Content, error) {
	l.asked++
	r.Label = "machine of " + r.Remote.Addr().String()
	return l.memoryFiles.Open(ctx, r)
}

// TestLabelComesBack: what the Opener found out about who asks is in every event about the request: of a file, of a refusal,
// of a size probe, and of the file that is served without asking it again after that.
func TestLabelComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var opener *labelling
		w := newWorld(t, func(w *world) {
			opener = &labelling{memoryFiles: w.served}
			w.served.files["a"], w.server.Opener = memory(pattern(3000)), opener
		})
		w.ask("10.0.1.1:2001", "nope")
		w.probe("10.0.1.1:2002", "a")
		if _, err := models[4].fetch(w, "10.0.1.1:2003", "a"); err != nil {
			t.Fatal(err)
		}
		w.stop()
		if opener.asked != 2 {
			t.Errorf("the Opener was asked %d times: the content was not kept after the probe", opener.asked)
		}
		var got []string
		for _, f := range told[Finished](w) {
			got = append(got, fmt.Sprintf("%s, %v", f.Words(), f.Request.Label))
		}
		want := []string{"refused, machine of 10.0.1.1", "UEFI size probe, normal, machine of 10.0.1.1", "complete, machine of 10.0.1.1"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}
