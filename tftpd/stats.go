// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"maps"
	"sync"
	"sync/atomic"
)

// Stats are the server's numbers at one moment. What is not said to be of the moment is counted since Listen.
type Stats struct {
	Active    int64 // requests that have not ended, of the moment
	ReadAhead int64 // bytes of content kept for reading ahead, of the moment

	Outcomes   map[Outcome]int64 // requests that ended; only those that happened
	Classes    map[Class]int64   // the same by kind of client
	ErrorsSent map[Code]int64    // requests that were refused with an ERROR
	Refusals   map[Reason]int64  // datagrams not answered; every reason is there

	Retransmits    int64 // datagrams sent again, of transfers that ended
	ReceivedBytes  int64 // of uploads that were stored
	ReceivedBlocks int64 // DATA blocks in order, of uploads that ended in any way

	RTT      Histogram // seconds; the smoothed round trip time of transfers at their end
	Duration Histogram // seconds; of complete transfers

	Lanes []LaneStats
}

// LaneStats are the numbers of one lane.
type LaneStats struct {
	SentBlocks int64 // of DATA, repeated ones included
	SentBytes  int64 // of content, repeated ones included
	SendErrors int64 // datagrams the network refused
}

// Sent adds up the lanes.
func (s *Stats) Sent() LaneStats {
	var sum LaneStats
	for _, l := range s.Lanes {
		sum.SentBlocks += l.SentBlocks
		sum.SentBytes += l.SentBytes
		sum.SendErrors += l.SendErrors
	}
	return sum
}

// counters are what the server counts.
type counters struct {
	refusals     [reasons]eventCounter
	sendFailures eventCounter
	portless     eventCounter

	mu    sync.Mutex
	ended Stats // what is counted when a request ends
}

func (c *counters) init() {
	c.ended = Stats{
		Outcomes: make(map[Outcome]int64), Classes: make(map[Class]int64), ErrorsSent: make(map[Code]int64),
		RTT: exponential(25e-6, 4, 9), Duration: exponential(1e-3, 4, 10),
	}
}

// finished counts a request that ended.
func (c *counters) finished(f *Finished) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := &c.ended
	s.Outcomes[f.Outcome]++
	s.Classes[f.Class]++
	if f.Outcome == Refused {
		s.ErrorsSent[f.Code]++
		return
	}
	s.Retransmits += f.Retransmits
	s.ReceivedBlocks += f.received
	if f.RTT > 0 {
		s.RTT.observe(f.RTT.Seconds())
	}
	if f.Outcome != Complete {
		return
	}
	s.Duration.observe(f.Duration.Seconds())
	if f.Request.Write {
		s.ReceivedBytes += f.Bytes
	}
}

// snapshot copies what was counted when requests ended.
func (c *counters) snapshot() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.ended
	s.Outcomes, s.Classes, s.ErrorsSent = maps.Clone(s.Outcomes), maps.Clone(s.Classes), maps.Clone(s.ErrorsSent)
	s.RTT, s.Duration = s.RTT.clone(), s.Duration.clone()
	return s
}

// Stats gives the server's numbers. Call it after Listen; any goroutine may.
func (s *Server) Stats() Stats {
	st := s.counters.snapshot()
	st.Active, st.ReadAhead = int64(s.index.running()), s.sources.cache.resident()
	st.Refusals = make(map[Reason]int64, reasons)
	for i := range s.counters.refusals {
		st.Refusals[Reason(i)] = s.counters.refusals[i].total.Load()
	}
	for _, l := range s.lanes {
		st.Lanes = append(st.Lanes, l.stats.read())
	}
	return st
}

// laneStats are a lane's counters: added up by its goroutine, published when it sends.
type laneStats struct {
	blocks, bytes int64 // not yet published

	sentBlocks, sentBytes, sendErrors atomic.Int64
}

// sent counts n blocks.
func (s *laneStats) sent(n, bytes int64) {
	s.blocks += n
	s.bytes += bytes
}

func (s *laneStats) publish() {
	s.sentBlocks.Add(s.blocks)
	s.sentBytes.Add(s.bytes)
	s.blocks, s.bytes = 0, 0
}

func (s *laneStats) read() LaneStats {
	return LaneStats{SentBlocks: s.sentBlocks.Load(), SentBytes: s.sentBytes.Load(), SendErrors: s.sendErrors.Load()}
}
