// SPDX-License-Identifier: Apache-2.0

package screen

import (
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/bootlace-net/bootlace/internal/api"
)

// beat is how often a stream says that it is alive, so that who has gone is noticed.
const beat = 15 * time.Second

// stream is one page that follows by server-sent events.
type stream struct {
	out io.Writer
	ctl *http.ResponseController
}

// follow sends what say makes of each change; "" says nothing. It ends with the page, the session, or the appliance.
func (s *Server) follow(w http.ResponseWriter, r *http.Request, v *visitor, say func(change) string) {
	one, ok := s.hub.join()
	if !ok {
		s.fail(w, v, &failure{http.StatusServiceUnavailable, fmt.Sprintf("%d pages follow already.", mostLive)})
		return
	}
	defer s.hub.leave(one)
	w.Header().Set("Content-Type", "text/event-stream")
	x := stream{w, http.NewResponseController(w)}
	_ = x.ctl.SetReadDeadline(time.Time{}) // the request has been read; a writer without deadlines (tests) has none to take away
	begin := "retry: 1000\n\n"
	if s.since(r) {
		begin += news(say(change{all: true}))
	}
	if x.send(begin) == nil {
		x.run(r.Context(), one, say, func() bool { _, err := s.visitor(r); return err == nil })
	}
}

func (x stream) run(ctx context.Context, one *watcher, say func(change) string, still func() bool) {
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for {
		text := ""
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if text = ": still here\n\n"; !still() {
				return
			}
		case c, ok := <-one.news:
			if !ok {
				return
			}
			text = news(say(c))
		}
		if text != "" && x.send(text) != nil {
			return
		}
	}
}

// news is an event; "" is none.
func news(said string) string {
	if said == "" {
		return ""
	}
	return "event: news\ndata: " + said + "\n\n"
}

// since reports whether something happened since the page was made: between the two nobody has told it.
func (s *Server) since(r *http.Request) bool {
	seen, err := strconv.ParseUint(r.URL.Query().Get("seen"), 10, 64)
	if err != nil {
		return false // a browser that has an older page
	}
	_, newest := s.hub.fleet.Changed(math.MaxUint64)
	return newest != seen
}

// send writes to a browser that must take it in time.
func (x stream) send(text string) error {
	_ = x.ctl.SetWriteDeadline(time.Now().Add(beat)) // as above
	if _, err := io.WriteString(x.out, text); err != nil {
		return err
	}
	return x.ctl.Flush()
}

// machineLive follows one machine: it only says that there is something new.
func (s *Server) machineLive(w http.ResponseWriter, r *http.Request, v *visitor) {
	m, err := s.As(v.Caller).Machine(r.Context(), r.PathValue("name"))
	if err != nil {
		s.fail(w, v, err)
		return
	}
	s.follow(w, r, v, func(c change) string {
		if c.all {
			return "{}"
		}
		for i := range c.tiles {
			if sameMachine(&c.tiles[i].Machine, &m) {
				return "{}"
			}
		}
		return ""
	})
}

// sameMachine knows a machine that became a host meanwhile.
func sameMachine(a, b *api.Machine) bool {
	return a.ID == b.ID || len(a.MACs) > 0 && len(b.MACs) > 0 && a.MACs[0] == b.MACs[0]
}
