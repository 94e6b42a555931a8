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
	bytes   []byte // the whole content, if it is small
	table   []atomic.Pointer[page]
	cache   *cache
	refs    int           // guarded by sources.mu
	gone    bool          // nobody uses it any more; guarded by cache.mu
	loaded  chan struct{} // closed when the first chunk is there, or broken says why not
	broken  atomic.Pointer[error]
}

// failed is why the content can no longer be read; nil while it can. Once it cannot, no transfer of it can come to a good
// end, and all of them are told at their next block instead of when they happen upon the part that is missing.
func (s *source) failed() error {
	if err := s.broken.Load(); err != nil {
		return *err
	}
	return nil
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

// sources knows the contents that can be shared, by version: the same bytes under a thousand names (each machine has a
// directory of its own) are one source.
type sources struct {
	cache *cache
	mu    sync.Mutex
	named map[string]*source
}

func newSources(c *cache) *sources { return &sources{cache: c, named: make(map[string]*source)} }

// take wraps an opened content for one more transfer. When the same version is being served already, that one is used and
// c is closed. The first chunk is read here, on the worker, so that the first reply never waits for a disk; of many who
// come for the same version at once, one reads and the others wait.
func (s *sources) take(c Content) (*source, error) {
	src, ours := s.share(c)
	if ours {
		if err := src.load(); err != nil {
			src.broken.Store(&err)
		}
		close(src.loaded)
	} else {
		c.Close() // it was only opened
		<-src.loaded
	}
	if err := src.failed(); err != nil {
		s.drop(src)
		return nil, err
	}
	return src, nil
}

// share gives the source of c's version with a reference, and says whether it is a new one, which has to be loaded. A
// broken one is not given any more: what the Opener opens now may be readable.
func (s *sources) share(c Content) (src *source, ours bool) {
	key := ""
	if v, ok := c.(interface{ Version() string }); ok {
		key = v.Version()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if src = s.named[key]; src != nil && src.size == c.Size() && src.failed() == nil {
		src.refs++
		return src, false
	}
	src = &source{key: key, content: c, size: c.Size(), cache: s.cache, refs: 1, loaded: make(chan struct{})}
	if key != "" {
		s.named[key] = src
	}
	return src, true
}

// load brings in small contents wholly, and the first chunk of others.
func (s *source) load() error {
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

// again takes another reference to a source somebody is holding.
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
	if s.named[src.key] == src {
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
