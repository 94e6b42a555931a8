// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"github.com/bootlace-net/bootlace/internal/udp"
	"github.com/bootlace-net/bootlace/tftpd/internal/proto"
)

// Room in an outbox: it is flushed when any of these is used up.
const (
	outHeaders = 1024
	outParts   = 3 * outHeaders // a header and at most two pieces of content per block, plus their like
)

// outbox gathers what a round of the lane sends. Everything is preallocated; parts point at headers here and at content.
type outbox struct {
	msgs    []udp.Outgoing
	parts   [][]byte
	headers []byte
}

func newOutbox() outbox {
	return outbox{
		msgs:    make([]udp.Outgoing, 0, udp.MaxBatch),
		parts:   make([][]byte, 0, outParts+udp.MaxBatch),
		headers: make([]byte, 0, 4*outHeaders),
	}
}

// flush sends what is gathered.
func (l *lane) flush() {
	if len(l.out.msgs) == 0 {
		return
	}
	l.stats.publish()
	n, err := l.conn.Send(l.out.msgs)
	if err != nil {
		failed := int64(len(l.out.msgs) - n)
		l.stats.sendErrors.Add(failed)
		l.server.sendFailed(failed, err)
	}
	l.out.msgs, l.out.parts, l.out.headers = l.out.msgs[:0], l.out.parts[:0], l.out.headers[:0]
}

// room makes sure that another block and another message fit.
func (o *outbox) room(l *lane) {
	if len(o.msgs) == cap(o.msgs) || len(o.headers)+4 > cap(o.headers) || len(o.parts)+8 > cap(o.parts) {
		l.flush()
	}
}

// message begins a datagram to p.
func (o *outbox) message(at *port, p peer, ifi int) *udp.Outgoing {
	o.msgs = append(o.msgs, udp.Outgoing{Socket: at.number, Remote: p.remote, Local: p.local, Interface: outInterface(p, ifi)})
	return &o.msgs[len(o.msgs)-1]
}

// outInterface chooses the interface only where an address means nothing without it; otherwise the routes decide, which may
// well be another way than the request came.
func outInterface(p peer, ifi int) int {
	if p.remote.Addr().IsLinkLocalUnicast() {
		return ifi
	}
	return 0
}

// packet queues a whole packet.
func (o *outbox) packet(at *port, p peer, ifi int, b []byte) {
	o.room(at.lane)
	o.parts = append(o.parts, b)
	o.message(at, p, ifi).Bufs = o.parts[len(o.parts)-1:]
}

// header appends a DATA header.
func (o *outbox) header(block int64) []byte {
	n := len(o.headers)
	o.headers = proto.AppendData(o.headers, block)
	return o.headers[n : n+4 : n+4]
}

// ack queues an ACK.
func (o *outbox) ack(at *port, p peer, ifi int, block int64) {
	o.room(at.lane)
	n := len(o.headers)
	o.headers = proto.AppendAck(o.headers, block)
	o.parts = append(o.parts, o.headers[n:n+4:n+4])
	o.message(at, p, ifi).Bufs = o.parts[len(o.parts)-1:]
}
