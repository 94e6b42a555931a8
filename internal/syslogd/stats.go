// SPDX-License-Identifier: Apache-2.0

package syslogd

import "sync/atomic"

// Reason is why a line was left out.
type Reason uint8

// The reasons.
const (
	Stranger  Reason = iota // the address is no machine's
	Talkative               // its address said too much
	Flood                   // all together said too much
	Empty                   // a datagram has nothing to read in it
	reasonCount
)

// String gives the word for metrics.
func (r Reason) String() string { return [...]string{"stranger", "talkative", "flood", "empty"}[r] }

// Stats are how many lines there were.
type Stats struct {
	Lines   map[Form]uint64
	Dropped map[Reason]uint64 // of strangers, and of what is empty: datagrams
}

type counters struct {
	lines   [formCount]atomic.Uint64
	dropped [reasonCount]atomic.Uint64
}

// Stats counts from the start. Every form and every reason is there.
func (s *Server) Stats() Stats {
	out := Stats{Lines: make(map[Form]uint64), Dropped: make(map[Reason]uint64)}
	for f := range formCount {
		out.Lines[f] = s.counters.lines[f].Load()
	}
	for r := range reasonCount {
		out.Dropped[r] = s.counters.dropped[r].Load()
	}
	return out
}

func (s *Server) drop(why Reason, n int) { s.counters.dropped[why].Add(uint64(n)) }
