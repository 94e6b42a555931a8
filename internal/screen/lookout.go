// SPDX-License-Identifier: Apache-2.0

package screen

import (
	"maps"
	"time"

	"github.com/bootlace-net/bootlace/internal/api"
)

// lookout sees what changes, for one hub, from the first page that follows to the last.
type lookout struct {
	hub    *hub
	newest uint64            // the event up to which all is told
	states map[string]string // of each machine, by ID
	counts map[string]int    // of states
}

func (l *lookout) run(quit <-chan struct{}) {
	over := time.NewTicker(lookOver)
	defer over.Stop()
	l.set(l.hub.fleet.Fleet())
	for {
		heard := l.hub.fleet.Heard()
		var tiles []api.Tile
		tiles, l.newest = l.hub.fleet.Changed(l.newest)
		l.tell(change{tiles: tiles, all: l.note(tiles)})
		select {
		case <-quit:
			return
		case <-heard:
			time.Sleep(gather)
		case <-over.C:
			l.tell(l.lookOver())
		}
	}
}

// lookOver finds machines whose state has changed without an event, and such as came or went.
func (l *lookout) lookOver() (c change) {
	tiles := l.hub.fleet.Fleet()
	c.all = len(tiles) != len(l.states)
	for i := range tiles {
		if stateOf(&tiles[i], l.hub.now()) != l.states[tiles[i].ID] {
			c.tiles = append(c.tiles, tiles[i])
		}
	}
	l.set(tiles)
	return c
}

func (l *lookout) set(tiles []api.Tile) {
	l.states, l.counts = make(map[string]string, len(tiles)), make(map[string]int)
	l.note(tiles)
}

// note keeps the states of machines, and reports whether one of them is new.
func (l *lookout) note(tiles []api.Tile) (news bool) {
	for i := range tiles {
		id, now := tiles[i].ID, stateOf(&tiles[i], l.hub.now())
		before, known := l.states[id]
		if known {
			l.counts[before]--
		}
		news = news || !known
		l.states[id] = now
		l.counts[now]++
	}
	return news
}

func (l *lookout) tell(c change) {
	if len(c.tiles) > 0 || c.all {
		c.counts = maps.Clone(l.counts)
		l.hub.tell(c)
	}
}
