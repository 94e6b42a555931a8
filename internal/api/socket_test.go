// SPDX-License-Identifier: Apache-2.0

package api

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"strings"
	"testing"
)

func TestASocketIsItsOwnersAndItsGroups(t *testing.T) {
	path := socketPath(t)
	l, err := Listen(path, makers())
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != fs.ModeSocket|0o660 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(strings.TrimSuffix(path, "/api.sock")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestASocketThatAKilledProcessLeft is replaced, under the name that it has and under the one it is born with.
func TestASocketThatAKilledProcessLeft(t *testing.T) {
	path := socketPath(t)
	for _, name := range []string{path, path + unborn} {
		dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: name, Net: "unix"})
		if err != nil {
			t.Fatal(err)
		}
		dead.SetUnlinkOnClose(false)
		dead.Close()
	}
	c, _, _ := newSite(t).serveOnPath(t, path)
	if _, err := c.List(t.Context(), Query{}); err != nil {
		t.Error(err)
	}
}

func (s *appliance) serveOnPath(t *testing.T, path string) (*Client, string, func()) {
	l, err := Listen(path, makers())
	if err != nil {
		t.Fatal(err)
	}
	return s.serveOn(t, l, path)
}

func TestASocketInUseIsLeftAlone(t *testing.T) {
	c, path, _ := newSite(t).serve(t)
	if _, err := Listen(path, makers()); !errors.Is(err, ErrInUse) || !strings.HasPrefix(err.Error(), path+" is in use by another bootlace: stop it") {
		t.Errorf("%v", err)
	}
	if _, err := c.List(t.Context(), Query{}); err != nil {
		t.Errorf("the first one: %v", err)
	}
}

func TestWhatIsNoSocketIsLeftAlone(t *testing.T) {
	path := socketPath(t)
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(path, makers()); err == nil || !strings.Contains(err.Error(), "is no socket") {
		t.Errorf("%v", err)
	}
	if b, _ := os.ReadFile(path); string(b) != "precious" {
		t.Errorf("%q", b)
	}
}

func TestAPathThatIsTooLong(t *testing.T) {
	dir := socketPath(t)
	if _, err := Listen(dir+strings.Repeat("x", longest-len(dir)), makers()); err != nil {
		t.Errorf("the longest: %v", err)
	}
	if _, err := Listen(dir+strings.Repeat("x", longest-len(dir)+1), makers()); err == nil || !strings.Contains(err.Error(), "set api.socket to a shorter one") {
		t.Errorf("%v", err)
	}
}
