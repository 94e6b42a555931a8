// SPDX-License-Identifier: Apache-2.0

package screen

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/api"
)

// mostBoots is how many boots a page shows, the newest of them.
const mostBoots = 8

// waterfall is the boots of one machine on one scale of time, the newest first.
type waterfall struct {
	Boots []drawn
	Ticks []tick
	More  int // boots that are not shown
}

// drawn is one boot.
type drawn struct {
	Number int // 1 is the newest
	Began  time.Time
	Took   time.Duration
	Bytes  int64
	End    phase // how far it came
	Bad    int   // steps that an operator should look at
	Steps  []step
	Log    []line
}

// step is one row, with its place in percent of the scale.
type step struct {
	Phase    phase
	At, Took time.Duration
	What     string
	More     string
	Bytes    int64
	Rate     float64 // bytes a second; 0: there is none
	Repeated int64   // datagrams that were sent again
	File     bool
	Bad      bool
	X, W     percent
}

// line is one of a machine's own log.
type line struct {
	At       time.Duration
	Text     string
	Severity string
	Bad      bool
}

// tick is a line of the scale.
type tick struct {
	X    percent
	Text string
	Last bool
}

// point is how wide that is which takes no time.
const point percent = 0.2

// percent is a place or a length on the scale, as SVG writes it.
type percent float64

// String writes it.
func (p percent) String() string { return fmt.Sprintf("%.2f%%", float64(p)) }

// draw makes a waterfall of a story, the oldest event first.
func draw(story []api.Event) waterfall {
	boots := api.Boots(story)
	w := waterfall{More: max(0, len(boots)-mostBoots)}
	boots = boots[w.More:]
	slices.Reverse(boots)
	var longest time.Duration
	for i := range boots {
		longest = max(longest, boots[i].Took())
	}
	for i := range boots {
		w.Boots = append(w.Boots, drawBoot(i+1, &boots[i], longest))
	}
	w.Ticks = ticks(longest)
	return w
}

func drawBoot(number int, b *api.Boot, scale time.Duration) drawn {
	d := drawn{Number: number, Began: b.Began(), Took: b.Took(), Bytes: b.Bytes(), End: phaseNotice}
	for i := range b.Steps {
		e := &b.Steps[i]
		if e.Log != nil {
			d.Log = append(d.Log, line{e.Began().Sub(d.Began), e.Text, e.Log.Severity, severe(e.Log.Severity)})
			continue
		}
		s := drawStep(e, d.Began, scale)
		if s.Bad {
			d.Bad++
		}
		if s.Phase != phaseNotice && !s.Bad {
			d.End = s.Phase
		}
		d.Steps = append(d.Steps, s)
	}
	return d
}

func drawStep(e *api.Event, began time.Time, scale time.Duration) step {
	at := e.Began().Sub(began)
	s := step{Phase: phaseOf(e), At: at, What: what(e), Bad: bad(e), X: min(part(at, scale), 100-point), W: point, More: e.Detail}
	if f := e.File; f != nil && e.Kind == boot.EventFile.String() {
		s.File, s.Bytes, s.Repeated, s.Took = true, f.Bytes, f.Retransmits, e.Time.Sub(e.Began())
		if f.Seconds > 0 {
			s.Rate = float64(f.Bytes) / f.Seconds
		}
		s.W, s.More = max(point, part(s.Took, scale)), fileMore(e)
	}
	return s
}

// fileMore says of a transfer what there is no column for.
func fileMore(e *api.Event) string {
	f := e.File
	words := []string{strings.ToUpper(f.Protocol)}
	if f.BlockSize > 0 {
		words = append(words, fmt.Sprintf("blksize %d", f.BlockSize), fmt.Sprintf("windowsize %d", max(1, f.WindowSize)))
	}
	if f.Status > 0 && f.Status != 200 {
		words = append(words, fmt.Sprintf("status %d", f.Status))
	}
	if f.Size >= 0 && f.Bytes != f.Size {
		words = append(words, fmt.Sprintf("%s of %s", sizeText(f.Bytes), sizeText(f.Size)))
	}
	if e.Detail != "" {
		words = append(words, e.Detail)
	}
	return strings.Join(words, ", ")
}

// what says what a step was. That a file came whole needs no word.
func what(e *api.Event) string {
	switch f := e.File; {
	case f != nil && e.Kind == boot.EventFile.String() && f.Outcome == "complete":
		return f.Name
	case f != nil && e.Kind == boot.EventFile.String():
		return f.Name + ": " + f.Outcome
	case e.DHCP != nil:
		return strings.TrimPrefix(e.Line(), "dhcp ")
	}
	return e.Text
}

// bad reports whether an operator should look at a step.
func bad(e *api.Event) bool {
	return e.Level == boot.LevelWarn.String() || e.Level == boot.LevelError.String() || e.File != nil && e.Kind == boot.EventFile.String() && !e.File.Good
}

// severe knows syslog's words from err upwards.
func severe(severity string) bool {
	return slices.Contains([]string{"emerg", "alert", "crit", "err", "error"}, severity)
}

func part(d, of time.Duration) percent {
	if of <= 0 {
		return 0
	}
	return percent(100 * float64(min(max(d, 0), of)) / float64(of))
}

// ticks are three to seven round times.
func ticks(all time.Duration) []tick {
	out := []tick{{0, "0", false}}
	for _, every := range []time.Duration{time.Millisecond, 10 * time.Millisecond, 100 * time.Millisecond, time.Second, 2 * time.Second, 5 * time.Second,
		10 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour} {
		if all > 7*every || all <= 0 {
			continue
		}
		for at := every; at <= all; at += every {
			out = append(out, tick{part(at, all), tookText(at), at+every > all})
		}
		return out
	}
	return out
}
