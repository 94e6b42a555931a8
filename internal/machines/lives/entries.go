// SPDX-License-Identifier: Apache-2.0

package lives

import (
	"fmt"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/machines/life"
)

// make finds or makes an entry. The lock is held.
func (l *Lives) make(key string) *entry {
	if e := l.entries[key]; e != nil {
		return e
	}
	e := &entry{key: key, sight: life.Sight{Run: fmt.Sprintf("%s.%d", l.run, l.runs.Add(1))}}
	e.at = len(l.list)
	l.entries[key], l.list = e, append(l.list, e)
	return e
}

// remove lets go of an entry. The lock is held.
func (l *Lives) remove(e *entry) {
	last := len(l.list) - 1
	l.list[e.at] = l.list[last]
	l.list[e.at].at = e.at
	l.list[last] = nil
	l.list = l.list[:last]
	delete(l.entries, e.key)
}

// entry finds the life of a machine, or begins one; nil if there is no room for another one that nobody knows.
func (l *Lives) entry(m *Machine) *entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := l.entries[m.Key]; e != nil {
		return e
	}
	if len(l.entries) >= mostLives && !l.makeRoom() {
		return nil
	}
	e := l.make(m.Key)
	l.move(e, m)
	return e
}

// makeRoom lets go of a machine of which no record is kept. The lock is held.
func (l *Lives) makeRoom() bool {
	tries := 0
	for _, e := range l.entries {
		if e.dispensable() {
			l.remove(e)
			return true
		}
		if tries++; tries == 100 {
			return false
		}
	}
	return false
}

// known finds a life without beginning one.
func (l *Lives) known(key string) *entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.entries[key]
}

// take makes what the store has of an entry what is known of it. Its lock is held.
func (l *Lives) take(e *entry, value []byte, rev uint64) {
	r, err := life.Decode(value)
	if e.damaged = err; err == nil {
		l.settle(e, r, rev)
	}
}

// settle notes the record of an entry. Its lock is held.
func (l *Lives) settle(e *entry, r life.Record, rev uint64) {
	l.index.change(e.key, &e.stored, &r)
	e.stored, e.rev = r, rev
}

// Concerns reports whether the machine of a plan has a life: it installs, or something is kept of it. It is asked for each packet.
func (l *Lives) Concerns(p *boot.Plan) bool {
	if installs(p) {
		return true
	}
	var room [64]byte
	key := appendKey(room[:0], p)
	l.mu.Lock()
	e := l.entries[string(key)]
	l.mu.Unlock()
	if e == nil {
		return false
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.rev != 0 || len(e.pending) > 0
}
