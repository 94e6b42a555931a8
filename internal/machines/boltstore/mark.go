// SPDX-License-Identifier: Apache-2.0

package boltstore

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// MarkOf gives the file beside a database, machines.mark, that says how far that had come: of an older one, which somebody has put in
// its place, it is known then that it is older.
func MarkOf(path string) string { return strings.TrimSuffix(path, filepath.Ext(path)) + ".mark" }

// seen is how far a database has come.
type seen struct {
	Store    string `json:"store"`    // the name of the database
	Revision uint64 `json:"revision"` // of its newest record
}

// mark is the file, open. It is written when a record is stored, and not synced: it is for what people do, not for power cuts. So it may
// say less than there was, and never more.
type mark struct {
	mu   sync.Mutex
	file *os.File // nil: there is none
	seen seen
}

// width is how long the line is, so that one write replaces all of the one before.
const width = 80

func (s seen) line() []byte {
	b, _ := json.Marshal(s) // two plain values
	return fmt.Appendf(nil, "%-*s\n", width-1, b)
}

// readMark gives what a file says; false if there is none.
func readMark(path string) (s seen, there bool, err error) {
	b, err := os.ReadFile(path) //nolint:gosec // the operator's own path
	if errors.Is(err, fs.ErrNotExist) {
		return s, false, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &s)
	}
	return s, true, err
}

// writeMark makes a file anew, whole or not at all.
func writeMark(path string, s seen) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".mark-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // not there any more when all went well
	_, err = f.Write(s.line())
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// open makes the mark say what the database has now.
func (m *mark) open(path string, s seen) (err error) {
	if now, there, err := readMark(path); err != nil || !there || now != s {
		if err := writeMark(path, s); err != nil {
			return err
		}
	}
	m.seen = s
	m.file, err = os.OpenFile(path, os.O_WRONLY, 0) //nolint:gosec // the operator's own path
	return err
}

// advance notes that a record was stored. What cannot be noted is found later only.
func (m *mark) advance(revision uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.file == nil || revision <= m.seen.Revision {
		return
	}
	m.seen.Revision = revision
	_, _ = m.file.WriteAt(m.seen.line(), 0)
}

func (m *mark) close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.file == nil {
		return nil
	}
	err := m.file.Close()
	m.file = nil
	return err
}
