// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"context"
	"encoding/binary"
	"errors"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/internal/udp"
	"github.com/bootlace-net/bootlace/tftpd/internal/proto"
)

// sink is a socket that takes everything and brings nothing.
type sink struct{ sent int }

func (s *sink) Recv([]udp.Incoming, time.Duration) (int, error) { return 0, nil }
func (s *sink) Send(out []udp.Outgoing) (int, error)            { s.sent += len(out); return len(out), nil }
func (s *sink) Wake()                                           {}
func (s *sink) Close() error                                    { return nil }
func (s *sink) LocalAddr() netip.AddrPort                       { return netip.MustParseAddrPort("127.0.0.1:69") }
func (s *sink) Capabilities() udp.Capabilities                  { return udp.Capabilities{} }

func (s *sink) listen(udp.Config) (conn, error)           { return s, nil }
func (s *sink) group(_ udp.Config, n int) ([]conn, error) { return []conn{s}, nil }
func (s *sink) set() (set, error)                         { return nil, errors.ErrUnsupported }
func (s *sink) open(udp.Config) (socket, error)           { return nil, errors.ErrUnsupported }
func (s *sink) verifyGSO() error                          { return nil }

// treadmill is a lane in the middle of one endless download: each step is an ACK in, a window of DATA out.
type treadmill struct {
	lane   *lane
	sink   *sink
	ack    udp.Incoming
	acked  int64
	window int64
	now    instant
}

func newTreadmill(tb testing.TB, window string) *treadmill {
	tb.Helper()
	s := &sink{}
	srv := &Server{Opener: OpenerFunc(func(context.Context, *Request) (Content, error) { return nil, nil }), Lanes: 1, SinglePort: true,
		Addrs: []netip.AddrPort{s.LocalAddr()}, network: s, MTU: func(int) int { return 1500 }}
	if err := srv.Listen(); err != nil {
		tb.Fatal(err)
	}
	src := endless(srv)
	j := job{req: Request{Name: "a", Remote: netip.MustParseAddrPort("127.0.0.1:2000"), Local: s.LocalAddr(),
		Options: []Option{{Name: "blksize", Value: "1468"}, {Name: "windowsize", Value: window}}}, on: srv.lanes[0]}
	srv.knows(tb, "127.0.0.1")
	e, _, _ := srv.index.admit(peer{remote: j.req.Remote, local: j.req.Local.Addr()}, 1)
	j.entry = e
	d := srv.newDownload(&j, src)
	l := srv.lanes[0]
	m := &treadmill{lane: l, sink: s, window: int64(d.grant.Window), now: 1_000_000,
		ack: udp.Incoming{Buf: make([]byte, 4), N: 4, Remote: j.req.Remote, Local: j.req.Local.Addr()}}
	m.ack.Buf[1] = proto.OpACK
	l.begin(&d.transfer, m.now)
	l.flush()
	return m
}

func (m *treadmill) step() {
	m.now += 100_000
	binary.BigEndian.PutUint16(m.ack.Buf[2:], uint16(m.acked))
	m.lane.datagram(&m.ack, m.now)
	m.lane.timers(m.now)
	m.lane.flush()
	m.acked += m.window
}

// endless is a content of a terabyte that is all in memory: every chunk is the same one.
func endless(srv *Server) *source {
	same := &chunk{data: make([]byte, chunkSize)}
	full := new(page)
	for i := range full {
		full[i].Store(same)
	}
	src := &source{size: 1 << 40, cache: srv.sources.cache, table: make([]atomic.Pointer[page], 1<<40/chunkSize/pageChunks)}
	for i := range src.table {
		src.table[i].Store(full)
	}
	return src
}

// BenchmarkBlock is the server's own part of a block's way: without the kernel.
func BenchmarkBlock(b *testing.B) {
	for _, window := range []string{"1", "16"} {
		b.Run("window "+window, func(b *testing.B) {
			m := newTreadmill(b, window)
			b.ReportAllocs()
			for b.Loop() {
				m.step()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(int64(b.N)*m.window), "ns/block")
		})
	}
}

// TestNoAllocationPerBlock keeps the garbage collector away from the way of a block.
func TestNoAllocationPerBlock(t *testing.T) {
	for _, window := range []string{"1", "16"} {
		m := newTreadmill(t, window)
		before := m.sink.sent
		if n := testing.AllocsPerRun(1000, m.step); n > 0 {
			t.Errorf("window %s: %v allocations per step", window, n)
		}
		if m.sink.sent-before < 1000 {
			t.Errorf("window %s: only %d datagrams", window, m.sink.sent-before)
		}
	}
}
