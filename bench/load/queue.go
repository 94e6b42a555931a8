// SPDX-License-Identifier: Apache-2.0

package load

import "time"

// packet is something a client says; its bytes are made when it leaves.
type packet struct {
	due    time.Duration
	client int32
	number int32 // address it leaves from, counted from the first
	block  uint16
	port   uint16
	kind   uint8
}

// queue is a ring of packets in order of time: the delay is the same for all.
type queue struct {
	ring       []packet
	head, size int
}

func (q *queue) next() (time.Duration, bool) {
	if q.size == 0 {
		return 0, false
	}
	return q.ring[q.head].due, true
}

func (q *queue) pop() packet {
	p := q.ring[q.head]
	q.head = (q.head + 1) % len(q.ring)
	q.size--
	return p
}

func (q *queue) push(p packet) {
	if q.size == len(q.ring) {
		bigger := make([]packet, max(2*len(q.ring), 64))
		for i := range q.size {
			bigger[i] = q.ring[(q.head+i)%len(q.ring)]
		}
		q.ring, q.head = bigger, 0
	}
	q.ring[(q.head+q.size)%len(q.ring)] = p
	q.size++
}
