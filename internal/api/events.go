// SPDX-License-Identifier: Apache-2.0

package api

import (
	"fmt"
	"net/http"
	"strconv"
)

// mostAtOnce bounds what is copied out of the memory for one look: packets wait for that.
const mostAtOnce = 500

// events streams what happens, to one machine or to all. It begins now, or after the event that a client had last.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	var f *found
	q := r.URL.Query()
	for name := range q {
		if name != "machine" && name != "after" {
			problem(http.StatusBadRequest, fmt.Sprintf("unknown parameter %s: expected machine or after", excerpt(name))).ServeHTTP(w, r)
			return
		}
	}
	sent, resumed, err := resumption(r)
	if err == nil && q.Has("machine") {
		f, err = s.find(q.Get("machine"))
	}
	if err != nil {
		asProblem(err).ServeHTTP(w, r)
		return
	}
	s.stream(w, r, func() *follower { return s.watching(f, sent, resumed) })
}

// resumption is the event that a client had last: browsers say it by a header, and others may as well in the address. A number that
// is none is told in the address, and begins anew in the header, which people do not write.
func resumption(r *http.Request) (number uint64, resumed bool, err error) {
	if text := r.URL.Query().Get("after"); text != "" && r.Header.Get("Last-Event-ID") == "" {
		if number, err = strconv.ParseUint(text, 10, 64); err != nil {
			return 0, false, problem(http.StatusBadRequest, fmt.Sprintf("after %s: expected the number of an event", excerpt(text)))
		}
		return number, true, nil
	}
	number, err = strconv.ParseUint(r.Header.Get("Last-Event-ID"), 10, 64)
	return number, err == nil, nil
}

// watching makes a follower of one machine, or of all where f is nil.
func (s *Server) watching(f *found, sent uint64, resumed bool) *follower {
	x := &follower{server: s}
	if f != nil {
		x = s.following(f, 0)
	}
	now := s.Memory.After(sent, 0)
	switch {
	case !resumed:
		x.sent, x.greeting = now.Newest, fmt.Sprintf("id: %d\nevent: begin\ndata: {\"number\":%d}\n\n", now.Newest, now.Newest)
	case sent > now.Newest: // of an appliance that remembers less: all that there is comes
		x.greeting = gap(sent)
	default:
		x.sent = sent
		if now.Lost {
			x.greeting = gap(sent)
		}
	}
	return x
}

// gap says that not all that happened after a number is known any more.
func gap(after uint64) string {
	return fmt.Sprintf("event: gap\ndata: {\"number\":%d}\n\n", after)
}

// catchUpWithAll sends what has happened to all machines since, in pieces.
func (x *follower) catchUpWithAll() error {
	for {
		news := x.server.Memory.After(x.sent, mostAtOnce)
		if news.Lost && x.sent > 0 && x.greeting == "" {
			if err := x.send(gap(x.sent)); err != nil {
				return err
			}
		}
		x.greeting = ""
		events := make([]Event, len(news.Told))
		for i := range news.Told {
			events[i] = told(news.Told[i])
		}
		if err := x.sendAll(events); err != nil || len(events) < mostAtOnce {
			return err
		}
	}
}
