// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"time"

	"github.com/bootlace-net/bootlace/tftpd/internal/proto"
)

// Retransmit are the limits of the retransmission timer.
type Retransmit struct {
	Floor   time.Duration // never repeat sooner; default 10 ms (500 ms for Raspberry Pi)
	Ceiling time.Duration // never wait longer between repeats; default 4 s. A negotiated timeout lowers it
	Initial time.Duration // before the first round trip is known; default 250 ms. A negotiated timeout lengthens it
}

// defaultRetransmit gives the defaults of a class.
//
// A Raspberry Pi counts a repeated block of start4.elf twice and hangs (raspberrypi/firmware#1631): it is repeated to only
// when it must have been lost. U-Boot asks timeout=5 and repeats nothing itself before that.
func defaultRetransmit(c Class) Retransmit {
	r := Retransmit{Floor: 10 * time.Millisecond, Ceiling: 4 * time.Second, Initial: 250 * time.Millisecond}
	if c == RaspberryPi {
		r.Floor, r.Initial = 500*time.Millisecond, time.Second
	}
	return r
}

// or fills what is not set.
func (r Retransmit) or(d Retransmit) Retransmit {
	if r.Floor <= 0 {
		r.Floor = d.Floor
	}
	if r.Ceiling <= 0 {
		r.Ceiling = d.Ceiling
	}
	if r.Initial <= 0 {
		r.Initial = d.Initial
	}
	r.Ceiling = max(r.Ceiling, r.Floor)
	return r
}

// limits gives the timer's limits for a transfer. What was negotiated is the time before the first round trip is known.
func (r Retransmit) limits(negotiated int64) proto.TimerLimits {
	initial := max(int64(r.Initial), min(negotiated, int64(r.Ceiling)))
	return proto.TimerLimits{Floor: int64(r.Floor), Ceiling: int64(r.Ceiling), Initial: initial, Negotiated: negotiated}
}
