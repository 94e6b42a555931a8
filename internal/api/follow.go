// SPDX-License-Identifier: Apache-2.0

package api

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
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

// follower is one stream of a machine's events.
type follower struct {
	server *Server
	name   string
	keys   []boot.MAC
	listed bool   // its cards are found without looking at all others
	sent   uint64 // the newest event's number
	out    io.Writer
	ctl    *http.ResponseController
}

// follow sends the story so far and what is added to it, until the client goes or the appliance ends.
func (s *Server) follow(w http.ResponseWriter, r *http.Request, f *found) {
	if s.followers.Add(1) > mostFollowers {
		s.followers.Add(-1)
		problem(http.StatusServiceUnavailable, fmt.Sprintf("%d timelines are being followed already: end one of them", mostFollowers)).ServeHTTP(w, r)
		return
	}
	defer s.followers.Add(-1)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	x := &follower{server: s, name: f.id(), keys: f.keys(), listed: f.listed(), sent: after(r), out: w, ctl: http.NewResponseController(w)}
	_ = x.ctl.SetReadDeadline(time.Time{}) // the request has been read; a writer without deadlines (tests) has none to take away
	x.run(r.Context().Done())
}

// after is the event that a client had last, when it comes back.
func after(r *http.Request) uint64 {
	n, _ := strconv.ParseUint(r.Header.Get("Last-Event-ID"), 10, 64) // none, or nonsense: from the beginning
	return n
}

func (x *follower) run(done <-chan struct{}) {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		next := x.server.News.next()
		if x.catchUp() != nil {
			return
		}
		select {
		case <-done:
			_ = x.send("event: end\ndata: {}\n\n") // the client may have gone
			return
		case <-beat.C:
			x.recount()
			if x.send(": still here\n\n") != nil {
				return
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
	if f, err := x.server.find(x.name); err == nil {
		x.keys = f.keys()
	}
}

// catchUp sends what was added to the story.
func (x *follower) catchUp() error {
	events := x.server.story(x.keys, x.sent)
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
