// SPDX-License-Identifier: Apache-2.0

package lives

import (
	"errors"
	"sync"

	"github.com/bootlace-net/bootlace/internal/machines"
)

// move lets a machine that has a new name go on with its old life, so that it is not installed for that. The old name must be
// gone from the configuration. The lock of all is held; the entry is new.
func (l *Lives) move(e *entry, m *Machine) {
	from := l.before(m)
	if from == nil {
		return
	}
	from.mu.Lock()
	defer from.mu.Unlock()
	if from.rev == 0 || from.damaged != nil {
		return
	}
	e.stored, e.ahead, e.sight, e.from = from.ahead, from.ahead, from.sight, from
	e.m = *m
	l.writeSoon(e)
}

// before finds the life that a machine has under another name. Of machines that only a group names, a UUID says nothing: cheap
// boards have the same one.
func (l *Lives) before(m *Machine) *entry {
	c := &m.Plan.Client
	if !c.MAC.IsZero() {
		if e := l.entries[macPrefix+c.MAC.String()]; e != nil && isHost(m.Key) && e.rev != 0 {
			return e
		}
	}
	var keys []string
	if !c.MAC.IsZero() {
		keys = l.index.lived(c.MAC.String())
	}
	if !c.UUID.IsZero() {
		keys = append(keys, l.index.lived(c.UUID.String())...)
	}
	for _, key := range keys {
		host, ok := HostOf(key)
		if ok && key != m.Key && l.o.Named != nil && !l.o.Named(host) {
			return l.entries[key]
		}
	}
	return nil
}

// leftovers are records that go on under another key, and are to be removed: should their old name come back, it must not come
// back with an old life.
type leftovers struct {
	mu   sync.Mutex
	keys map[string]struct{}
}

func (o *leftovers) add(key string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.keys == nil {
		o.keys = make(map[string]struct{})
	}
	o.keys[key] = struct{}{}
}

func (o *leftovers) take() map[string]struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	keys := o.keys
	o.keys = nil
	return keys
}

// clean removes what is left over, or tries to again later.
func (l *Lives) clean(s machines.Store) {
	for key := range l.leftovers.take() {
		_, rev, err := s.Load(key)
		if err == nil {
			_, err = s.Swap(key, rev, nil)
		}
		if err != nil && !errors.Is(err, machines.ErrNotFound) {
			l.leftovers.add(key)
			continue
		}
		l.mu.Lock()
		e := l.entries[key]
		if e != nil {
			l.remove(e)
		}
		l.mu.Unlock()
		if e != nil {
			e.mu.Lock()
			l.settle(e, lifeless(), 0)
			e.mu.Unlock()
		}
	}
}
