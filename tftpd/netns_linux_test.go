// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/bootlace-net/bootlace/internal/udp"
)

// site is two machines and a wire: namespaces of the kernel with real sockets.
type site struct {
	t              *testing.T
	server, client string // names of the namespaces
	addr4, addr6   string
	extra          []string // more addresses of the server: a second one on the wire, one on no wire

	mu      sync.Mutex
	records []Finished
}

// newSite makes the namespaces; they go with the test.
func newSite(t *testing.T, tag string) *site {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("NOT TESTED: needs root to make network namespaces")
	}
	s := &site{t: t, server: fmt.Sprintf("tftpd%d%s-s", os.Getpid(), tag), client: fmt.Sprintf("tftpd%d%s-c", os.Getpid(), tag),
		addr4: "10.99.0.1", addr6: "fd99::1", extra: []string{"10.99.0.2", "10.98.0.1", "fd99::2", "fd98::1"}}
	for _, ns := range []string{s.server, s.client} {
		run(t, "ip", "netns", "add", ns)
		t.Cleanup(func() { exec.Command("ip", "netns", "del", ns).Run() })
		run(t, "ip", "-n", ns, "link", "set", "lo", "up")
	}
	run(t, "ip", "link", "add", "srv", "netns", s.server, "type", "veth", "peer", "name", "cli", "netns", s.client)
	for _, line := range []string{
		"-n S addr add 10.99.0.1/24 dev srv", "-n S addr add 10.99.0.2/24 dev srv", "-n S addr add fd99::1/64 dev srv nodad",
		"-n S addr add fd99::2/64 dev srv nodad", "-n S addr add 10.98.0.1/32 dev lo", "-n S addr add fd98::1/128 dev lo nodad",
		"-n C addr add 10.99.0.10/24 dev cli", "-n C addr add fd99::10/64 dev cli nodad", "-n S link set srv up", "-n C link set cli up",
		"-n C route add 10.98.0.1 via 10.99.0.1", "-n C route add fd98::1 via fd99::1",
	} {
		run(t, "ip", strings.Fields(strings.NewReplacer("-n S", "-n "+s.server, "-n C", "-n "+s.client).Replace(line))...)
	}
	return s
}

func run(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

// inside runs f on a thread in a namespace. Sockets made there stay there.
func inside(t *testing.T, ns string, f func() error) {
	t.Helper()
	if err := within(ns, f); err != nil {
		t.Fatal(err)
	}
}

func within(ns string, f func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocks: the thread ends with the goroutine
		fd, err := unix.Open("/run/netns/"+ns, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err == nil {
			err = unix.Setns(fd, unix.CLONE_NEWNET)
			unix.Close(fd)
		}
		if err == nil {
			err = f()
		}
		done <- err
	}()
	return <-done
}

// namespaced is the network of a namespace, whoever asks.
type namespaced struct {
	system
	site *site
}

func (n namespaced) open(cfg udp.Config) (s socket, err error) {
	err = within(n.site.server, func() error {
		s, err = n.system.open(cfg)
		return err
	})
	return s, err
}

// serve runs a server on port 69 of the site's server until the test ends.
func (s *site) serve(srv *Server) {
	s.t.Helper()
	srv.Events = func(e Event) {
		if f, ok := e.(Finished); ok {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.records = append(s.records, f)
		}
	}
	srv.network = namespaced{site: s}
	inside(s.t, s.server, srv.Listen)
	serve(s.t, srv)
}

// serve runs a server that listens already.
func serve(t *testing.T, srv *Server) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- srv.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// lose drops every so-many-th packet that arrives at the client and at the server: the same on every run.
func (s *site) lose(atClient, atServer int) {
	s.t.Helper()
	for ns, every := range map[string]int{s.client: atClient, s.server: atServer} {
		cmd := exec.Command("ip", "netns", "exec", ns, "nft", "-f", "-")
		cmd.Stdin = strings.NewReader(fmt.Sprintf(`table inet loss {
	chain i { type filter hook input priority 0; meta l4proto udp numgen inc mod %d == 7 counter drop; }
}`, every))
		if text, err := cmd.CombinedOutput(); err != nil {
			s.t.Fatalf("nft: %v\n%s", err, text)
		}
	}
}

// last gives the record of the latest transfer of a name that began after a time. The record comes after the client has
// ended, which does not wait for our end.
func (s *site) last(name string, since time.Time) (Finished, bool) {
	for range 3000 {
		s.mu.Lock()
		for i := len(s.records) - 1; i >= 0; i-- {
			if r := s.records[i]; r.Request.Name == name && !r.Began.Before(since) {
				s.mu.Unlock()
				return r, true
			}
		}
		s.mu.Unlock()
		time.Sleep(20 * time.Millisecond)
	}
	return Finished{}, false
}

func port69(addr string) netip.AddrPort { return netip.AddrPortFrom(netip.MustParseAddr(addr), 69) }
