// SPDX-License-Identifier: Apache-2.0

package load

import (
	"encoding/binary"
	"net/netip"
	"time"
)

// send lets a packet of client i leave, now or after the delay; it may be lost.
func (w *worker) send(i int, p packet, now time.Duration) {
	c := &w.clients[i]
	c.sent = now
	if c.lose(w.spec.Loss) {
		w.result.Dropped++
		return
	}
	p.client = int32(i)
	p.number = int32(c.generation*w.spec.Clients + w.first + i)
	if w.spec.RTT > 0 {
		p.due = now + w.spec.RTT
		w.delayed.push(p)
		return
	}
	w.put(p)
}

// release lets packets go whose delay is over.
func (w *worker) release(now time.Duration) {
	for {
		due, ok := w.delayed.next()
		if !ok || due > now {
			return
		}
		w.put(w.delayed.pop())
	}
}

// put writes the packet into the outgoing batch.
func (w *worker) put(p packet) {
	if w.out.Full() {
		w.flush()
	}
	buf := w.packets[w.out.Len()][:0]
	to := netip.AddrPortFrom(w.spec.Server.Addr(), p.port)
	switch p.kind {
	case opRead:
		to = w.spec.Server
		buf = append(buf, w.request...)
	case opAck:
		buf = ack(buf, p.block)
	case opError:
		buf = binary.BigEndian.AppendUint16(append(buf, 0, opError), 5)
		buf = append(buf, "Unknown transfer ID\x00"...)
	}
	w.out.Add(to, uint32(firstAddress+int(p.number)), 0, buf)
}

// flush sends the batch. What a full queue refuses is lost, as on any network; the clients' timers repair it.
func (w *worker) flush() {
	if w.out.Len() > 0 {
		_ = w.sock.Send(w.out)
	}
}
