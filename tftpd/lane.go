// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bootlace-net/bootlace/internal/udp"
)

// conn is a datagram socket as a lane needs it: internal/udp, or a network in memory.
type conn interface {
	Recv(in []udp.Incoming, timeout time.Duration) (int, error)
	Send(out []udp.Outgoing) (int, error)
	Wake()
	Close() error
	LocalAddr() netip.AddrPort
	Capabilities() udp.Capabilities
}

// lane is a goroutine with its socket, transfers and timers. Others reach it through its inbox only.
type lane struct {
	server *Server
	conn   conn
	single bool // the socket is the request port too
	bound  bool // to one address: datagrams need not say which
	gso    bool
	base   time.Time

	table map[peer]*transfer
	wheel wheel
	paced []*transfer // hold back a part of a window
	due   []*transfer
	in    []udp.Incoming
	out   outbox
	stats laneStats
	tids  bucket // limits ERROR 5
	poll  busyPoll

	mail    atomic.Bool // inbox is not empty
	inboxMu sync.Mutex
	inbox   []letter
	opened  []letter // the inbox being read
}

// letter is a message to a lane.
type letter struct {
	kind   letterKind
	t      *transfer
	out    []byte
	to     peer
	ifi    int
	err    error
	reason Outcome
	anew   func() // asks for it as for something new
}

type letterKind uint8

const (
	letterStart  letterKind = iota // begin t
	letterRepeat                   // t was asked for again
	letterStop                     // end t for reason
	letterSend                     // send out to a client that has no transfer
	letterChunk                    // what t waited for is there, or err
	letterStored                   // what t gave to a worker is stored, or err
)

// post gives the lane a letter. Any goroutine may.
func (l *lane) post(m letter) {
	l.inboxMu.Lock()
	l.inbox = append(l.inbox, m)
	l.inboxMu.Unlock()
	l.mail.Store(true)
	l.conn.Wake()
}

func (l *lane) now() instant { return int64(time.Since(l.base)) }

// run serves until the socket is closed.
func (l *lane) run() error {
	now := l.now()
	for {
		n, err := l.conn.Recv(l.in, l.patience(now))
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
		if l.mail.Load() { // after the datagrams: an ACK came before the request that follows it
			l.read(now)
		}
		l.timers(now)
		l.flush()
	}
}

// patience is how long to wait for datagrams.
func (l *lane) patience(now instant) time.Duration {
	if l.mail.Load() || l.poll.spinning(now) {
		return 0
	}
	next, ok := l.wheel.next()
	for _, t := range l.paced {
		if t.stalled() {
			continue
		}
		if !ok || t.paceAt < next {
			next, ok = t.paceAt, true
		}
	}
	if !ok {
		return udp.Forever
	}
	return time.Duration(max(next-now, 0))
}

// read empties the inbox.
func (l *lane) read(now instant) {
	l.mail.Store(false)
	l.inboxMu.Lock()
	l.opened, l.inbox = l.inbox, l.opened[:0]
	l.inboxMu.Unlock()
	for i := range l.opened {
		l.letter(&l.opened[i], now)
		l.opened[i] = letter{}
	}
}

func (l *lane) letter(m *letter, now instant) {
	switch m.kind {
	case letterStart:
		l.start(m.t, now)
	case letterRepeat:
		l.repeat(m, now)
	case letterStop:
		l.end(m.t, m.reason, "", now)
	case letterSend:
		l.out.packet(l, m.to, m.ifi, m.out)
	case letterChunk:
		l.chunkArrived(m.t, m.err, now)
	case letterStored:
		l.stored(m.t, m.err, now)
	}
}

// start begins a transfer a worker has prepared.
func (l *lane) start(t *transfer, now instant) {
	if old := l.table[t.peer]; old != nil {
		l.end(old, Superseded, "", now)
		l.wheel.remove(old)
	}
	l.table[t.peer] = t
	if t.up != nil {
		l.carryUp(t, t.up.start(now), now)
		return
	}
	l.carry(t, t.sender.start(now), now)
}

// repeat handles a request that came again. While the transfer is alive it is a late copy; when the client has been silent
// for longer than a copy can be under way, it began anew.
func (l *lane) repeat(m *letter, now instant) {
	const copies = 250_000_000
	switch t := m.t; {
	case t.over.Load():
		m.anew()
	case t.up != nil:
		l.carryUp(t, t.up.repeated(now), now)
	case t.proved && now-t.heard > copies:
		l.end(t, Superseded, "", now)
		m.anew()
	default:
		l.carry(t, t.repeated(now), now)
	}
}

