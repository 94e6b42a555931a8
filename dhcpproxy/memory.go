// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// Times that tell one boot from another.
const (
	// sessionAge is how long the same transaction id means the same attempt: EDK2's last try comes 28 s after its first and
	// lasts 32 s (PxeBcDhcp4.h). iPXE takes the same id in every boot of a machine.
	sessionAge = 60 * time.Second
	// retryAge tells a client's second try from a duplicate or from iPXE's quick repetition after 1 s: PXE ROMs wait 4 s
	// first (PXE 2.1 section 2.4.1).
	retryAge = 3 * time.Second
	// takenAge is how long after an offer its failure is still blamed on the offer.
	takenAge = 10 * time.Minute
)

// evidence is how far a client went with an offer.
type evidence uint8

const (
	evidenceNone    evidence = iota
	evidenceRequest          // it went on to ask the DHCP server for its address
	evidenceBINL             // it asked port 4011
	evidenceFetched          // it fetched a file
)

// record is what is remembered of one machine. Records form a list by age and live in one array.
type record struct {
	mac          boot.MAC
	older, newer int32

	xid      uint32
	offered  time.Time // last offer to its ROM
	strategy Strategy
	worked   Strategy
	evidence evidence
	asked    uint32 // id of the last iPXE's session
	askedAt  time.Time
	upgrades uint8

	returns, scripts counter // boots of the ROM, and of iPXE
	six              session6

	rate bucket

	iface   string // where its last DISCOVER came in
	heard   time.Time
	told    time.Time // last event that was worth a line
	skipped int       // events since
}

// session6 is what is remembered of a machine's DHCPv6.
type session6 struct {
	xid              uint32
	heard            time.Time
	returns, scripts counter
}

// counter counts within a time that begins with the first event.
type counter struct {
	since time.Time
	n     int
}

func (c *counter) add(now time.Time, within time.Duration) int {
	if c.n == 0 || now.Sub(c.since) > within {
		c.since, c.n = now, 0
	}
	c.n++
	return c.n
}

// memory keeps records of the machines that were seen last, up to a limit; the one not seen for longest gives way. It grows
// by pages: moving all records of a boot storm into a larger array would hold up every answer for milliseconds.
type memory struct {
	limit  int
	index  map[boot.MAC]int32
	pages  [][]record
	used   int32
	newest int32
	oldest int32
}

const pageSize = 1024

func (m *memory) at(i int32) *record { return &m.pages[i/pageSize][i%pageSize] }

const nobody = -1

func newMemory(limit int) *memory {
	return &memory{limit: limit, index: make(map[boot.MAC]int32), newest: nobody, oldest: nobody}
}

// of finds or makes the record of a machine and marks it the newest. The pointer is valid until the next call.
func (m *memory) of(mac boot.MAC) *record {
	i, ok := m.index[mac]
	switch {
	case ok:
		m.unlink(i)
	case int(m.used) < m.limit:
		if i = m.used; i%pageSize == 0 {
			m.pages = append(m.pages, make([]record, pageSize))
		}
		m.used++
		*m.at(i) = record{mac: mac}
	default:
		i = m.oldest
		m.unlink(i)
		delete(m.index, m.at(i).mac)
		*m.at(i) = record{mac: mac}
	}
	m.index[mac] = i
	m.link(i)
	return m.at(i)
}

// known finds a record without making one.
func (m *memory) known(mac boot.MAC) *record {
	if i, ok := m.index[mac]; ok {
		return m.at(i)
	}
	return nil
}

func (m *memory) unlink(i int32) {
	r := m.at(i)
	if r.newer == nobody {
		m.newest = r.older
	} else {
		m.at(r.newer).older = r.older
	}
	if r.older == nobody {
		m.oldest = r.newer
	} else {
		m.at(r.older).newer = r.newer
	}
}

func (m *memory) link(i int32) {
	r := m.at(i)
	r.newer, r.older = nobody, m.newest
	if m.newest != nobody {
		m.at(m.newest).newer = i
	}
	m.newest = i
	if m.oldest == nobody {
		m.oldest = i
	}
}

// bucket holds what may still be done. It begins full.
type bucket struct {
	tokens float64
	filled time.Time
}

// take takes one token of those that come at a rate and pile up to a burst; a rate of 0 or less means no limit.
func (b *bucket) take(now time.Time, perSecond, burst float64) bool {
	if perSecond <= 0 {
		return true
	}
	if b.filled.IsZero() {
		b.tokens = burst
	} else {
		b.tokens = min(burst, b.tokens+max(0, now.Sub(b.filled).Seconds())*perSecond) // two sockets may tell the time in another order
	}
	b.filled = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}
