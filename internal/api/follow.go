// SPDX-License-Identifier: Apache-2.0

package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// Bounds of streams.
const (
	mostFollowers = 64
	pause         = 50 * time.Millisecond // between two looks at a story, however much happens
	heartbeat     = 5 * time.Second       // so that who has gone is noticed, and new cards of the machine are
)

// follower is one stream of events.
type follower struct {
	server   *Server
	name     string // of a machine; "": all machines and the network
	keys     []boot.MAC
	listed   bool   // its cards are found without looking at all others
	sent     uint64 // the newest event's number
	greeting string // what comes before everything else
	out      io.Writer
	ctl      *http.ResponseController
}

// follow sends the story so far and what is added to it, until the client goes or the appliance ends.
func (s *Server) follow(w http.ResponseWriter, r *http.Request, f *found) {
	s.stream(w, r, func() *follower { return s.following(f, after(r)) })
}

func (s *Server) following(f *found, sent uint64) *follower {
	return &follower{server: s, name: f.id(), keys: f.keys(), listed: f.listed(), sent: sent}
}

// stream runs a follower if there is room for one more.
func (s *Server) stream(w http.ResponseWriter, r *http.Request, start func() *follower) {
	if s.followers.Add(1) > mostFollowers {
		s.followers.Add(-1)
		problem(http.StatusServiceUnavailable, fmt.Sprintf("%d streams are being followed already: end one of them", mostFollowers)).ServeHTTP(w, r)
		return
	}
	defer s.followers.Add(-1)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	x := start()
	x.out, x.ctl = w, http.NewResponseController(w)
	_ = x.ctl.SetReadDeadline(time.Time{}) // the request has been read; a writer without deadlines (tests) has none to take away
	if err := x.run(r.Context().Done()); errors.Is(err, os.ErrDeadlineExceeded) {
		s.tooSlow(r)
	}
}

// tooSlow tells of a reader that was let go: its connection is full, so that nothing can be said on it.
func (s *Server) tooSlow(r *http.Request) {
	if s.Events != nil {
		s.Events(boot.Event{
			Kind: boot.EventNetwork, Level: boot.LevelWarn, Once: toldOfRefusals, Text: "a reader of the API's events is too slow and was let go",
			Detail: fmt.Sprintf("%s took nothing for %v; it may come back with Last-Event-ID", excerpt(callerFrom(r.Context()).Name), writeTimeout),
		})
	}
}

// after is the event that a client had last, when it comes back.
func after(r *http.Request) uint64 {
	n, _ := strconv.ParseUint(r.Header.Get("Last-Event-ID"), 10, 64) // none, or nonsense: from the beginning
	return n
}

// run ends with nil when the appliance does, and with what is wrong with the connection else.
func (x *follower) run(done <-chan struct{}) error {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	if err := x.send(x.greeting); err != nil {
		return err
	}
	for {
		next := x.server.News.next()
		if err := x.catchUp(); err != nil {
			return err
		}
		select {
		case <-done:
			_ = x.send("event: end\ndata: {}\n\n") // the client may have gone
			return nil
		case <-beat.C:
			x.recount()
			if err := x.send(": still here\n\n"); err != nil {
				return err
			}
		case <-next:
			if time.Sleep(pause); x.listed {
				x.recount()
			}
		}
	}
}

// recount finds the cards of a machine anew: it may have got another one, or be heard of for the first time.
func (x *follower) recount() {
	if x.name == "" {
		return
	}
	if f, err := x.server.find(x.name); err == nil {
		x.keys = f.keys()
	}
}

// catchUp sends what has happened since.
func (x *follower) catchUp() error {
	if x.name == "" {
		return x.catchUpWithAll()
	}
	return x.sendAll(x.server.story(x.keys, x.sent))
}

func (x *follower) sendAll(events []Event) error {
	for i := range events {
		b, err := json.Marshal(&events[i])
		if err == nil {
			err = x.send(fmt.Sprintf("id: %d\ndata: %s\n\n", events[i].Number, b))
		}
		if err != nil {
			return err
		}
		x.sent = events[i].Number
	}
	return x.ctl.Flush()
}

// send writes to a client that must take it in time.
func (x *follower) send(text string) error {
	_ = x.ctl.SetWriteDeadline(time.Now().Add(writeTimeout)) // as above
	if _, err := io.WriteString(x.out, text); err != nil {
		return err
	}
	return x.ctl.Flush()
}
