// SPDX-License-Identifier: Apache-2.0

package load

import (
	"net/netip"
	"time"

	"github.com/bootlace-net/bootlace/bench/stat"
)

// Spec says what is asked of a server.
type Spec struct {
	Server     netip.AddrPort
	Name       string // file to ask for
	Content    []byte // what it holds
	Clients    int    // at once
	Transfers  int    // one after the other, per client
	Blksize    int    // 0: option not sent
	Windowsize int    // 0: option not sent

	Loss float64       // share of packets dropped, each way
	RTT  time.Duration // added to every packet that a client sends
	Seed uint64        // of the losses

	Starts  int           // first requests per second at the beginning; 0: as fast as possible
	Timeout time.Duration // until a client repeats itself, doubled each time up to 10 s (iPXE: 250 ms)
	Tries   int           // repeats without progress before a client gives up
	Limit   time.Duration // after which the run ends with unfinished clients
	Workers int           // threads of the generator
	CPU     int           // processor they are bound to, counted from 1; 0: any
	Spin    bool          // look for packets without sleeping, as firmware does; wants a processor of its own
}

// Result is what the clients saw.
type Result struct {
	Elapsed    time.Duration // first request to last block
	Busy       time.Duration // CPU time of the generator, all workers
	Blocks     uint64        // new and right ones
	Bytes      uint64        // of content
	Done       int           // transfers completed, every byte compared
	Failed     int           // given up or refused
	Unfinished int           // still running (or not begun) at the limit
	Failures   map[string]int

	Repeats    uint64 // a client's timer fired
	Duplicates uint64 // blocks that came again
	Gaps       uint64 // a block was missing inside a window
	Strays     uint64 // packets for no running transfer
	Dropped    uint64 // by the injected loss

	Blksize    [2]int // least and greatest in force
	Windowsize [2]int

	Complete   stat.Histogram // request to last block
	FirstReply stat.Histogram // first request to first reply of the same transfer
	Loaded     stat.Histogram // the same, for transfers that began while others were running
	Turnaround stat.Histogram // ACK to the first block it released
}

// merge adds another worker's result.
func (r *Result) merge(o *Result) {
	r.Elapsed = max(r.Elapsed, o.Elapsed)
	r.Busy += o.Busy
	r.Blocks += o.Blocks
	r.Bytes += o.Bytes
	r.Done += o.Done
	r.Failed += o.Failed
	r.Unfinished += o.Unfinished
	for k, v := range o.Failures {
		r.fail(k, v)
	}
	r.Repeats += o.Repeats
	r.Duplicates += o.Duplicates
	r.Gaps += o.Gaps
	r.Strays += o.Strays
	r.Dropped += o.Dropped
	r.Blksize = widen(r.Blksize, o.Blksize)
	r.Windowsize = widen(r.Windowsize, o.Windowsize)
	r.Complete.Merge(&o.Complete)
	r.FirstReply.Merge(&o.FirstReply)
	r.Loaded.Merge(&o.Loaded)
	r.Turnaround.Merge(&o.Turnaround)
}

func (r *Result) fail(why string, n int) {
	if r.Failures == nil {
		r.Failures = map[string]int{}
	}
	r.Failures[why] += n
}

// widen returns the range that covers both; 0, 0 is no range yet.
func widen(a, b [2]int) [2]int {
	switch {
	case a == [2]int{}:
		return b
	case b == [2]int{}:
		return a
	}
	return [2]int{min(a[0], b[0]), max(a[1], b[1])}
}
