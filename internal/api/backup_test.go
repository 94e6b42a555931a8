// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"testing"
)

func TestBackup(t *testing.T) {
	s := newSite(t)
	c, _, _ := s.serve(t)
	var got bytes.Buffer
	if err := c.Backup(t.Context(), &got); status(err) != http.StatusNotImplemented || got.Len() > 0 {
		t.Errorf("without a store: %v", err)
	}
	s.Backup = func(io.Writer) error { return problem(http.StatusServiceUnavailable, "it is locked") }
	if err := c.Backup(t.Context(), &got); status(err) != http.StatusServiceUnavailable || err.Error() != "it is locked" || got.Len() > 0 {
		t.Errorf("without a store for now: %v", err)
	}
	want := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	s.Backup = func(w io.Writer) error { _, err := w.Write(want); return err }
	if err := c.Backup(t.Context(), &got); err != nil || !bytes.Equal(got.Bytes(), want) {
		t.Errorf("%d bytes of %d, %v", got.Len(), len(want), err)
	}
}

// TestABackupThatBreaksOff is told as such, however much has come.
func TestABackupThatBreaksOff(t *testing.T) {
	s := newSite(t)
	for _, n := range []int{0, 10, 1 << 20} {
		s.Backup = func(w io.Writer) error {
			_, _ = w.Write(make([]byte, n))
			return errors.New("the disk is gone")
		}
		c, _, stop := s.serve(t)
		var gone *UnreachableError
		if err := c.Backup(t.Context(), io.Discard); !errors.As(err, &gone) {
			t.Errorf("after %d bytes: %v", n, err)
		}
		stop()
	}
}
