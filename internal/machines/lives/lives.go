// SPDX-License-Identifier: Apache-2.0

package lives

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/machines"
)

// Bounds and times.
const (
	defaultPatience = 2 * time.Second // to store an attempt; firmware asks again after about as long
	mostLives       = 65536           // as many as machines are remembered
	writers         = 64              // the store makes one transaction of what they bring at the same time
	tick            = time.Minute
)

// Options are what lives need. Events and Find must be set.
type Options struct {
	Find   func(boot.MAC) (Machine, bool)          // the machine with an address, and what is wanted of it now
	Named  func(host string) bool                  // whether the configuration has a host; nil: it has all
	At     func(netip.Addr) (Machine, bool)        // the machine that was last seen with an address; nil: nobody knows
	Events func(boot.Event)                        // told of all that happens
	Now    func() (at time.Time, up time.Duration) // the time of day, and a monotonic one; nil: the system's
	Wait   time.Duration                           // how long a file waits for the store; 0: two seconds
}

// Lives is safe for concurrent use.
type Lives struct {
	o     Options
	run   string        // of this appliance since its start
	runs  atomic.Uint64 // sights so far
	store atomic.Pointer[opened]

	doubt atomic.Pointer[string] // see Doubt

	hangs   atomic.Bool // the store kept somebody waiting for too long, and has done nothing since
	waiting atomic.Int32

	mu      sync.Mutex
	entries map[string]*entry
	list    []*entry // the same, for packets would wait too long for many to be found in the map
	index   index

	queue     queue
	misses    misses
	leftovers leftovers
}

// opened is the store, or why there is none.
type opened struct {
	store machines.Store
	err   error
}

var errNotOpen = errors.New("the store of machines' lives is not open yet")

// New makes lives that have no store yet: no machine may install.
func New(o Options) *Lives {
	l := &Lives{o: o, entries: make(map[string]*entry)}
	if o.Wait == 0 {
		l.o.Wait = defaultPatience
	}
	if o.Now == nil {
		began := time.Now()
		l.o.Now = func() (time.Time, time.Duration) { return time.Now(), time.Since(began) }
	}
	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails
	l.run = hex.EncodeToString(random[:])
	l.store.Store(&opened{err: errNotOpen})
	l.queue.init()
	l.misses.init()
	l.index.init()
	return l
}

// Fail says why there is no store. No machine may install until there is one.
func (l *Lives) Fail(err error) { l.store.Store(&opened{err: err}) }

// Use reads a store, and keeps lives there from now on; ctx ends that others' changes are followed. Damaged records are told,
// and no reason not to use the rest.
func (l *Lives) Use(ctx context.Context, s machines.Store) error {
	ctx, cancel := context.WithCancel(ctx)
	changed := s.Watch(ctx) // before all is read: no change is missed in between
	err := l.load(s)
	if err != nil && !errors.Is(err, machines.ErrDamaged) {
		cancel()
		l.Fail(err)
		return err
	}
	l.store.Store(&opened{store: s})
	go func() {
		defer cancel()
		l.follow(s, changed)
	}()
	return err
}

// load reads all records. Those that are damaged are left out: whoever needs one asks the store again.
func (l *Lives) load(s machines.Store) error {
	return s.List(func(key string, value []byte, rev uint64) error {
		l.mu.Lock()
		e := l.make(key)
		l.mu.Unlock()
		e.mu.Lock()
		defer e.mu.Unlock()
		l.take(e, value, rev)
		if e.damaged == nil {
			e.again()
		}
		return nil
	})
}

// Trouble is why no machine may install; nil: they may.
func (l *Lives) Trouble() error { return l.store.Load().err }

// Doubt says that records may not be the newest there were, and names that doubt: who is to be installed waits until an operator says
// what is so. "" ends it.
func (l *Lives) Doubt(name string) { l.doubt.Store(&name) }

// doubted has what is wanted of a machine know of the doubt.
func (l *Lives) doubted(m *Machine) {
	if name := l.doubt.Load(); name != nil {
		m.Desired.Doubt = *name
	}
}

// Run writes, follows what others write, and lets time go by, until ctx ends.
func (l *Lives) Run(ctx context.Context) error {
	var group sync.WaitGroup
	for range writers {
		group.Go(l.write)
	}
	t := time.NewTicker(tick)
	defer t.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-t.C:
			l.Tick()
		}
	}
	l.queue.end()
	written := make(chan struct{})
	go func() { group.Wait(); close(written) }()
	select {
	case <-written:
	case <-time.After(l.o.Wait): // a store that hangs
	}
	return nil
}

// isHost says that a key is that of a host.
func isHost(key string) bool { return strings.HasPrefix(key, hostPrefix) }
