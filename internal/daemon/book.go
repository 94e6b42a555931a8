// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"net/netip"
	"sync"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// remembered is how many machines a book keeps: a large rack row, at about 500 bytes each.
const remembered = 65536

// book remembers what DHCP was seen to say: which machine is behind an address, and what its firmware told about itself.
// TFTP and HTTP know only an address; this is what ties it to the machine. It is bounded and safe for concurrent use.
type book struct {
	mu      sync.RWMutex
	clients map[boot.MAC]boot.Client
	addrs   map[netip.Addr]holder
	strange map[boot.MAC]time.Time // machines without a rule, and when they were last told about
	since   time.Time              // the minute in which lines are counted
	lines   int
	keep    time.Duration // how long an address stays tied to a machine without being seen again
	now     func() time.Time
}

type holder struct {
	mac boot.MAC
	at  time.Time
}

func newBook(keep time.Duration, now func() time.Time) *book {
	return &book{keep: keep, clients: map[boot.MAC]boot.Client{}, addrs: map[netip.Addr]holder{}, strange: map[boot.MAC]time.Time{}, now: now}
}

// see notes what a packet told. Facts that it does not carry are kept from earlier packets: a broadcast REQUEST names the
// address, but a later request on port 4011 may leave out the UUID.
func (b *book) see(c boot.Client) {
	if c.MAC.IsZero() {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.evict()
	if old, ok := b.clients[c.MAC]; ok {
		c = overlay(old, c)
	}
	b.clients[c.MAC] = c
	if c.Addr.IsValid() && !c.Addr.IsUnspecified() {
		b.addrs[c.Addr.Unmap()] = holder{c.MAC, b.now()}
	}
}

// byMAC gives what is known of a machine.
func (b *book) byMAC(m boot.MAC) (boot.Client, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	c, ok := b.clients[m]
	return c, ok
}

// byAddr gives the machine that was last seen to take an address.
func (b *book) byAddr(a netip.Addr) (boot.MAC, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	h, ok := b.addrs[a.Unmap()]
	return h.mac, ok && b.now().Sub(h.at) < b.keep
}

// tellAgain is how often a machine without a rule gets a line in the log: it may come back every few seconds for days.
const tellAgain = time.Hour

// mostStrangers is how many of them get their line in a minute: a rack of them at once, but no flood of invented ones.
const mostStrangers = 500

// first reports whether a machine without a rule is to be told about, and takes it that it is.
func (b *book) first(m boot.MAC) bool {
	if m.IsZero() {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	if at, ok := b.strange[m]; ok && now.Sub(at) < tellAgain {
		return false
	}
	if now.Sub(b.since) > time.Minute {
		b.since, b.lines = now, 0
	}
	if b.lines++; b.lines > mostStrangers {
		return false
	}
	shrink(b.strange)
	b.strange[m] = now
	return true
}

// evict makes room when a map is full: an eighth of it at once, so that a storm of invented addresses pays for one walk
// in eight thousand packets. Which ones go is left to chance; a machine that is booting is seen again with its next packet.
func (b *book) evict() {
	shrink(b.clients)
	shrink(b.addrs)
}

func shrink[K comparable, V any](m map[K]V) {
	if len(m) < remembered {
		return
	}
	for k := range m {
		delete(m, k)
		if len(m) <= remembered*7/8 {
			return
		}
	}
}

// overlay lets what c says win over what is known; stage, class and vendor always are those of the newest packet.
func overlay(known, c boot.Client) boot.Client {
	if c.UUID.IsZero() {
		c.UUID = known.UUID
	}
	if c.Serial == "" {
		c.Serial = known.Serial
	}
	if c.Hostname == "" {
		c.Hostname = known.Hostname
	}
	if len(c.Archs) == 0 {
		c.Archs = known.Archs
	}
	if !c.Addr.IsValid() {
		c.Addr = known.Addr
	}
	if !c.Relay.IsValid() {
		c.Relay, c.Circuit, c.Remote = known.Relay, known.Circuit, known.Remote
	}
	if !c.Subnet.IsValid() {
		c.Subnet, c.Interface = known.Subnet, known.Interface
	}
	return c
}
