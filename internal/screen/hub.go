// SPDX-License-Identifier: Apache-2.0

package screen

import (
	"math"
	"sync"
	"time"

	"github.com/bootlace-net/bootlace/internal/api"
)

// Fleet is all machines at once, and what changes of them.
type Fleet interface {
	Fleet() []api.Tile
	Changed(after uint64) ([]api.Tile, uint64)
	Heard() <-chan struct{}
}

// Bounds of what is told to browsers.
const (
	gather   = 50 * time.Millisecond // what happens within it is told at once
	lookOver = 10 * time.Second      // what changes without an event is found by looking at all machines: time, another configuration
	mostLive = 128                   // pages that follow at once
	mostKept = 64                    // changes that one who does not read may be behind
)

// hub looks at what has changed once for all pages that follow, and not at all while there are none.
type hub struct {
	fleet Fleet
	now   func() time.Time

	mu       sync.Mutex
	watchers map[*watcher]struct{}
	quit     chan struct{} // closed when nobody follows any more; nil: nobody does
}

// watcher is one page that follows.
type watcher struct {
	news chan change // closed: it was too slow
}

// change is what became of machines: those that something happened to.
type change struct {
	tiles  []api.Tile
	all    bool           // more than the tiles may have changed: the page is to be loaded anew
	counts map[string]int // of all machines by state, where somebody has counted; must not be changed
}

// join begins to follow; false: there are too many who do. What happens after it is told.
func (h *hub) join() (*watcher, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.watchers) >= mostLive {
		return nil, false
	}
	if h.watchers == nil {
		h.watchers = make(map[*watcher]struct{})
	}
	w := &watcher{make(chan change, mostKept)}
	h.watchers[w] = struct{}{}
	if h.quit == nil {
		h.quit = make(chan struct{})
		_, newest := h.fleet.Changed(math.MaxUint64)
		go (&lookout{hub: h, newest: newest}).run(h.quit)
	}
	return w, true
}

func (h *hub) leave(w *watcher) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.watchers, w)
	h.rest()
}

// rest ends the lookout when nobody follows. The lock is held.
func (h *hub) rest() {
	if len(h.watchers) == 0 && h.quit != nil {
		close(h.quit)
		h.quit = nil
	}
}

// tell hands a change to all who follow. Who is too slow is let go, and comes back by itself.
func (h *hub) tell(c change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for w := range h.watchers {
		select {
		case w.news <- c:
		default:
			close(w.news)
			delete(h.watchers, w)
		}
	}
	h.rest()
}
