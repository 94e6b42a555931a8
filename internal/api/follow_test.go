// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// following collects what a client of a stream gets.
type following struct {
	events chan Event
	done   chan error
}

func follow(ctx context.Context, c *Client, name string) *following {
	f := &following{make(chan Event, 1000), make(chan error, 1)}
	go func() {
		f.done <- c.Follow(ctx, name, func(e Event) error { f.events <- e; return nil })
	}()
	return f
}

// next waits for an event.
func (f *following) next(t *testing.T) Event {
	t.Helper()
	select {
	case e := <-f.events:
		return e
	case err := <-f.done:
		t.Fatalf("it ended: %v", err)
	case <-time.After(time.Minute):
		t.Fatal("nothing came")
	}
	return Event{}
}

func (f *following) end(t *testing.T) error {
	t.Helper()
	select {
	case err := <-f.done:
		return err
	case <-time.After(time.Minute):
		t.Fatal("it did not end")
	}
	return nil
}

func TestFollow(t *testing.T) {
	s := newSite(t)
	s.see(boot.Client{MAC: mac1})
	c, _, stop := s.serve(t)
	f := follow(t.Context(), c, "node1")
	if e := f.next(t); e.DHCP == nil || e.DHCP.Request != "DISCOVER" || e.Number != 1 {
		t.Errorf("what was before: %+v", e)
	}
	s.note(boot.Event{Client: boot.Client{MAC: mac9}, Text: "of another"})
	quickest := heartbeat
	for n := range 5 { // a busy machine may be slow now and then; what waits for the next beat takes a whole one after the first
		began := time.Now()
		s.note(boot.Event{Client: boot.Client{MAC: mac1}, Text: "now"})
		if e := f.next(t); e.Text != "now" || e.Number != uint64(3+n) {
			t.Errorf("%+v", e)
		}
		if n > 0 {
			quickest = min(quickest, time.Since(began))
		}
	}
	if quickest > heartbeat/2 {
		t.Errorf("it took %v", quickest)
	}
	stop()
	if err := f.end(t); err != nil {
		t.Errorf("the appliance ended: %v", err)
	}
}

// TestFollowMissesNothing: each event comes once and in order, however many come at once.
func TestFollowMissesNothing(t *testing.T) {
	s := newSite(t)
	s.see(boot.Client{MAC: mac1})
	c, _, _ := s.serve(t)
	const followers, events = 5, 40 // fewer than a story holds
	var all []*following
	for range followers {
		all = append(all, follow(t.Context(), c, "node1"))
	}
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() {
			for n := range events / 4 {
				s.note(boot.Event{Client: boot.Client{MAC: mac1}, Text: fmt.Sprint(i, n)})
				time.Sleep(time.Millisecond)
			}
		})
	}
	group.Wait()
	for _, f := range all {
		var got []uint64
		for len(got) < events+1 {
			got = append(got, f.next(t).Number)
		}
		if !slices.IsSorted(got) || len(slices.Compact(got)) != events+1 {
			t.Errorf("%v", got)
		}
	}
}

// TestFollowOfAMachineToCome: its first packet is seen, and those of a card that it gets.
func TestFollowOfAMachineToCome(t *testing.T) {
	s := newSite(t)
	c, _, _ := s.serve(t)
	f := follow(t.Context(), c, "node1")
	for s.followers.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	for i, mac := range []boot.MAC{mac1, mac2} {
		s.see(boot.Client{MAC: mac})
		if e := f.next(t); e.MAC != mac.String() {
			t.Errorf("%d: %+v", i, e)
		}
	}
}

// TestFollowOfAMachineByItsSerial, whose cards nobody knows before they are seen.
func TestFollowOfAMachineByItsSerial(t *testing.T) {
	s := newSite(t)
	c, _, _ := s.serve(t)
	f := follow(t.Context(), c, "node2")
	s.see(boot.Client{MAC: boot.MAC{2}, Serial: "S2"})
	if e := f.next(t); e.MAC != "02:00:00:00:00:00" {
		t.Errorf("%+v", e)
	}
}

func TestFollowEndsWithItsClient(t *testing.T) {
	s := newSite(t)
	s.see(boot.Client{MAC: mac1})
	c, _, _ := s.serve(t)
	ctx, cancel := context.WithCancel(t.Context())
	f := follow(ctx, c, "node1")
	f.next(t)
	cancel()
	if err := f.end(t); err != nil {
		t.Errorf("Ctrl-C: %v", err)
	}
	for range 6000 {
		if s.followers.Load() == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("the appliance still follows")
}

func TestFollowOfAStranger(t *testing.T) {
	c, _, _ := newSite(t).serve(t)
	if err := c.Follow(t.Context(), "nowhere", nil); status(err) != http.StatusNotFound {
		t.Errorf("%v", err)
	}
}

// TestFollowGoesOnAfterTheLastEvent that a client says it has, as browsers do when they come back.
func TestFollowGoesOnAfterTheLastEvent(t *testing.T) {
	s := newSite(t)
	for i := range 3 {
		s.note(boot.Event{Client: boot.Client{MAC: mac1}, Text: fmt.Sprint(i)})
	}
	c, _, _ := s.serve(t)
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, c.base+"/machines/node1/timeline?follow", nil)
	req.Header.Set("Last-Event-ID", "2")
	resp, err := c.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if kind := resp.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Errorf("type %s", kind)
	}
	line, err := bufio.NewReader(resp.Body).ReadString('\n')
	if err != nil || line != "id: 3\n" {
		t.Errorf("%q, %v", line, err)
	}
}

func TestFollowersAreBounded(t *testing.T) {
	s := newSite(t)
	s.see(boot.Client{MAC: mac1})
	c, _, _ := s.serve(t)
	for range mostFollowers {
		follow(t.Context(), c, "node1").next(t)
	}
	if err := c.Follow(t.Context(), "node1", nil); status(err) != http.StatusServiceUnavailable {
		t.Errorf("%v", err)
	}
	if _, err := c.Machine(t.Context(), "node1"); err != nil {
		t.Errorf("all else goes on: %v", err)
	}
}

// TestFollowTellsABrokenStream from one that ended.
func TestFollowTellsABrokenStream(t *testing.T) {
	path := socketPath(t)
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		_, _ = bufio.NewReader(conn).ReadString('\n')
		_, _ = conn.Write([]byte("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nid: 1\ndata: {\"number\":1,\"text\":\"x\"}\n\n"))
		conn.Close()
	}()
	c, _ := Dial("unix://"+path, Login{})
	var got []string
	err = c.Follow(t.Context(), "node1", func(e Event) error { got = append(got, e.Text); return nil })
	if !errors.Is(err, ErrBroken) || !slices.Equal(got, []string{"x"}) {
		t.Errorf("%v, %q", err, got)
	}
}

func TestTimelineOfAllCards(t *testing.T) {
	s := newSite(t)
	for i, mac := range []boot.MAC{mac1, mac9, mac2, mac1} {
		s.note(boot.Event{Time: noon.Add(time.Duration(i) * time.Second), Client: boot.Client{MAC: mac}, Text: fmt.Sprint(i)})
	}
	c, _, _ := s.serve(t)
	got, err := c.Timeline(t.Context(), "node1")
	var texts []string
	for _, e := range got.Events {
		texts = append(texts, e.Text)
	}
	if err != nil || strings.Join(texts, "") != "023" || got.ID != "host/node1" {
		t.Errorf("%+v, %v", got, err)
	}
	if none, err := c.Timeline(t.Context(), "node3"); err != nil || none.Events == nil || len(none.Events) != 0 {
		t.Errorf("%+v, %v", none, err)
	}
}
