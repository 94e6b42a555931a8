// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/machines"
)

var (
	mac1     = boot.MAC{0x52, 0x54, 0, 0, 0, 1}
	mac2     = boot.MAC{0x52, 0x54, 0, 0, 0, 2}
	mac9     = boot.MAC{0x52, 0x54, 0, 0, 0, 9}
	macWaits = boot.MAC{0x52, 0x54, 0, 1, 0, 9} // of a machine whose group waits
	uuid     = boot.UUID{1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8}
	noon     = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
)

// appliance is one as the API sees it: node1 with two cards, node2 by its serial number, node3 that nobody ever saw, and
// whatever a test adds.
type appliance struct {
	*Server
	told  []boot.Event
	admit Admit
	mu    sync.Mutex
}

func newSite(t testing.TB) *appliance {
	t.Helper()
	cat, problems := boot.Build(boot.Spec{
		Profiles: []*boot.Draft{profile("debian"), profile("rescue")},
		Groups:   []*boot.Group{{Name: "new", Match: boot.Match{OUIs: []string{"52540001"}}, Wait: true}},
		Hosts: []*boot.Host{
			{Name: "node1", Match: boot.Match{MACs: []boot.MAC{mac1, mac2}}, Profile: "debian"},
			{Name: "node2", Match: boot.Match{Serials: []string{"S2"}}, Profile: "rescue"},
			{Name: "node3", Match: boot.Match{MACs: []boot.MAC{{0x52, 0x54, 0, 0, 0, 3}}}, Profile: "debian"},
		},
	})
	for _, p := range problems {
		if !p.Warning {
			t.Fatal(p)
		}
	}
	s := &appliance{admit: BySocket(nil)}
	s.Server = &Server{
		Catalog: func() *boot.Catalog { return cat },
		Memory:  machines.New(machines.Options{Now: func() time.Time { return noon }}),
		Looping: func(h boot.History) string {
			if h.Boots[0].Count > 2 {
				return "too often"
			}
			return ""
		},
		Events: func(e boot.Event) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.told = append(s.told, e)
		},
	}
	return s
}

// see has a packet of a machine come.
func (s *appliance) see(c boot.Client) {
	s.Memory.See(c)
	s.note(boot.Event{Time: noon, Kind: boot.EventDHCP, Client: c, Exchange: &boot.Exchange{Port: "67", Request: "DISCOVER", Verdict: "offer", Fresh: true}})
}

func (s *appliance) note(e boot.Event) {
	s.Memory.Note(e)
	s.News.Ring()
}

// words lists what was told.
func (s *appliance) words() (all []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.told {
		all = append(all, e.Text)
	}
	return all
}

// socketPath is short, as sockets need it.
func socketPath(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "api")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return filepath.Join(dir, "api.sock")
}

// makers leaves a socket to who makes it.
func makers() Owner { return Owner{-1, -1} }

// serve runs the site on a real socket until the test ends, and gives a client of it.
func (s *appliance) serve(t testing.TB) (c *Client, path string, stop func()) {
	t.Helper()
	path = socketPath(t)
	l, err := Listen(path, makers())
	if err != nil {
		t.Fatal(err)
	}
	return s.serveOn(t, l, path)
}

func (s *appliance) serveOn(t testing.TB, l net.Listener, path string) (*Client, string, func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l, s.admit) }()
	var once sync.Once
	stop := func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				t.Errorf("Serve: %v", err)
			}
		})
	}
	t.Cleanup(stop)
	c, err := Dial("unix://"+path, Login{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.http.CloseIdleConnections)
	return c, path, stop
}

// status is that of the problem an error is; 0 for none.
func status(err error) int {
	var p *Problem
	if errors.As(err, &p) {
		return p.Status
	}
	return 0
}

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

func profile(name string) *boot.Draft {
	return &boot.Draft{Profile: boot.Profile{Entry: boot.Entry{Name: name, Kind: boot.EntryLocal}}}
}

// me is how the appliance names who runs the tests.
func me() string {
	if !peersAreKnown {
		return stranger().String()
	}
	return Peer{UID: os.Getuid()}.String()
}
