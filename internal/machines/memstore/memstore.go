// SPDX-License-Identifier: Apache-2.0

// Package memstore is a store of machines' records in memory, for tests and for those who need nothing to last.
package memstore

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/bootlace-net/bootlace/internal/machines"
)

// Store forgets everything when the program ends. It is safe for concurrent use; the zero value is usable.
type Store struct {
	mu       sync.Mutex
	last     uint64
	records  map[string]record
	archive  map[string]map[string][]byte
	watchers machines.Watchers
}

type record struct {
	value []byte
	rev   uint64
}

var (
	_ machines.Store   = (*Store)(nil)
	_ machines.Archive = (*Store)(nil)
)

// Load follows machines.Store.
func (s *Store) Load(key string) ([]byte, uint64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.records[key]
	if !ok {
		return nil, 0, machines.ErrNotFound
	}
	return bytes.Clone(r.value), r.rev, nil
}

// Swap follows machines.Store.
func (s *Store) Swap(key string, rev uint64, value []byte) (uint64, error) {
	if len(value) > machines.MaxValue {
		return 0, machines.ErrTooLarge
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.records[key].rev != rev {
		return 0, machines.ErrConflict
	}
	s.watchers.Tell(key)
	if value == nil {
		delete(s.records, key)
		return 0, nil
	}
	if s.records == nil {
		s.records = make(map[string]record)
	}
	s.last++
	s.records[key] = record{bytes.Clone(value), s.last}
	return s.last, nil
}

// List follows machines.Store.
func (s *Store) List(visit func(key string, value []byte, rev uint64) error) error {
	s.mu.Lock()
	records := maps.Clone(s.records) // values are never changed
	s.mu.Unlock()
	for _, key := range slices.Sorted(maps.Keys(records)) {
		if err := visit(key, bytes.Clone(records[key].value), records[key].rev); err != nil {
			return err
		}
	}
	return nil
}

// Watch follows machines.Store.
func (s *Store) Watch(ctx context.Context) <-chan string { return s.watchers.Watch(ctx) }

// Put follows machines.Archive.
func (s *Store) Put(kind string, entries []machines.Entry) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.archive == nil {
		s.archive = make(map[string]map[string][]byte)
	}
	if s.archive[kind] == nil {
		s.archive[kind] = make(map[string][]byte)
	}
	for _, e := range entries {
		if e.Value == nil {
			delete(s.archive[kind], e.Key)
			continue
		}
		s.archive[kind][e.Key] = bytes.Clone(e.Value)
	}
	return nil
}

// All follows machines.Archive.
func (s *Store) All(kind string, visit func(machines.Entry) error) error {
	s.mu.Lock()
	entries := maps.Clone(s.archive[kind])
	s.mu.Unlock()
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		if err := visit(machines.Entry{Key: key, Value: bytes.Clone(entries[key])}); err != nil {
			return err
		}
	}
	return nil
}
