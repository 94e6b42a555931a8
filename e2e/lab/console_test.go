// SPDX-License-Identifier: Apache-2.0

package lab_test

import (
	"bytes"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/e2e/lab"
)

// syncBuffer is a buffer that a program writes to while a test reads it.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func TestConsole(t *testing.T) {
	var live bytes.Buffer
	c := lab.NewConsole(&live)
	const raw = "\x1b[2J\x1b[01;01HBdsDxe: star\x1b[0mting\r\n\x1b=\r\n\x00grub>\x1b(B "
	for _, b := range []byte(raw) { // escapes come in pieces
		if _, err := c.Write([]byte{b}); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff("BdsDxe: starting\n\ngrub> ", c.Text()); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff("BdsDxe: starting\ngrub>", c.Tail(5)); diff != "" {
		t.Errorf("tail (-want +got):\n%s", diff)
	}
	if got := c.Tail(1); got != "grub>" {
		t.Errorf("last line: %q", got)
	}
	if live.String() != raw {
		t.Errorf("copy: %q", live.String())
	}
}

func TestMachineUUIDFollowsItsAddress(t *testing.T) {
	a, b := lab.Machine{MAC: []byte{1, 2, 3, 4, 5, 6}}, lab.Machine{MAC: []byte{1, 2, 3, 4, 5, 7}}
	uuids := []string{a.UUID(), a.UUID(), b.UUID()}
	if uuids[0] != uuids[1] || uuids[1] == uuids[2] || !strings.HasPrefix(uuids[0], "77777777-") {
		t.Errorf("got %v", uuids)
	}
}
