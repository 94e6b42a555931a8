// SPDX-License-Identifier: Apache-2.0

package dhcpload

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"runtime"
	"time"

	"github.com/bootlace-net/bootlace/bench/mmsg"
)

const (
	batch    = 64
	idleWait = 20 * time.Millisecond
	most     = 1 << 24 // hardware addresses that differ
)

// runner owns the socket and all machines.
type runner struct {
	spec   Spec
	sock   *mmsg.Socket
	in     *mmsg.In
	out    *mmsg.Out
	start  time.Time
	sent   []time.Duration // per machine; 0: not yet, -1: settled
	next   int
	oldest int // machines below have settled
	live   int
	result Result
}

// Run lets all machines look for a boot server. The error is about the generator; a server's failures are in the result.
func Run(ctx context.Context, s Spec) (*Result, error) {
	if s.Machines < 1 || s.Machines > most || s.AtOnce < 1 {
		return nil, fmt.Errorf("%d machines, %d at once: want 1 to %d and at least 1", s.Machines, s.AtOnce, most)
	}
	sock, err := mmsg.Listen(netip.AddrPortFrom(netip.IPv4Unspecified(), 68), mmsg.Options{Device: s.Interface, Broadcast: true, Buffer: 32 << 20})
	if err != nil {
		return nil, err
	}
	defer sock.Close()
	if err := sock.SetReadTimeout(idleWait); err != nil {
		return nil, err
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	restore, err := mmsg.Bind(s.CPU)
	if err != nil {
		return nil, err
	}
	defer restore()
	r := &runner{spec: s, sock: sock, in: mmsg.NewIn(batch, 1500), out: mmsg.NewOut(batch, 1), start: time.Now(), sent: make([]time.Duration, s.Machines)}
	for r.oldest < s.Machines && time.Since(r.start) < s.Limit && ctx.Err() == nil {
		if err := r.begin(); err != nil {
			return nil, err
		}
		if err := r.receive(); err != nil {
			return nil, err
		}
		r.expire()
	}
	r.giveUp(0)
	return &r.result, nil
}

// begin lets machines send until enough of them wait.
func (r *runner) begin() error {
	now := max(time.Since(r.start), 1)
	to := netip.AddrPortFrom(netip.AddrFrom4([4]byte{255, 255, 255, 255}), 67)
	for r.live < r.spec.AtOnce && r.next < r.spec.Machines {
		r.out.Add(to, 0, 0, discover(r.next))
		r.sent[r.next] = now
		r.next++
		r.live++
		if r.out.Full() {
			break
		}
	}
	if r.out.Len() == 0 {
		return nil
	}
	return r.sock.Send(r.out)
}

func (r *runner) receive() error {
	n, err := r.sock.Receive(r.in, !r.spec.Spin && (r.live == r.spec.AtOnce || r.next == r.spec.Machines))
	if err != nil {
		return err
	}
	now := time.Since(r.start)
	for i := range n {
		machine, err := offered(r.in.Data(i), r.spec.Machines)
		switch {
		case errors.Is(err, errNotOurs):
		case err != nil:
			r.result.Wrong++
			r.result.Why = err.Error()
		case r.sent[machine] <= 0:
			r.result.Extra++
		default:
			r.result.Answered.Add(now - r.sent[machine])
			r.result.Offers++
			r.result.Elapsed = now
			r.settle(machine)
		}
	}
	return nil
}

func (r *runner) settle(machine int) {
	r.sent[machine] = -1
	r.live--
}

// expire gives up on machines that have waited too long; they began in order.
func (r *runner) expire() { r.giveUp(r.spec.Timeout) }

// giveUp settles machines that have waited at least that long. They have waited: a quantile of those that were served
// would flatter a server that serves few.
func (r *runner) giveUp(after time.Duration) {
	now := time.Since(r.start)
	for r.oldest < r.next {
		sent := r.sent[r.oldest]
		if sent > 0 {
			if now-sent < after {
				return
			}
			r.result.Lost++
			r.result.Answered.Add(max(now-sent, r.spec.Timeout))
			r.settle(r.oldest)
		}
		r.oldest++
	}
}
