// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"net/netip"
	"sync"
	"time"
)

// clients remembers what was learnt of each address: it outlives transfers, because a boot is many of them.
type clients struct {
	server *Server

	mu    sync.Mutex
	known map[netip.Addr]*client
	pins  map[pinned]*pin
}

const (
	maxClients = 32_768
	maxPins    = 4_096
	forgetful  = 10 * time.Minute // how long an idle client is remembered
	tidRest    = time.Minute      // how long a pair of ports is not used again
	minInitial = 50_000_000       // nanoseconds: a first reply to a client that is known is not repeated sooner
)

type client struct {
	active     int
	requests   bucket
	seen       time.Time
	used       []usedTID
	burst, gap int64
	answers    int64 // nanoseconds: what the timer of its latest transfer came to; 0: not known
	whole      bool  // no segmented sends: a window that was one had to be repeated
	pi         bool  // it asked for what only a Raspberry Pi asks for
}

// usedTID is a pair of the client's port and a lane of ours.
type usedTID struct {
	port uint16
	lane *lane
	at   time.Time
}

type pinned struct {
	addr netip.Addr
	name string
	mode Mode
}

type pin struct {
	src   *source
	label any // what the Opener left when it was asked
	timer *time.Timer
}

func newClients(s *Server) *clients {
	return &clients{server: s, known: make(map[netip.Addr]*client), pins: make(map[pinned]*pin)}
}

// admit counts a new request of an address against its limits.
func (c *clients) admit(a netip.Addr, now instant) (Reason, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k, limits := c.of(a), c.server.Limits
	if k == nil {
		return ClientsFull, false
	}
	if !a.IsLoopback() {
		if k.requests.rate == 0 {
			k.requests = bucket{rate: limits.RequestRate, burst: 2 * limits.RequestRate}
		}
		if !k.requests.take(now) {
			return RequestRate, false
		}
		if k.active >= limits.PerAddress {
			return TransfersPerAddress, false
		}
	}
	k.active++
	return 0, true
}

// of gives the entry of an address, a new one if need be; nil when there is no room. The lock is held.
func (c *clients) of(a netip.Addr) *client {
	k := c.known[a]
	if k == nil {
		if len(c.known) >= maxClients && !c.sweep(forgetful) && !c.sweep(0) {
			return nil
		}
		k = &client{}
		c.known[a] = k
	}
	k.seen = time.Now()
	return k
}

// sweep forgets idle clients not seen for a while; it looks at some only, as going through all of them for each request of a
// flood would be an attack of its own.
func (c *clients) sweep(age time.Duration) bool {
	found, looked := false, 0
	for a, k := range c.known {
		if k.active == 0 && time.Since(k.seen) >= age {
			delete(c.known, a)
			found = true
		}
		if looked++; looked >= 64 {
			break
		}
	}
	return found
}

// lane chooses the lane for a transfer. Few lanes carry the load, so that batches are large; the others are for clients that
// ask again from the same port.
func (c *clients) lane(p peer, lanes []*lane, hot int) *lane {
	c.mu.Lock()
	defer c.mu.Unlock()
	k := c.of(p.remote.Addr())
	if k == nil {
		return lanes[0]
	}
	k.expire()
	best, oldest := (*lane)(nil), time.Time{}
	start := int(p.remote.Port()) % hot
	for i := range lanes {
		l := lanes[(start+i)%len(lanes)]
		at, used := k.lastUse(p.remote.Port(), l)
		if !used {
			best = l
			break
		}
		if best == nil || at.Before(oldest) {
			best, oldest = l, at
		}
	}
	k.used = append(k.used, usedTID{p.remote.Port(), best, time.Now()})
	return best
}

// expire drops pairs that have rested; at most 64 are kept.
func (k *client) expire() {
	n := 0
	for n < len(k.used) && (time.Since(k.used[n].at) > tidRest || len(k.used)-n > 64) {
		n++
	}
	k.used = k.used[n:]
}

func (k *client) lastUse(port uint16, l *lane) (time.Time, bool) {
	for i := len(k.used) - 1; i >= 0; i-- {
		if u := k.used[i]; u.port == port && u.lane == l {
			return u.at, true
		}
	}
	return time.Time{}, false
}

// advise gives a new transfer what was learnt of its client.
func (c *clients) advise(t *transfer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k := c.known[t.peer.remote.Addr()]
	if k == nil {
		return
	}
	t.burst, t.gap = k.burst, k.gap
	// PXELINUX opens files it reads much later, and repeats its request after 110 ms anyway.
	if k.answers > 0 && t.class != PXELINUX {
		t.initial = min(t.initial, max(t.floor, 4*k.answers, minInitial))
	}
	if k.whole && c.server.gsoAuto {
		t.segments = false
	}
}

// class tells what kind of client asks. A Raspberry Pi stays one: its kernel and overlays have names of their own.
func (c *clients) class(r *Request) Class {
	class := classify(r)
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

// refused takes back an admission.
func (c *clients) refused(a netip.Addr) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if k := c.known[a]; k != nil {
		k.active--
	}
}

// learn takes note of how a transfer went.
func (c *clients) learn(t *transfer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k := c.known[t.peer.remote.Addr()]
	if k == nil {
		return
	}
	k.active--
	k.burst, k.gap = t.burst, t.gap
	if t.measured {
		k.answers = t.base()
	}
	if t.segmented && !t.segments {
		k.whole = true
	}
}

// pin keeps a source for a client that asked for its size; the reference passes to the pin. false: it was not kept.
func (c *clients) pin(t *transfer) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.server.Pin <= 0 || len(c.pins) >= maxPins {
		return false
	}
	key := pinned{t.peer.remote.Addr(), t.req.Name, t.req.Mode}
	if c.pins[key] != nil {
		return false
	}
	p := &pin{src: t.src, label: t.req.Label}
	p.timer = time.AfterFunc(c.server.Pin, func() { c.unpin(key, p) })
	c.pins[key] = p
	return true
}

// pinned gives the source kept for this client and name, with a reference of its own, and what the Opener left about the client.
func (c *clients) pinned(r *Request) *source {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.pins[pinned{r.Remote.Addr(), r.Name, r.Mode}]
	if p == nil {
		return nil
	}
	r.Label = p.label
	return c.server.sources.again(p.src)
}

// unpin lets a pin go.
func (c *clients) unpin(key pinned, p *pin) {
	c.mu.Lock()
	current := c.pins[key] == p
	if current {
		delete(c.pins, key)
	}
	c.mu.Unlock()
	if current {
		c.server.sources.drop(p.src)
	}
}

// unpinAll lets all pins go, at the end.
func (c *clients) unpinAll() {
	c.mu.Lock()
	all := c.pins
	c.pins = make(map[pinned]*pin)
	c.mu.Unlock()
	for _, p := range all {
		p.timer.Stop()
		c.server.sources.drop(p.src)
	}
}
