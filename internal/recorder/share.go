// SPDX-License-Identifier: Apache-2.0

package recorder

import (
	"fmt"
	"time"

	"golang.org/x/time/rate"

	"github.com/bootlace-net/bootlace/boot"
)

// share is what all events of a kind have together. When it is used up that is said, and every minute how much was left out.
type share struct {
	*rate.Limiter
	of, usedUp string    // what the events are about; "": nothing is said
	left       int       // lines left out and not told of
	said       time.Time // when something was said last
}

func shareOf(every rate.Limit, atOnce int, of, metrics string) share {
	return share{Limiter: rate.NewLimiter(every, atOnce), of: of,
		usedUp: fmt.Sprintf("more than %v lines a second about %s: the rest is only counted (%s)", float64(every), of, metrics)}
}

// full takes note of a line that is left out, and gives what is to be said now.
func (s *share) full(now time.Time) []boot.Event {
	if s.left++; s.of == "" || s.left > 1 || !s.said.IsZero() && now.Sub(s.said) < againFull {
		return nil
	}
	s.said = now
	return []boot.Event{{Time: now, Kind: boot.EventNetwork, Level: boot.LevelWarn, Text: s.usedUp}}
}

// owed gives how many lines were left out, when it is time to say so.
func (s *share) owed(now time.Time) []boot.Event {
	if s.of == "" || s.left == 0 || now.Sub(s.said) < againFull {
		return nil
	}
	e := boot.Event{Time: now, Kind: boot.EventNetwork, Level: boot.LevelWarn, Text: "lines about " + s.of + " were left out", Detail: fmt.Sprintf("%d lines", s.left)}
	s.said, s.left = now, 0
	return []boot.Event{e}
}
