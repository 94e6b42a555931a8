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
	Upgrades  uint8     // iPXE builds in a row that were replaced by ours in this boot

	ROM, IPXE   Boots // boots over IPv4: of the ROM, and of an iPXE
	ROM6, IPXE6 Boots // and over IPv6: firmware that tries both boots once
}

// Boots counts boots within a time that begins with the first of them.
type Boots struct {
	Since time.Time
	Count int
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

// Arrived says that the machine got where it should: its boots so far make no loop.
func (h *History) Arrived() { h.ROM, h.IPXE, h.ROM6, h.IPXE6 = Boots{}, Boots{}, Boots{}, Boots{} }
