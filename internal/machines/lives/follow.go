// SPDX-License-Identifier: Apache-2.0

package lives

import (
	"slices"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/machines"
	"github.com/bootlace-net/bootlace/internal/machines/life"
)

// lifeless is the record of a life that has not begun.
func lifeless() life.Record { return life.Record{} }

// follow reads what others write, and what we write ourselves.
func (l *Lives) follow(s machines.Store, changed <-chan string) {
	for key := range changed {
		if key != "" {
			l.reread(key)
			continue
		}
		_ = s.List(func(key string, _ []byte, _ uint64) error { l.reread(key); return nil }) // the rest is read when it is needed
		for _, e := range l.all() {
			l.reread(e.key)
		}
	}
}

func (l *Lives) reread(key string) {
	l.mu.Lock()
	e := l.make(key)
	l.mu.Unlock()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.stale = true
	l.writeSoon(e)
}

func (l *Lives) all() []*entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.list)
}

// Tick lets time go by for those who are in the middle of something.
func (l *Lives) Tick() {
	for _, e := range l.all() {
		if m, ok := l.underway(e); ok {
			l.Note(m, life.Event{Kind: life.Ticked})
		}
	}
	if s := l.store.Load(); s.err == nil {
		l.clean(s.store)
	}
}

// underway gives a machine that an attempt is pending of.
func (l *Lives) underway(e *entry) (Machine, bool) {
	e.mu.Lock()
	a := e.ahead.Attempt
	e.mu.Unlock()
	if a.Number == 0 || a.Ending != life.Pending && a.Ending != life.Stalled {
		return Machine{}, false
	}
	return l.find(e)
}

// find gives the machine of a record as the configuration has it now, if it still has that key; else as it was last seen.
func (l *Lives) find(e *entry) (Machine, bool) {
	e.mu.Lock()
	m, seen, macs := e.m, e.seen, e.ahead.MACs
	e.mu.Unlock()
	for _, text := range macs {
		mac, err := boot.ParseMAC(text)
		if err != nil {
			continue
		}
		if now, ok := l.o.Find(mac); ok && now.Key == e.key {
			return now, true
		}
	}
	return m, seen
}

// refusedAgain is how long it need not be said again that a machine is refused.
const refusedAgain = 10 * time.Minute

// tell tells what follows from an event.
func (l *Lives) tell(m *Machine, effects []life.Effect) {
	for _, f := range effects {
		e := boot.Event{Kind: boot.EventNotice, Level: boot.LevelInfo, Text: f.Text}
		switch f.Alarm {
		case "":
		case life.AlarmRefused:
			e.Level, e.Once = boot.LevelError, refusedAgain
		default:
			e.Level = boot.LevelWarn
		}
		l.o.Events(m.about(e))
	}
}
