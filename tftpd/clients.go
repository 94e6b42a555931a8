// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"container/list"
	"net/netip"
	"sync"

	"github.com/bootlace-net/bootlace/tftpd/internal/proto"
)

// clients remembers of each address what the protocol needs beyond a transfer, because a boot is many of them: how many run,
// how fast its requests come, how the network and the client took what was sent.
type clients struct {
	limits Limits

	mu    sync.Mutex
	known map[netip.Addr]*client
	idle  *list.List // of *client without transfers, the one that was seen longest ago first: it is forgotten first
}

const maxClients = 32_768

type client struct {
	addr     netip.Addr
	place    *list.Element // in clients.idle; nil while transfers run
	active   int
	requests bucket
	lesson   lesson
	pi       bool // it asked for what only a Raspberry Pi asks for
}

// lesson is what a transfer teaches about its client.
type lesson struct {
	pace    proto.Pace
	answers int64 // nanoseconds: what the timer came to; 0: not known
	reads   bool  // it has acknowledged what only a reader could
	whole   bool  // no segmented sends: a window that was one had to be repeated
}

func newClients(l Limits) *clients {
	return &clients{limits: l, known: make(map[netip.Addr]*client), idle: list.New()}
}

// admit counts a new request of an address against its limits.
func (c *clients) admit(a netip.Addr, now instant) (Reason, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k := c.of(a)
	if k == nil {
		return ClientsFull, false
	}
	if !a.IsLoopback() {
		if k.requests.rate == 0 {
			k.requests = bucket{rate: c.limits.RequestRate, burst: 2 * c.limits.RequestRate}
		}
		if !k.requests.take(now) {
			return RequestRate, false
		}
		if k.active >= c.limits.PerAddress {
			return TransfersPerAddress, false
		}
	}
	k.active++
	if k.place != nil {
		c.idle.Remove(k.place)
		k.place = nil
	}
	return 0, true
}

// of gives the entry of an address, a new one if need be; nil when there is no room. The lock is held.
func (c *clients) of(a netip.Addr) *client {
	k := c.known[a]
	switch {
	case k != nil && k.place != nil:
		c.idle.MoveToBack(k.place)
	case k == nil && (len(c.known) < maxClients || c.forget()):
		k = &client{addr: a}
		k.place = c.idle.PushBack(k)
		c.known[a] = k
	}
	return k
}

// forget drops the idle client that was seen longest ago; false when all are busy.
func (c *clients) forget() bool {
	e := c.idle.Front()
	if e == nil {
		return false
	}
	c.idle.Remove(e)
	delete(c.known, e.Value.(*client).addr)
	return true
}

// left takes note that a request an address was admitted with has ended.
func (c *clients) left(a netip.Addr) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.leave(a)
}

// leave does it; the lock is held.
func (c *clients) leave(a netip.Addr) *client {
	k := c.known[a]
	if k == nil {
		return nil
	}
	if k.active--; k.active == 0 {
		k.place = c.idle.PushBack(k)
	}
	return k
}

// learn is left for a transfer that taught something.
func (c *clients) learn(a netip.Addr, l lesson) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k := c.leave(a)
	if k == nil {
		return
	}
	if l.answers == 0 {
		l.answers = k.lesson.answers
	}
	l.whole, l.reads = l.whole || k.lesson.whole, l.reads || k.lesson.reads
	k.lesson = l
}

// lesson gives what was learnt of an address.
func (c *clients) lesson(a netip.Addr) lesson {
	c.mu.Lock()
	defer c.mu.Unlock()
	if k := c.known[a]; k != nil {
		return k.lesson
	}
	return lesson{}
}

// windowBytes bounds the windows of an address that may be forged; 0 for one that is not.
func (l lesson) windowBytes(single bool) int {
	if l.reads {
		return 0
	}
	if single {
		return proto.KnownFirstWindow
	}
	return proto.FirstWindow
}

// reads takes note that whoever has an address reads what it is sent there.
func (c *clients) reads(a netip.Addr) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if k := c.known[a]; k != nil {
		k.lesson.reads = true
	}
}

// class tells what kind of client asks. A Raspberry Pi stays one: its kernel and overlays have names of their own.
func (c *clients) class(r *Request) Class {
	class := proto.Classify(r)
	c.mu.Lock()
	defer c.mu.Unlock()
	k := c.known[r.Remote.Addr()]
	switch {
	case k == nil:
	case class == RaspberryPi:
		k.pi = true
	case k.pi && class != PXELINUX && class != UBoot:
		class = RaspberryPi
	}
	return class
}
