// SPDX-License-Identifier: Apache-2.0

package lives

import (
	"slices"
	"sync"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/machines/life"
)

// index finds records by what is in them.
type index struct {
	mu     sync.Mutex
	names  map[string][]string // keys of records, by the addresses and UUIDs of machines
	tokens map[string]string   // the key of a record, by the hash of a token
}

func (x *index) init() { x.names, x.tokens = make(map[string][]string), make(map[string]string) }

// change notes that a record has become another.
func (x *index) change(key string, from, to *life.Record) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, n := range names(from) {
		if keys := slices.DeleteFunc(x.names[n], func(k string) bool { return k == key }); len(keys) > 0 {
			x.names[n] = keys
		} else {
			delete(x.names, n)
		}
	}
	for _, t := range from.Tokens {
		delete(x.tokens, t.Hash)
	}
	for _, n := range names(to) {
		x.names[n] = append(x.names[n], key)
	}
	for _, t := range to.Tokens {
		x.tokens[t.Hash] = key
	}
}

func names(r *life.Record) []string {
	if r.UUID == "" {
		return r.MACs
	}
	return append(slices.Clip(r.MACs), r.UUID)
}

// lived lists the keys of records that were lived under an address or a UUID.
func (x *index) lived(name string) []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.Clone(x.names[name])
}

func (x *index) token(hash string) (key string, ok bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	key, ok = x.tokens[hash]
	return key, ok
}

// Lived reports whether anything is kept of a machine with an address.
func (l *Lives) Lived(mac boot.MAC) bool { return len(l.index.lived(mac.String())) > 0 }
