// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/bootlace-net/bootlace/bench/report"
	"github.com/bootlace-net/bootlace/bench/stat"
)

// summary makes a row of the rounds of one server; false when it does not take part.
func summary(t trial, e entry, samples []sample) (report.Row, bool) {
	row := report.Row{Group: t.group, Case: t.name, Server: e.Name, Peer: e.Peer, Floor: e.Fixed, Note: e.missing}
	if !e.runs(t) || (len(samples) == 0 && e.missing == "") {
		return row, false
	}
	var good []sample
	var speeds []float64
	var notes []string
	for _, s := range samples {
		if s.err != nil {
			notes = append(notes, s.err.Error())
			continue
		}
		good = append(good, s)
		speeds = append(speeds, s.speed())
		row.Done += s.Done
		row.Failed += s.Failed
		row.Unfinished += s.Unfinished
		row.Repeats += s.Repeats
		row.Duplicates += s.Duplicates
		row.Memory = max(row.Memory, s.memory)
		notes = append(notes, remarks(t, s)...)
	}
	row.Rounds = len(good)
	row.BlocksPerSecond, row.Spread = stat.Median(speeds), stat.Spread(speeds)
	row.BytesPerSecond = middle(good, func(s sample) float64 {
		if s.Elapsed <= 0 {
			return 0
		}
		return float64(s.Bytes) / s.Elapsed.Seconds()
	})
	row.CPUPerBlock = middle(good, sample.cost)
	quantile := func(h func(sample) *stat.Histogram, q float64) time.Duration {
		return middle(good, func(s sample) time.Duration { return h(s).Quantile(q) })
	}
	complete := func(s sample) *stat.Histogram { return &s.Complete }
	first := func(s sample) *stat.Histogram { return &s.FirstReply }
	turn := func(s sample) *stat.Histogram { return &s.Turnaround }
	row.CompleteP50, row.CompleteP99 = quantile(complete, 0.5), quantile(complete, 0.99)
	row.FirstP50, row.FirstP99 = quantile(first, 0.5), quantile(first, 0.99)
	row.TurnaroundP50, row.TurnaroundP99 = quantile(turn, 0.5), quantile(turn, 0.99)
	row.LoadedP99 = quantile(func(s sample) *stat.Histogram { return &s.Loaded }, 0.99)
	row.Note = strings.Join(unique(append([]string{row.Note}, notes...)), "; ")
	return row, true
}

// remarks says what a server did other than asked.
func remarks(t trial, s sample) []string {
	var notes []string
	if t.windowsize > 0 && s.Windowsize[1] > 0 && s.Windowsize[1] < t.windowsize {
		what := fmt.Sprintf("grants windowsize %d", s.Windowsize[1])
		if s.Windowsize[1] == 1 {
			what = "ignores windowsize"
		}
		notes = append(notes, what)
	}
	if s.Blksize[1] > 0 && s.Blksize[1] < t.blksize {
		notes = append(notes, fmt.Sprintf("grants blksize %d", s.Blksize[1]))
	}
	if s.Repeats > 0 {
		notes = append(notes, "clients had to repeat themselves")
	}
	if t.clients > 1 && s.Elapsed > 0 && s.cpu > 0 && s.Busy.Seconds() > 0.9*s.Elapsed.Seconds() && s.cpu.Seconds() < 0.9*s.Elapsed.Seconds() {
		notes = append(notes, "limited by the load generator")
	}
	if why := reason(s); why != "" {
		notes = append(notes, strings.ReplaceAll(why, "|", "/"))
	}
	return notes
}

func middle[S any, T float64 | time.Duration](samples []S, value func(S) T) T {
	var vs []T
	for _, s := range samples {
		vs = append(vs, value(s))
	}
	return stat.Median(vs)
}

// unique keeps the first of equal and drops empty strings.
func unique(in []string) []string {
	var out []string
	seen := map[string]bool{"": true}
	for _, s := range in {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}
