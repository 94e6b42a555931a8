// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/machines"
)

// streamed reads what comes of a stream, message by message.
type streamed struct{ lines *bufio.Scanner }

func (s *appliance) listen(t *testing.T, c *Client, query, last string) *streamed {
	t.Helper()
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, c.base+"/events"+query, nil)
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	if kind := resp.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Fatalf("%s: %d %s", query, resp.StatusCode, kind)
	}
	return &streamed{bufio.NewScanner(resp.Body)}
}

// next gives a message in few words: begin 3, gap 7, or the text of an event.
func (s *streamed) next(t *testing.T) string {
	t.Helper()
	kind := ""
	for s.lines.Scan() {
		line := s.lines.Text()
		kind = strings.TrimPrefix(line, "event: ")
		if data, ok := strings.CutPrefix(line, "data: "); ok {
			var e Event
			if err := json.Unmarshal([]byte(data), &e); err != nil {
				t.Fatal(err)
			}
			return e.Text
		}
		if kind != line {
			s.lines.Scan()
			return kind + " " + s.lines.Text()[len("data: "):]
		}
	}
	t.Fatalf("the stream ended: %v", s.lines.Err())
	return ""
}

func about(mac boot.MAC, text string) boot.Event {
	return boot.Event{Time: noon, Kind: boot.EventNotice, Client: boot.Client{MAC: mac}, Text: text}
}

// TestEvents: all machines and the network, or one machine, from now on or from where a client was.
func TestEvents(t *testing.T) {
	s := newSite(t)
	s.note(about(mac1, "one"))
	s.note(about(mac9, "two"))
	c, _, stop := s.serve(t)
	all, one, back := s.listen(t, c, "", ""), s.listen(t, c, "?machine=node1", ""), s.listen(t, c, "?after=1", "")
	for _, x := range []*streamed{all, one} {
		if got := x.next(t); got != `begin {"number":2}` {
			t.Errorf("it begins with %s", got)
		}
	}
	if got := back.next(t); got != "two" {
		t.Errorf("a client that comes back misses %s", got)
	}
	s.note(about(mac9, "three"))
	s.note(boot.Event{Time: noon, Kind: boot.EventNetwork, Text: "four"})
	s.note(about(mac1, "five"))
	for _, want := range []string{"three", "four", "five"} {
		if got := all.next(t); got != want {
			t.Errorf("all: %s, want %s", got, want)
		}
	}
	if got := one.next(t); got != "five" {
		t.Errorf("node1 alone: %s", got)
	}
	stop()
	if got := all.next(t); got != "end {}" {
		t.Errorf("the appliance ends: %s", got)
	}
}

// TestEventsThatAreLost are told of: what gave way to later events, and what only an appliance before this one knew.
func TestEventsThatAreLost(t *testing.T) {
	s := newSite(t)
	s.Memory = machines.New(machines.Options{Events: 3})
	for i := range 5 {
		s.note(about(boot.MAC{2, byte(i)}, fmt.Sprint("event ", i+1)))
	}
	c, _, _ := s.serve(t)
	for last, want := range map[string][]string{
		"1":        {`gap {"number":1}`, "event 3", "event 4", "event 5"},
		"2":        {"event 3", "event 4", "event 5"},
		"4":        {"event 5"},
		"77":       {`gap {"number":77}`, "event 3"},
		"nonsense": {`begin {"number":5}`},
	} {
		x := s.listen(t, c, "", last)
		for _, w := range want {
			if got := x.next(t); got != w {
				t.Errorf("after %s: %s, want %s", last, got, w)
			}
		}
	}
}

// TestEventsComeInOrderAndOnce, in however many pieces they come.
func TestEventsComeInOrderAndOnce(t *testing.T) {
	s := newSite(t)
	for i := range 3*mostAtOnce + 7 {
		s.note(about(boot.MAC{2, byte(i >> 8), byte(i)}, fmt.Sprint(i)))
	}
	c, _, _ := s.serve(t)
	x := s.listen(t, c, "?after=0", "")
	for i := range 3*mostAtOnce + 7 {
		if got := x.next(t); got != fmt.Sprint(i) {
			t.Fatalf("%s, want %d", got, i)
		}
	}
}

func TestEventsOfWhatIsNotThere(t *testing.T) {
	s := newSite(t)
	c, _, _ := s.serve(t)
	for query, want := range map[string]int{"machine=nobody": 404, "machine=": 404, "machin=node1": 400, "after=x": 400, "after=-1": 400} {
		if err := c.do(t.Context(), http.MethodGet, "/events?"+query, nil, &struct{}{}); status(err) != want {
			t.Errorf("%s: %v, want %d", query, err, want)
		}
	}
}

// stuck is a client that takes nothing any more.
type stuck struct{ *httptest.ResponseRecorder }

func (stuck) Write([]byte) (int, error)        { return 0, os.ErrDeadlineExceeded }
func (stuck) WriteString(string) (int, error)  { return 0, os.ErrDeadlineExceeded }
func (stuck) SetWriteDeadline(time.Time) error { return nil }
func (stuck) SetReadDeadline(time.Time) error  { return nil }

// TestASlowReaderOfEventsIsLetGo with a word in the log, and its place is free again.
func TestASlowReaderOfEventsIsLetGo(t *testing.T) {
	s := newSite(t)
	s.Handler(s.admit).ServeHTTP(stuck{httptest.NewRecorder()}, httptest.NewRequest(http.MethodGet, Prefix+"/events", nil))
	if got := s.words(); !slices.Equal(got, []string{"a reader of the API's events is too slow and was let go"}) || s.followers.Load() != 0 {
		t.Errorf("%q, %d streams", got, s.followers.Load())
	}
}

// TestSearch finds machines by whatever an operator has at hand.
func TestSearch(t *testing.T) {
	s := newSite(t)
	s.see(boot.Client{MAC: mac1, UUID: uuid, Serial: "S/1 x", Hostname: "Web", Addr: addr("192.0.2.51")})
	s.see(boot.Client{MAC: mac9, Addr: addr("2001:db8::9")})
	c, _, _ := s.serve(t)
	for q, want := range map[string][]string{
		"":                  {"node1 seen", "node2 unseen", "node3 unseen", "52:54:00:00:00:09 seen"},
		"node":              {"node1 seen", "node2 unseen", "node3 unseen"},
		"NODE seen debian":  {"node1 seen", "node3 unseen"},
		"s/1":               {"node1 seen"},
		"web":               {"node1 seen"},
		"01020304-0506":     {"node1 seen"},
		"192.0.2.5":         {"node1 seen"},
		"db8::9":            {"52:54:00:00:00:09 seen"},
		"52-54-00-00-00-09": {"52:54:00:00:00:09 seen"},
		"5254.0000.0001":    {"node1 seen"},
		"000009":            {"52:54:00:00:00:09 seen"},
		"rescue":            {"node2 unseen"},
		"unseen":            {"node2 unseen", "node3 unseen"},
		"nothing":           nil,
		"node1 rescue":      nil,
	} {
		if all, err := c.All(t.Context(), Query{Search: q, Limit: 2}); err != nil || !slices.Equal(names(all), want) {
			t.Errorf("%q: %q, %v; want %q", q, names(all), err, want)
		}
	}
}
