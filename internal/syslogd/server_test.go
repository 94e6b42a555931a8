// SPDX-License-Identifier: Apache-2.0

package syslogd

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/simnet"
	"github.com/bootlace-net/bootlace/internal/udp"
)

// rack knows machines by their addresses.
type rack map[string]string

func (r rack) Behind(_, remote netip.Addr) (boot.Plan, bool) {
	name, ok := r[remote.String()]
	return boot.Plan{Host: &boot.Host{Name: name}, Client: boot.Client{MAC: boot.MAC{2, 0, 0, 0, 0, 1}}}, ok
}

// heard gathers events.
type heard struct {
	mu     sync.Mutex
	events []boot.Event
}

func (h *heard) hear(e boot.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events = append(h.events, e)
}

// lines gives "host: text" of what was heard.
func (h *heard) lines() (out []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range h.events {
		out = append(out, e.Host+": "+e.Text)
	}
	return out
}

// TestServer: lines of machines come with the machine, in the order they were sent; others' are counted. All over a network.
func TestServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := simnet.New(1)
		here := n.At("10.0.0.1/24")
		var h heard
		s := &Server{Addrs: []netip.AddrPort{netip.MustParseAddrPort("0.0.0.0:514")}, Machines: rack{"10.0.0.2": "node2", "10.0.0.3": "node3"}, Events: h.hear}
		s.network = func(c udp.Config) (conn, error) { return here.Listen(c) }
		if err := s.Listen(); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- s.Serve(ctx) }()
		say := func(from string, texts ...string) {
			c, err := n.At(from + "/24").Listen(udp.Config{Addr: netip.MustParseAddrPort(from + ":0")})
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range texts {
				if _, err := c.Send([]udp.Outgoing{{Remote: netip.MustParseAddrPort("10.0.0.1:514"), Bufs: [][]byte{[]byte(text)}}}); err != nil {
					t.Fatal(err)
				}
			}
			synctest.Wait()
		}
		say("10.0.0.2", "<6>ipxe: one", "<3>Oct  1 07:08:09 anna[1]: two", "6,1,1,-,ncfrag=0/8;long")
		say("10.0.0.3", "<13>x: of another")
		say("10.0.0.2", "6,1,1,-,ncfrag=4/8; one", "", "<6>ipxe: ")
		say("10.0.0.9", "<0>root: I am node2")
		say("10.0.0.9", "<0>root: again")
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		want := []string{"node2: ipxe: one", "node2: anna: two", "node3: x: of another", "node2: kernel: long one",
			": syslog lines come from an address that is no machine's: they are only counted (bootlace_syslog_dropped_total)"}
		if diff := cmp.Diff(want, h.lines()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		e := h.events[1]
		if e.Kind != boot.EventLog || e.Level != boot.LevelWarn || *e.Log != (boot.LogLine{Form: "rfc3164", Program: "anna", Severity: "err"}) ||
			e.Client.Addr != netip.MustParseAddr("10.0.0.2") || e.Time.IsZero() {
			t.Errorf("%+v %+v", e, e.Log)
		}
		if e := h.events[4]; e.Kind != boot.EventNetwork || !e.Client.MAC.IsZero() || e.Detail != "from 10.0.0.9" {
			t.Errorf("a stranger: %+v", e)
		}
		got := s.Stats()
		if diff := cmp.Diff(Stats{Lines: map[Form]uint64{Plain: 0, IPXE: 1, BSD: 2, RFC5424: 0, Kernel: 1},
			Dropped: map[Reason]uint64{Stranger: 2, Talkative: 0, Flood: 0, Empty: 2}}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// TestFlood: one that talks without end does not drown another, all together are bounded, what is left out is counted and told
// where it was, and strangers take nothing from anybody.
func TestFlood(t *testing.T) {
	var h heard
	machines := rack{"10.0.0.2": "loud", "10.0.0.3": "quiet"}
	for i := range 100 {
		machines[fmt.Sprintf("10.0.1.%d", i)] = "many"
	}
	s := &Server{Machines: machines, Events: h.hear, Limits: Limits{PerAddress: 10, PerAddressAtOnce: 50, All: 1000, AllAtOnce: 1000}}
	s.budget = newBudget(s.Limits)
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	say := func(from string, n int, text string) {
		for range n {
			s.take([]byte(text), netip.Addr{}, netip.MustParseAddr(from), now)
		}
	}
	say("192.0.2.1", 100_000, "<0>kernel: panic")
	say("10.0.0.2", 100_000, "<6>x: loud\nloud")
	say("10.0.0.3", 1, "<6>x: quiet")
	now = now.Add(time.Second)
	say("10.0.0.2", 1, "<6>x: later")
	lines := h.lines()
	if n := strings.Count(strings.Join(lines, "\n"), "loud: x: loud"); n != 50 {
		t.Errorf("%d lines of the loud one", n)
	}
	if diff := cmp.Diff([]string{"quiet: x: quiet", "loud: (199950 lines were left out here: there were too many at once)", "loud: x: later"}, lines[len(lines)-3:]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if d := s.Stats().Dropped; d[Stranger] != 100_000 || d[Talkative] != 199_950 || d[Flood] != 0 {
		t.Errorf("%v", d)
	}
	for i := range 100 {
		say(fmt.Sprintf("10.0.1.%d", i), 50, "<6>x: many")
	}
	if n := s.Stats().Lines[BSD]; n > 2100 || n < 1000 || s.Stats().Dropped[Flood] == 0 {
		t.Errorf("%d lines passed, %v", n, s.Stats().Dropped)
	}
	if n := s.budget.senders.Len(); n != 102 {
		t.Errorf("%d addresses are remembered", n)
	}
}

// TestListenAllOrNone: an address that cannot be had closes the others.
func TestListenAllOrNone(t *testing.T) {
	taken := &Server{Addrs: []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:0")}}
	if err := taken.Listen(); err != nil {
		t.Fatal(err)
	}
	defer taken.close()
	s := &Server{Addrs: []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:0"), taken.LocalAddrs()[0]}}
	if err := s.Listen(); err == nil {
		t.Fatal("it listens twice")
	}
	again := &Server{Addrs: []netip.AddrPort{s.LocalAddrs()[0]}}
	if err := again.Listen(); err != nil {
		t.Errorf("the first address was kept: %v", err)
	}
	again.close()
}