// datagram handles one packet from the network.
func (l *lane) datagram(in *udp.Incoming, now instant) {
	b := in.Buf[:in.N]
	op := opcode(b)
	if op == opRRQ || op == opWRQ {
		l.request(in)
		return
	}
	p := peer{remote: in.Remote, local: in.Local}
	if l.bound {
		p.local = netip.Addr{}
	}
	t := l.table[p]
	if t == nil {
		l.stray(op, p, in.Interface, now)
		return
	}
	if len(b) < 4 || t.over.Load() && (t.up == nil || !t.up.stored) {
		return
	}
	switch {
	case op == opDATA && t.up != nil && !in.Truncated:
		l.received(t, b, now)
	case t.up != nil && op != opERROR:
	case op == opACK:
		wish := int64(0)
		if t.grant.msft && len(b) > 4 {
			wish = int64(b[4])
		}
		l.carry(t, t.ack(uint16(b[2])<<8|uint16(b[3]), wish, now), now)
	case op == opERROR:
		l.failed(t, b, now)
	}
}

// request hands a request that came to this socket to the intake; on a transfer's own port it has no business.
func (l *lane) request(in *udp.Incoming) {
	if !l.single {
		l.server.refuse(UnknownTransfer, in.Remote)
		return
	}
	l.server.intake(in, nil, l)
}

// failed handles an ERROR, which is never answered.
func (l *lane) failed(t *transfer, b []byte, now instant) {
	code, text := parseError(b)
	// U-Boot with lwIP says "wrong block number" (5) and goes on.
	if t.errorCount++; code == CodeUnknownTID && t.errorCount < 16 && t.known.Load() {
		return
	}
	outcome, detail := Aborted, text
	if t.up != nil {
		l.end(t, outcome, codeText(code, detail), now)
		return
	}
	if t.sender.acked <= 0 && t.oacked && (code == CodeUndefined || code == CodeOptions) {
		outcome = Probed // EDK2 says 8, iPXE, GRUB and PXELINUX 0
	} else if t.sent == t.last && code == CodeUndefined {
		outcome = Unconfirmed // closes instead of acknowledging the last block
	}
	l.end(t, outcome, codeText(code, detail), now)
}

// stray answers what belongs to no transfer as RFC 1350 section 4 asks, at a limited rate, and never an ERROR.
func (l *lane) stray(op uint16, p peer, ifi int, now instant) {
	l.server.refuse(UnknownTransfer, p.remote)
	if l.single || op != opACK && op != opDATA || !l.tids.take(now) {
		return
	}
	l.out.packet(l, p, ifi, errorPacket(CodeUnknownTID, CodeUnknownTID.message()))
}

// timers handles what has come up.
func (l *lane) timers(now instant) {
	for i := 0; i < len(l.paced); {
		t := l.paced[i]
		switch {
		case t.over.Load() || !t.holding():
			t.listed = false
			l.paced[i] = l.paced[len(l.paced)-1]
			l.paced = l.paced[:len(l.paced)-1]
		case t.paceAt <= now && !t.stalled():
			l.carry(t, t.expire(now), now)
			i++
		default:
			i++
		}
	}
	l.due = l.wheel.advance(now, l.due[:0])
	for _, t := range l.due {
		l.expired(t, now)
	}
}

func (l *lane) expired(t *transfer, now instant) {
	switch {
	case t.over.Load() && now < t.rest:
		l.wheel.set(t, t.rest)
	case t.over.Load():
		if l.table[t.peer] == t {
			delete(l.table, t.peer)
		}
	case t.up != nil && t.up.deadline > now:
		l.wheel.set(t, t.up.deadline)
	case t.up != nil:
		l.carryUp(t, t.up.expire(now), now)
	case t.waiting:
		l.wheel.set(t, now+t.timeout()) // the disk is slow, not the client
	case t.stalled():
		l.resume(t, now) // workers were overrun
	case t.deadline > now:
		l.wheel.set(t, t.deadline)
	default:
		l.carry(t, t.expire(now), now)
	}
}

// end takes a transfer out. Its place in the table stays for a second, so that late packets are not strangers.
func (l *lane) end(t *transfer, o Outcome, detail string, now instant) {
	if t.over.Swap(true) {
		return
	}
	t.outcome, t.detail = o, detail
	l.server.finisher.finish(t)
	t.rest = now + int64(time.Second)
	if t.up != nil {
		l.abandon(t, false)
		t.rest = now + int64(10*time.Second) // the last ACK may have to be repeated
	}
	if l.table[t.peer] == t {
		l.wheel.remove(t)
		l.wheel.set(t, t.rest)
	}
}

// shut ends everything.
func (l *lane) shut(now instant) {
	l.read(now)
	for _, t := range l.table {
		l.end(t, Stopped, "", now)
	}
}
