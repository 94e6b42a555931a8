// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"net/netip"
	"sync/atomic"
	"time"
)

// Reason is why a datagram was not answered, or with ERROR 4 only.
type Reason uint8

// The reasons.
const (
	Malformed           Reason = iota // no request that can be read: ERROR 4, at a limited rate
	NotARequest                       // another opcode on the request port: so are those that RFC 1350 does not know
	UnknownTransfer                   // to a transfer that does not run (any more)
	NetworkNotAllowed                 // Limits.Networks
	Broadcast                         // sent to a broadcast address
	RequestRate                       // Limits.RequestRate
	TransfersPerAddress               // Limits.PerAddress
	TransfersPerPrefix                // Limits.PerPrefix
	TooManyTransfers                  // Limits.Transfers
	WorkersBusy                       // too many requests wait for the Opener
	ClientsFull                       // no room to remember one more address
	reasons                           // how many there are
)

// String is the reason as a metric label; it stays the same between versions.
func (r Reason) String() string {
	return [...]string{"malformed", "not_a_request", "unknown_transfer", "network_not_allowed", "broadcast", "request_rate",
		"transfers_per_address", "transfers_per_prefix", "transfers", "workers_busy", "memory"}[r]
}

// eventCounter counts something that may happen very often, and says when it is time to tell.
type eventCounter struct {
	total  atomic.Int64
	told   atomic.Int64 // total when it was last told
	toldAt atomic.Int64 // and when; 0: never
}

// add counts n. Once a second it is time to tell: then it gives how many came since the last time.
func (c *eventCounter) add(n int64, now instant) (total, since int64, tell bool) {
	total = c.total.Add(n)
	last := c.toldAt.Load()
	if last != 0 && now-last < int64(time.Second) || !c.toldAt.CompareAndSwap(last, max(now, 1)) {
		return total, 0, false
	}
	return total, total - c.told.Swap(total), true
}

// refuse counts what is not answered.
func (s *Server) refuse(why Reason, from netip.AddrPort) {
	if total, since, tell := s.counters.refusals[why].add(1, s.now()); tell {
		s.tell(Refusals{Reason: why, Count: since, Total: total, Latest: from})
	}
}

// sendFailed counts what the network refused.
func (s *Server) sendFailed(n int64, err error) {
	if total, since, tell := s.counters.sendFailures.add(n, s.now()); tell {
		s.tell(SendFailures{Err: err, Count: since, Total: total})
	}
}

// lackPort takes note that no port could be opened.
func (s *Server) lackPort(err error) {
	if total, since, tell := s.counters.portless.add(1, s.now()); tell {
		s.tell(PortsShared{Err: err, Count: since, Total: total})
	}
}

func (s *Server) now() instant { return int64(time.Since(s.base)) }
