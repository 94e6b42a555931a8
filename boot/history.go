// SPDX-License-Identifier: Apache-2.0

package boot

import "time"

// Evidence is how far a machine went with an offer, from weak to strong.
type Evidence uint8

// The kinds of evidence.
const (
	EvidenceNone    Evidence = iota
	EvidenceRequest          // it went on to ask the DHCP server for its address
	EvidenceBINL             // it asked port 4011
	EvidenceFetched          // it fetched a file
)

// History is what a machine's boots so far tell the next answer: what it was offered, what worked for its firmware, and how
// often it came back. The memory of machines keeps it; DHCP decisions read and change it in one step.
type History struct {
	Offered   Strategy  // the last offer to its ROM; StrategyAuto: none yet
	OfferedAt time.Time // when
	Evidence  Evidence  // how far it went with that offer
	Worked    Strategy  // the last strategy that led to a file; StrategyAuto: none yet
	Asked     time.Time `json:",omitzero"`  // when it last asked for a file of ours, or port 4011
	Second    bool      `json:",omitempty"` // of the two programs for its firmware, the second is offered: see [History.Program]
	Loaded    bool      `json:",omitempty"` // it has that program from the first to the last byte, and has asked for nothing by it yet
	Unheard   uint8     `json:",omitempty"` // boots in a row in which it had that program, and asked for nothing
	Upgrades  uint8     // iPXE builds in a row that were replaced by ours in this boot

	Boots [wayCount]Boots // by each way that it takes to its system
}

// Way is a way to a system. Firmware tries several of them one after the other, and each loader on one of them asks DHCP anew: what
// is counted by ways counts a boot once.
type Way uint8

// The ways over IPv4; over IPv6 there are the same again.
const (
	wayROM  Way = iota // the firmware's PXE
	wayHTTP            // its HTTP Boot
	wayIPXE            // an iPXE that is not ours
	wayOurs            // ours
	waySix
	wayCount = 2 * waySix
)

// WayOf gives the way that a packet of a machine is a part of.
func WayOf(c *Client, six bool) (w Way) {
	switch {
	case c.Stage == StageIPXE:
		w = wayIPXE
	case c.Stage == StageBootlace:
		w = wayOurs
	case c.Class == ClassHTTP:
		w = wayHTTP
	}
	if six {
		w += waySix
	}
	return w
}

// Boots counts boots within a time that begins with the first of them.
type Boots struct {
	Since time.Time `json:"since,omitzero"`
	Count int       `json:"count,omitempty"`
}

// Add counts one more, beginning anew when the first was longer than within ago, and gives the sum.
func (b *Boots) Add(now time.Time, within time.Duration) int {
	if b.Count == 0 || now.Sub(b.Since) > within {
		b.Since, b.Count = now, 0
	}
	b.Count++
	return b.Count
}

// Note keeps the furthest that the machine went with the last offer.
func (h *History) Note(e Evidence) { h.Evidence = max(h.Evidence, e) }

// loadedAge is how soon a machine comes again by whose firmware a program was refused, or in which it hangs until it is restarted.
const loadedAge = 10 * time.Minute

// mostUnheard is how many boots with a program are enough to try the other one: a machine may be switched off just when it has it.
const mostUnheard = 2

// Program decides, when a machine begins a boot, which of the two programs for its firmware it is offered: the other one where that which
// it had was loaded twice in a row, and nothing was heard of it. It stays with what comes up.
func (h *History) Program(now time.Time) (second bool) {
	if h.Loaded && now.Sub(h.Asked) < loadedAge {
		h.Unheard++
	}
	if h.Loaded = false; h.Unheard >= mostUnheard {
		h.Second, h.Unheard = !h.Second, 0
	}
	return h.Second
}

// Runs says that the program for its firmware came up.
func (h *History) Runs() { h.Loaded, h.Unheard = false, 0 }

// Arrived says that the machine got where it should: its boots so far make no loop.
func (h *History) Arrived() { h.Boots = [wayCount]Boots{} }

// Most gives those boots of which there are the most within a time.
func (h *History) Most(now time.Time, within time.Duration) (most Boots) {
	for _, b := range h.Boots {
		if b.Count > most.Count && now.Sub(b.Since) <= within {
			most = b
		}
	}
	return most
}
