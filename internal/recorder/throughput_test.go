// SPDX-License-Identifier: Apache-2.0

package recorder

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/boot"
)

var midnight = time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)

func moved(p boot.Protocol, at time.Time, bytes int64, took time.Duration, good bool) boot.Event {
	return boot.Event{Time: at, Kind: boot.EventFile, Transfer: &boot.Transfer{Protocol: p, Name: "x", Bytes: bytes, Duration: took, Good: good, Retransmits: 1}}
}

func TestThroughput(t *testing.T) {
	now := midnight.Add(10*time.Minute + time.Second)
	r := New(Log{}, nil, func() time.Time { return now })
	r.Record(moved(boot.TFTP, midnight.Add(2*time.Minute+30*time.Second), 6000, time.Minute, true)) // half of it in each minute
	r.Record(moved(boot.HTTP, midnight.Add(time.Minute+time.Second), 100, 0, false))
	r.Record(moved(boot.HTTP, midnight.Add(9*time.Minute+30*time.Second), 1000, time.Hour, true)) // it began then, and ends later
	want := []Minute{
		{At: midnight.Add(time.Minute), TFTP: 3000, HTTP: 100, Files: 1, Failed: 1, Retransmits: 1},
		{At: midnight.Add(2 * time.Minute), TFTP: 3000, Files: 1, Retransmits: 1},
		{At: midnight.Add(9 * time.Minute), HTTP: 8},
		{At: midnight.Add(10 * time.Minute), HTTP: 16},
	}
	if diff := cmp.Diff(want, r.Throughput()); diff != "" {
		t.Error(diff)
	}
	now = now.Add(minutesOfADay * time.Minute)
	r.Record(moved(boot.TFTP, now, 1, 0, true))
	for _, m := range r.Throughput() {
		if now.Sub(m.At) > minutesOfADay*time.Minute {
			t.Errorf("%v is older than a day", m.At)
		}
	}
}

// TestThroughputLosesNoByte, however long and large transfers are.
func TestThroughputLosesNoByte(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var want, got int64
	now := midnight.Add(minutesOfADay * time.Minute)
	r := New(Log{}, nil, func() time.Time { return now })
	for range 200 {
		n, took := rnd.Int64N(1<<40), time.Duration(rnd.Int64N(int64(6*time.Hour)))
		r.Record(moved(boot.TFTP, now.Add(-time.Duration(rnd.Int64N(int64(6*time.Hour)))), n, took, true))
		want += n
	}
	for _, m := range r.Throughput() {
		got += m.TFTP
	}
	if got != want || want == 0 {
		t.Errorf("%d bytes of %d", got, want)
	}
}
