// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/internal/simnet"
	"github.com/bootlace-net/bootlace/internal/udp"
)

// simulated is a host of a network in memory as a server sees it.
type simulated struct{ host *simnet.Host }

func (s simulated) listen(cfg udp.Config) (conn, error) {
	c, err := s.host.Listen(cfg)
	if err != nil {
		return nil, err
	}
	return c, nil
}

func (s simulated) group(cfg udp.Config, _ int) ([]conn, error) {
	c, err := s.listen(cfg)
	return []conn{c}, err
}

func (s simulated) open(cfg udp.Config) (socket, error) {
	c, err := s.host.Listen(cfg)
	if err != nil {
		return nil, err
	}
	return c, nil
}

func (s simulated) set() (set, error) { return simulatedSet{simnet.NewSet()}, nil }

type simulatedSet struct{ *simnet.Set }

func (s simulatedSet) Add(one socket) (int, error) { return s.Set.Add(one.(*simnet.Conn)) }

func (s simulated) verifyGSO() error { return nil }

// pattern is the content of every test file: no two places look alike.
func pattern(size int64) []byte {
	b := make([]byte, size)
	x := uint32(1)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return b
}

// memory is a Content in memory.
type memory []byte

func (m memory) ReadAt(p []byte, off int64) (int, error) { return bytes.NewReader(m).ReadAt(p, off) }
func (m memory) Size() int64                             { return int64(len(m)) }
func (m memory) Close() error                            { return nil }

// memoryFiles is an Opener of files in memory.
type memoryFiles struct {
	mu     sync.Mutex
	files  map[string]Content
	delay  time.Duration
	opened int
}

func (s *memoryFiles) Open(ctx context.Context, r *Request) (Content, error) {
	select {
	case <-time.After(s.delay):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opened++
	c, ok := s.files[r.Name]
	switch {
	case ok:
		return c, nil
	case strings.HasPrefix(r.Name, "secret"):
		return nil, &fs.PathError{Op: "open", Path: "/srv/secret", Err: fs.ErrPermission}
	case strings.HasPrefix(r.Name, "broken"):
		return nil, errors.New("disk /dev/sda is on fire")
	case strings.HasPrefix(r.Name, "nouser"):
		return nil, &Error{Code: CodeNoUser}
	}
	return nil, &fs.PathError{Op: "open", Path: "/srv/" + r.Name, Err: fs.ErrNotExist}
}

// inMemory makes a memoryFiles of texts.
func inMemory(texts map[string]string) *memoryFiles {
	s := &memoryFiles{files: map[string]Content{}}
	for name, text := range texts {
		s.files[name] = memory(text)
	}
	return s
}

// world is a server on a network in memory, inside a synctest bubble.
type world struct {
	t      *testing.T
	net    *simnet.Net
	served *memoryFiles
	server *Server
	stop   func()

	mu     sync.Mutex
	events []Event
}

const serverAddr = "10.0.0.1"

// newWorld starts a server; set changes it before.
func newWorld(t *testing.T, set func(*world)) *world {
	t.Helper()
	w := &world{t: t, net: simnet.New(1), served: &memoryFiles{files: map[string]Content{}}}
	w.net.Latency = 100 * time.Microsecond
	w.server = &Server{
		Opener: w.served, Addrs: []netip.AddrPort{netip.MustParseAddrPort("0.0.0.0:69")}, Lanes: 1,
		network: simulated{w.net.At(serverAddr + "/16")},
		Events: func(e Event) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.events = append(w.events, e)
		},
	}
	if set != nil {
		set(w)
	}
	if n, ok := w.server.network.(simulated); ok {
		w.server.MTU = n.host.MTU
	}
	if err := w.server.Listen(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- w.server.Serve(ctx) }()
	w.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error("Serve:", err)
		}
	})
	return w
}

// knows makes the server know addresses as those of clients that were here before.
func (s *Server) knows(tb testing.TB, addrs ...string) {
	tb.Helper()
	for _, text := range addrs {
		a := netip.MustParseAddr(text)
		if _, ok := s.clients.admit(a, 0); !ok {
			tb.Fatal("no room for " + text)
		}
		s.clients.left(a)
		s.clients.reads(a)
	}
}

// outcomes lists how transfers ended so far.
func (w *world) outcomes() []Outcome {
	var o []Outcome
	for _, f := range told[Finished](w) {
		o = append(o, f.Outcome)
	}
	return o
}

// told lists the events of one type so far.
func told[E Event](w *world) (all []E) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range w.events {
		if e, ok := e.(E); ok {
			all = append(all, e)
		}
	}
	return all
}

// socket opens a client's socket at 10.0.x.y.
func (w *world) socket(addr string) *simnet.Conn {
	w.t.Helper()
	a := netip.MustParseAddrPort(addr)
	c, err := w.net.Host(simnet.Interface{Index: 1, Name: "eth0", LAN: "lan", Prefix: netip.PrefixFrom(a.Addr(), 16)}).Listen(
		udp.Config{Addr: a, Broadcast: true})
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}
