// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"sync"
	"sync/atomic"
)

// source is one version of one content, shared by all transfers of it.
type source struct {
	key     string // in sources.named; "" when it cannot be shared
	content Content
	size    int64
	bytes   []byte // the whole content, if it is in memory
	table   []atomic.Pointer[page]
	cache   *cache
	refs    int  // guarded by sources.mu
	gone    bool // nobody uses it any more; guarded by cache.mu
}

// chunk gives chunk n if it is in memory.
func (s *source) chunk(n int64) *chunk {
	p := s.table[n/pageChunks].Load()
	if p == nil {
		return nil
	}
	return p[n%pageChunks].Load()
}

// put enters chunk n, or takes it out. The cache's lock is held.
func (s *source) put(n int64, c *chunk) {
	slot := &s.table[n/pageChunks]
	p := slot.Load()
	if p == nil {
		p = new(page)
		slot.Store(p)
	}
	p[n%pageChunks].Store(c)
}

// slice appends the parts of n bytes at off to parts. When one is not in memory it gives the missing chunk's number and
// false. No lock, no allocation, no copy.
func (s *source) slice(parts [][]byte, off int64, n int) (_ [][]byte, missing int64, ok bool) {
	if s.bytes != nil {
		return append(parts, s.bytes[off:off+int64(n)]), 0, true
	}
	for n > 0 {
		i := off >> chunkShift
		c := s.chunk(i)
		if c == nil {
			return parts, i, false
		}
		at := int(off & (chunkSize - 1))
		part := c.data[at:min(at+n, len(c.data))]
		parts = append(parts, part)
		off, n = off+int64(len(part)), n-len(part)
	}
	return parts, 0, true
}

// enter is called when a transfer comes to chunk n: it marks it as used and has the next one read.
func (s *source) enter(n int64) {
	if s.bytes != nil || n<<chunkShift >= s.size { // an empty last block belongs to no chunk
		return
	}
	if c := s.chunk(n); c != nil && !c.used.Load() {
		c.used.Store(true)
	}
	if next := n + 1; next<<chunkShift < s.size && s.chunk(next) == nil {
		s.cache.fetch(s, next, nil) // overrun workers only mean that nothing is read ahead
	}
}

// sources knows the contents that can be shared.
type sources struct {
	cache *cache
	mu    sync.Mutex
	named map[string]*source
}

func newSources(c *cache) *sources { return &sources{cache: c, named: make(map[string]*source)} }

// take wraps an opened content for one more transfer. When the same version is being served already, that one is used and
// c is closed. The first chunk is read here, on the worker, so that the first reply never waits for a disk.
func (s *sources) take(name string, c Content) (*source, error) {
	key := ""
	if v, ok := c.(interface{ Version() string }); ok && v.Version() != "" {
		key = name + "\x00" + v.Version()
		if src := s.hold(key); src != nil {
			return src, c.Close()
		}
	}
	src := &source{key: key, content: c, size: c.Size(), cache: s.cache, refs: 1}
	if err := src.load(); err != nil {
		c.Close() // the read error says more
		return nil, err
	}
	if key != "" {
		s.mu.Lock()
		defer s.mu.Unlock()
		if other := s.named[key]; other != nil { // another worker was faster
			other.refs++
			s.release(src)
			return other, nil
		}
		s.named[key] = src
	}
	return src, nil
}

// load brings in what is in memory anyway, small contents wholly, and the first chunk of others.
func (s *source) load() error {
	if b, ok := s.content.(interface{ Bytes() []byte }); ok {
		if s.bytes = b.Bytes(); s.bytes == nil {
			s.bytes = []byte{}
		}
		s.size = int64(len(s.bytes))
		return nil
	}
	if s.size <= chunkSize {
		data, err := s.readChunk(0)
		s.bytes = data
		return err
	}
	chunks := (s.size + chunkSize - 1) >> chunkShift
	s.table = make([]atomic.Pointer[page], (chunks+pageChunks-1)/pageChunks)
	data, err := s.readChunk(0)
	if err == nil {
		s.cache.mu.Lock()
		defer s.cache.mu.Unlock()
		s.cache.admit(place{s, 0}, &chunk{data: data})
	}
	return err
}

// hold takes another reference to a named source; nil if there is none.
func (s *sources) hold(key string) *source {
	s.mu.Lock()
	defer s.mu.Unlock()
	src := s.named[key]
	if src != nil {
		src.refs++
	}
	return src
}

// again takes another reference to a source one is holding.
func (s *sources) again(src *source) *source {
	s.mu.Lock()
	defer s.mu.Unlock()
	src.refs++
	return src
}

// drop gives a reference back; the last one closes the content.
func (s *sources) drop(src *source) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if src.refs--; src.refs > 0 {
		return
	}
	if src.key != "" {
		delete(s.named, src.key)
	}
	s.release(src)
}

// release closes a content and lets its chunks go.
func (s *sources) release(src *source) {
	if src.table != nil {
		s.cache.forget(src)
	}
	src.content.Close() // it was only read from
}
