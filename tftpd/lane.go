// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"time"

	"github.com/bootlace-net/bootlace/internal/udp"
	"github.com/bootlace-net/bootlace/tftpd/internal/proto"
)

// receiver is one or many datagram sockets as a lane needs them: internal/udp, or a network in memory.
type receiver interface {
	Recv(in []udp.Incoming, timeout time.Duration) (int, error)
	Send(out []udp.Outgoing) (int, error)
	Wake()
	Close() error
}

// conn is one socket.
type conn interface {
	receiver
	LocalAddr() netip.AddrPort
	Capabilities() udp.Capabilities
}

// lane is a goroutine with its ports, transfers and timers. Others reach it through its commands only.
type lane struct {
	server *Server
	conn   receiver
	set    set   // conn, if it has ports of its own
	single *port // the request port, if conn is that
	ports  []*port
	base   time.Time

	wheel    wheel
	paced    []*download // hold back a part of a window
	due      []*transfer
	in       []udp.Incoming
	out      outbox
	stats    laneStats
	strays   bucket // limits ERROR 5
	poll     busyPoll
	commands commands
}

func (l *lane) now() instant { return int64(time.Since(l.base)) }

// run serves until the socket is closed.
func (l *lane) run() error {
	now := l.now()
	for {
		n, err := l.conn.Recv(l.in, l.waitTime(now))
		now = l.now()
		if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			l.shut(now)
			if errors.Is(err, net.ErrClosed) {
				return nil
			}
			return err
		}
		l.poll.saw(n, now)
		for i := range n {
			l.datagram(&l.in[i], now)
		}
		if l.commands.waiting() { // after the datagrams: an ACK came before the request that follows it
			l.obey(now)
		}
		l.timers(now)
		l.flush()
	}
}

// datagram handles one packet from the network.
func (l *lane) datagram(in *udp.Incoming, now instant) {
	b := in.Buf[:in.N]
	op := proto.Opcode(b)
	if op < proto.OpDATA || op > proto.OpOACK && l.single != nil { // a request, or a packet of no kind
		l.request(in)
		return
	}
	at := l.ports[in.Socket]
	if at == nil {
		return // closed meanwhile
	}
	p := peer{remote: in.Remote, local: in.Local}
	if at.bound {
		p.local = netip.Addr{}
	}
	t := at.table[p]
	switch {
	case t == nil:
		l.stray(op, at, p, in.Interface, now)
	case len(b) < 4 || op == proto.OpDATA && in.Truncated:
	case op == proto.OpERROR:
		l.failed(t, b, now)
	default:
		t.session.packet(op, b, now)
	}
}

// request hands a request that came to this socket to the intake; on a transfer's own port it has no business.
func (l *lane) request(in *udp.Incoming) {
	if l.single == nil {
		l.server.refuse(UnknownTransfer, in.Remote)
		return
	}
	l.server.intake(in, nil, l)
}

// failed handles an ERROR, which is never answered.
func (l *lane) failed(t *transfer, b []byte, now instant) {
	if t.over.Load() {
		return
	}
	code, text := proto.ParseError(b)
	// U-Boot with lwIP says "wrong block number" (5) and goes on.
	if t.errorCount++; code == CodeUnknownTID && t.errorCount < 16 && t.known.Load() {
		return
	}
	l.end(t, t.session.failed(code), codeText(code, text), now)
}

// stray answers what belongs to no transfer as RFC 1350 section 4 asks, at a limited rate, and never an ERROR.
func (l *lane) stray(op uint16, at *port, p peer, ifi int, now instant) {
	l.server.refuse(UnknownTransfer, p.remote)
	if l.single != nil || op != proto.OpACK && op != proto.OpDATA || !l.strays.take(now) {
		return
	}
	l.out.packet(at, p, ifi, proto.ErrorPacket(CodeUnknownTID, CodeUnknownTID.Message()))
}
