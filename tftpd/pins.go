// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"net/netip"
	"sync"
	"time"
)

const maxPins = 4_096

// pins keep content for clients that asked for its size: they come back for the content in a moment, and must get what they
// were told the size of.
type pins struct {
	sources *sources
	hold    time.Duration // how long; 0: not at all

	mu   sync.Mutex
	kept map[pinKey]*pin
}

type pinKey struct {
	addr netip.Addr
	name string
	mode Mode
}

type pin struct {
	src   *source
	label any // what the Opener left when it was asked
	timer *time.Timer
}

func newPins(s *sources, hold time.Duration) *pins {
	return &pins{sources: s, hold: hold, kept: make(map[pinKey]*pin)}
}

func keyOf(r *Request) pinKey { return pinKey{r.Remote.Addr(), r.Name, r.Mode} }

// keep keeps src for who asked r; the reference passes to the pin. false: it is not kept.
func (p *pins) keep(r *Request, src *source) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := keyOf(r)
	if p.hold <= 0 || len(p.kept) >= maxPins || p.kept[key] != nil {
		return false
	}
	k := &pin{src: src, label: r.Label}
	k.timer = time.AfterFunc(p.hold, func() { p.drop(key, k) })
	p.kept[key] = k
	return true
}

// take gives the source kept for r, with a reference of its own, and puts what the Opener left into r; nil when there is none.
func (p *pins) take(r *Request) *source {
	p.mu.Lock()
	defer p.mu.Unlock()
	k := p.kept[keyOf(r)]
	if k == nil {
		return nil
	}
	r.Label = k.label
	return p.sources.again(k.src)
}

// drop lets a pin go.
func (p *pins) drop(key pinKey, k *pin) {
	p.mu.Lock()
	current := p.kept[key] == k
	if current {
		delete(p.kept, key)
	}
	p.mu.Unlock()
	if current {
		p.sources.drop(k.src)
	}
}

// dropAll lets all pins go, at the end.
func (p *pins) dropAll() {
	p.mu.Lock()
	all := p.kept
	p.kept = make(map[pinKey]*pin)
	p.mu.Unlock()
	for _, k := range all {
		k.timer.Stop()
		p.sources.drop(k.src)
	}
}
