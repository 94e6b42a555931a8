// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"net/netip"
	"sync/atomic"
	"time"
)

// peer is who a transfer is with: the client's address and port and the address of ours it asked (which is left out on a
// socket bound to one address). Together with the lane's port these are the two transfer identifiers of RFC 1350 section 4.
type peer struct {
	remote netip.AddrPort
	local  netip.Addr
}

// transfer is one client being served. It belongs to its lane's goroutine from start to end; only over and proved are read
// by others.
type transfer struct {
	sender
	up *upload // not nil: the client sends, and sender is unused

	peer  peer
	asked peer // the same with the local address always filled: the key in the index
	ifi   int
	lane  *lane
	src   *source
	req   Request
	grant grant
	class Class
	began time.Time
	print uint64 // fingerprint of the request, to know it when it is repeated

	entered   int64 // chunk last entered
	held      order // what waits for a chunk or for workers
	waiting   bool  // a chunk is being read for us
	segments  bool  // windows may leave as one segmented send
	segmented bool  // one did
	listed    bool  // in lane.paced

	over       atomic.Bool
	known      atomic.Bool // the client has proved itself
	errorCount int
	outcome    Outcome
	code       Code
	detail     string // of the outcome: a client's or an internal error

	rest        instant // when an ended transfer leaves the table
	due         instant // when the wheel comes to it
	prev, after *transfer
	slot        int // of the wheel; -1: not in it
}
