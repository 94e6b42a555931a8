// SPDX-License-Identifier: Apache-2.0

package waiting

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"net/netip"
	"slices"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/machines"
)

// kind is the list in an archive, by a machine's key in hexadecimal.
const kind = "waiting"

// coarse is how much older Heard may be in the archive: a machine asks every few seconds.
const coarse = 10 * time.Minute

// kept is how an entry is written down.
type kept struct {
	Code  string     `json:"code"`
	Since time.Time  `json:"since"`
	Heard time.Time  `json:"heard"`
	From  netip.Addr `json:"from,omitzero"`
}

// note has an entry be written. The lock is held.
func (l *List) note(key boot.MAC) {
	if l.changed != nil {
		l.changed[key] = struct{}{}
	}
}

// Recall reads what an archive has, before anybody joins. From then on the list notes what changes, for Keep. What cannot be read is
// left out: its machine joins again.
func (l *List) Recall(a machines.Archive) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.changed = make(map[boot.MAC]struct{})
	var all []Entry
	err := a.All(kind, func(e machines.Entry) error {
		var k kept
		b, err := hex.DecodeString(e.Key)
		if err == nil && len(b) == len(boot.MAC{}) && json.Unmarshal(e.Value, &k) == nil && valid(k.Code) {
			all = append(all, Entry{Key: boot.MAC(b), Code: k.Code, Since: k.Since, Heard: earlier(k.Heard, l.now()), From: k.From})
		}
		return nil
	})
	slices.SortStableFunc(all, func(a, b Entry) int { return a.Heard.Compare(b.Heard) })
	for _, e := range all {
		if _, taken := l.codes[e.Code]; !taken && len(l.entries) < Most {
			l.add(e).written = e.Heard
		}
	}
	return err
}

// earlier is the first of two times. The clock may have been set back: nobody was heard in the future.
func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// Keep writes down what changes, a little later, until ctx ends; then all the rest. It goes on after an error, with what could not be
// written.
func (l *List) Keep(ctx context.Context, a machines.Archive, trouble func(error)) {
	tick := time.NewTicker(machines.Behind)
	defer tick.Stop()
	for ended := false; !ended; {
		select {
		case <-ctx.Done():
			ended = true
		case <-tick.C:
		}
		if err := l.flush(a); err != nil {
			trouble(err)
		}
	}
}

// flush writes all that there is by now.
func (l *List) flush(a machines.Archive) error {
	entries := l.take()
	if len(entries) == 0 {
		return nil
	}
	err := a.Put(kind, entries)
	if err != nil {
		l.again(entries)
	}
	return err
}

func (l *List) take() (entries []machines.Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for key := range l.changed {
		out := machines.Entry{Key: hex.EncodeToString(key[:])}
		if e := l.entries[key]; e != nil {
			e.written = e.Heard
			out.Value, _ = json.Marshal(kept{e.Code, e.Since.UTC(), e.Heard.UTC(), e.From}) // all of its types can be written
		}
		entries = append(entries, out)
	}
	clear(l.changed)
	return entries
}

func (l *List) again(entries []machines.Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range entries {
		b, _ := hex.DecodeString(e.Key) // ours
		l.note(boot.MAC(b))
	}
}
