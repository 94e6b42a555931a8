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

// attic is a Storer in memory.
type attic struct {
	mu    sync.Mutex
	files map[string][]byte
	open  int
	room  int64 // bytes until the disk is full; 0: no limit
	slow  time.Duration
}

func newAttic() *attic { return &attic{files: map[string][]byte{}} }

func (a *attic) Create(_ context.Context, r *Request, _ int64) (Upload, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, ok := a.files[r.Name]; ok {
		return nil, fs.ErrExist
	}
	a.open++
	return &box{attic: a, name: r.Name}, nil
}

// text is what is stored under a name.
func (a *attic) text(name string) (string, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	b, ok := a.files[name]
	return string(b), ok
}

// unfinished counts the uploads that are neither kept nor given up.
func (a *attic) unfinished() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.open
}

type box struct {
	attic *attic
	name  string
	buf   bytes.Buffer
}

func (b *box) Write(p []byte) (int, error) {
	time.Sleep(b.attic.slow)
	if b.attic.room > 0 && int64(b.buf.Len()+len(p)) > b.attic.room {
		return 0, syscall.ENOSPC
	}
	return b.buf.Write(p)
}

func (b *box) Commit() error {
	b.attic.mu.Lock()
	defer b.attic.mu.Unlock()
	b.attic.open--
	b.attic.files[b.name] = b.buf.Bytes()
	return nil
}

func (b *box) Abort() error {
	b.attic.mu.Lock()
	defer b.attic.mu.Unlock()
	b.attic.open--
	return nil
}
