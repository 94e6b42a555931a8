// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"errors"
	"io"
	"sync"
	"sync/atomic"
)

// A chunk is the unit of reading ahead: large enough that a disk or a network file system is asked rarely, small enough that
// ten thousand clients at different places of a file do not need the memory of a machine.
const (
	chunkShift = 18 // 256 KiB
	chunkSize  = 1 << chunkShift
	pageChunks = 512 // chunks per page of a source's table
)

type chunk struct {
	data []byte
	used atomic.Bool // since the clock's hand last passed
}

type page [pageChunks]atomic.Pointer[chunk]

// waiter is told when a chunk has arrived or cannot.
type waiter interface{ arrived(err error) }

// cache keeps chunks of all sources within a budget and has missing ones read by workers. The way of a block only loads
// atomic pointers; the lock is taken when a transfer comes to a new chunk.
type cache struct {
	budget  int64
	workers *pool

	mu      sync.Mutex
	bytes   int64
	hand    int
	clock   []resident
	pending map[place][]waiter
}

type place struct {
	src *source
	n   int64
}

type resident struct {
	place
	c *chunk
}

func newCache(budget int64, workers *pool) *cache {
	return &cache{budget: budget, workers: workers, pending: make(map[place][]waiter)}
}

// fetch has chunk n of src read, and tells w (which may be nil) when it is there. Many may ask for the same chunk: it is
// read once. false means that the workers are overrun, or that the source is broken.
func (c *cache) fetch(src *source, n int64, w waiter) bool {
	at := place{src, n}
	c.mu.Lock()
	defer c.mu.Unlock()
	waiting, running := c.pending[at]
	if src.chunk(n) != nil { // arrived meanwhile
		if w != nil {
			go w.arrived(nil)
		}
		return true
	}
	if w != nil {
		waiting = append(waiting, w)
	}
	if !running && !c.workers.do(func() { c.read(at) }) {
		return false
	}
	c.pending[at] = waiting
	return true
}

// read reads one chunk and tells whoever waits.
func (c *cache) read(at place) {
	data, err := at.src.readChunk(at.n)
	if err != nil {
		at.src.broken.CompareAndSwap(nil, &err)
	}
	c.mu.Lock()
	if err == nil && !at.src.gone {
		c.admit(at, &chunk{data: data})
	}
	waiting := c.pending[at]
	delete(c.pending, at)
	c.mu.Unlock()
	for _, w := range waiting {
		w.arrived(err)
	}
}

// admit makes room by the clock algorithm and enters the chunk. What a transfer is just sending from stays alive with the
// garbage collector; leaving the table only means that the next one reads it again.
func (c *cache) admit(at place, ch *chunk) {
	ch.used.Store(true)
	c.bytes += int64(len(ch.data))
	for tries := 2 * len(c.clock); c.bytes > c.budget && tries > 0 && len(c.clock) > 0; tries-- {
		c.hand %= len(c.clock)
		r := c.clock[c.hand]
		if r.c.used.Swap(false) {
			c.hand++
			continue
		}
		c.drop(c.hand)
	}
	at.src.put(at.n, ch)
	c.clock = append(c.clock, resident{at, ch})
}

// drop takes the resident at i out.
func (c *cache) drop(i int) {
	r := c.clock[i]
	r.src.put(r.n, nil)
	c.bytes -= int64(len(r.c.data))
	c.clock[i] = c.clock[len(c.clock)-1]
	c.clock[len(c.clock)-1] = resident{}
	c.clock = c.clock[:len(c.clock)-1]
}

// forget drops every chunk of a source nobody uses any more.
func (c *cache) forget(src *source) {
	c.mu.Lock()
	defer c.mu.Unlock()
	src.gone = true
	for i := 0; i < len(c.clock); {
		if c.clock[i].src == src {
			c.drop(i)
			continue
		}
		i++
	}
}

// resident is the bytes held now.
func (c *cache) resident() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.bytes
}

var errShort = errors.New("content is shorter than it said")

// readChunk reads chunk n into new memory.
func (s *source) readChunk(n int64) ([]byte, error) {
	off := n << chunkShift
	data := make([]byte, min(chunkSize, s.size-off))
	got, err := s.content.ReadAt(data, off)
	if got == len(data) && (err == nil || errors.Is(err, io.EOF)) {
		return data, nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = errShort
	}
	return nil, err
}
