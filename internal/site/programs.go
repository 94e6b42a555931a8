// SPDX-License-Identifier: Apache-2.0

package site

import (
	"sync"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/pe"
)

// mostRead is how many programs are remembered.
const mostRead = 128

// readPrograms remembers what programs are, by the version of the file: to find out takes hashing all of it. The zero value is ready.
type readPrograms struct {
	mu  sync.Mutex
	all map[string]readProgram
}

type readProgram struct {
	program *pe.Program
	err     error
}

// program reads one, once.
func (r *readPrograms) program(f boot.File) (*pe.Program, error) {
	version := f.Version()
	if version == "" {
		return pe.Read(f, f.Size())
	}
	r.mu.Lock()
	got, ok := r.all[version]
	r.mu.Unlock()
	if ok {
		return got.program, got.err
	}
	got.program, got.err = pe.Read(f, f.Size())
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.all == nil || len(r.all) >= mostRead {
		r.all = make(map[string]readProgram)
	}
	r.all[version] = got
	return got.program, got.err
}
