// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"bytes"
	"context"
	"io/fs"
	"sync"
	"syscall"
	"time"
)

// memoryStore is a Storer in memory.
type memoryStore struct {
	mu    sync.Mutex
	files map[string][]byte
	open  int
	room  int64 // bytes until the disk is full; 0: no limit
	slow  time.Duration
}

func newMemoryStore() *memoryStore { return &memoryStore{files: map[string][]byte{}} }

func (a *memoryStore) Create(_ context.Context, r *Request, _ int64) (Upload, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, ok := a.files[r.Name]; ok {
		return nil, fs.ErrExist
	}
	a.open++
	return &memoryUpload{store: a, name: r.Name}, nil
}

// text is what is stored under a name.
func (a *memoryStore) text(name string) (string, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	b, ok := a.files[name]
	return string(b), ok
}

// unfinished counts the uploads that are neither kept nor given up.
func (a *memoryStore) unfinished() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.open
}

type memoryUpload struct {
	store *memoryStore
	name  string
	buf   bytes.Buffer
}

func (b *memoryUpload) Write(p []byte) (int, error) {
	time.Sleep(b.store.slow)
	if b.store.room > 0 && int64(b.buf.Len()+len(p)) > b.store.room {
		return 0, syscall.ENOSPC
	}
	return b.buf.Write(p)
}

func (b *memoryUpload) Commit() error {
	b.store.mu.Lock()
	defer b.store.mu.Unlock()
	b.store.open--
	b.store.files[b.name] = b.buf.Bytes()
	return nil
}

func (b *memoryUpload) Abort() error {
	b.store.mu.Lock()
	defer b.store.mu.Unlock()
	b.store.open--
	return nil
}
