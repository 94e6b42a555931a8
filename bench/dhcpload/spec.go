// SPDX-License-Identifier: Apache-2.0

package dhcpload

import (
	"time"

	"github.com/bootlace-net/bootlace/bench/stat"
)

// Spec says what is asked.
type Spec struct {
	Interface string // that the machines are on; port 68 must be free there
	Machines  int    // altogether
	AtOnce    int    // of them waiting at any time
	Timeout   time.Duration
	Limit     time.Duration
	CPU       int  // processor of the generator, counted from 1; 0: any
	Spin      bool // look for packets without sleeping, as firmware does; wants a processor of its own
}

// Result is what the machines saw.
type Result struct {
	Elapsed  time.Duration
	Offers   int // right ones, one for each machine
	Lost     int // machines without an offer in time
	Wrong    int // answers that no PXE client takes
	Why      string
	Extra    int            // second offers for the same machine, and late ones
	Answered stat.Histogram // how long machines waited; one without an offer has waited for at least the timeout
}
