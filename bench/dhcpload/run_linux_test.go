// SPDX-License-Identifier: Apache-2.0

package dhcpload

import (
	"testing"
	"time"
)

// TestUnansweredHaveWaited: a server that serves few of many quickly has no good p99.
func TestUnansweredHaveWaited(t *testing.T) {
	r := &runner{spec: Spec{Machines: 100, Timeout: time.Second}, start: time.Now().Add(-3 * time.Second), sent: make([]time.Duration, 100), next: 100, live: 100}
	for n := range r.sent {
		r.sent[n] = time.Millisecond
		if n < 90 {
			r.result.Answered.Add(time.Millisecond)
			r.result.Offers++
			r.settle(n)
		}
	}
	r.expire()
	if got := &r.result; got.Lost != 10 || r.live != 0 || got.Answered.Count() != 100 || got.Answered.Quantile(0.5) > 2*time.Millisecond || got.Answered.Quantile(0.99) < time.Second {
		t.Errorf("%d lost, %d waiting, p50 %v, p99 %v of %d", got.Lost, r.live, got.Answered.Quantile(0.5), got.Answered.Quantile(0.99), got.Answered.Count())
	}
}
