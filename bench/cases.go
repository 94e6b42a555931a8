// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"time"
)

// trial is one load that every server gets.
type trial struct {
	group, name string
	clients     int
	transfers   int
	blksize     int
	windowsize  int
	size        int
	loss        float64 // share, each way
	rtt         time.Duration
	starts      int // first requests per second; 0: as fast as the generator can
	rounds      int // 0: as asked
	limit       time.Duration
	plot        bool
	windowed    bool // only servers that know RFC 7440: the others have the same number in the lock-step case
}

// apart gives the generator the last processor and the server the others when there is one client only; the generator then polls
// without sleep, as firmware does. Both would otherwise meet on one processor by the scheduler's luck, and a reply would cost no
// wake-up of the server, which no client on a network ever sees. The generator's is counted from 1; 0 and none: no matter.
func apart(clients, cpus int) (generator int, server []int) {
	if clients > 1 || cpus < 2 {
		return 0, nil
	}
	for c := range cpus - 1 {
		server = append(server, c)
	}
	return cpus, server
}

const (
	groupClients = "Lock-step, clients at once (blksize 1468)"
	groupBlksize = "Lock-step, block sizes (64 clients)"
	groupWindow  = "Windows (blksize 1468)"
	groupLoss    = "Loss and 1 ms round trip (16 clients, blksize 1468)"
	groupCustom  = "Own cases"

	kib, mib = 1 << 10, 1 << 20

	// Names that goals refer to.
	caseOne, case64, case256 = "1 client", "64 clients", "256 clients"
	case2000, case10000      = "2,000 clients", "10,000 clients, 1 MiB each"
	case512                  = "64 clients, blksize 512"
	caseWindow16             = "16 clients, windowsize 16"
	bootStorm                = 10000           // first requests per second of the two storms
	quickLimit               = 4 * time.Second // a server that stalls must not make the quick run slow
)

func lossCase(window int, loss float64) string {
	w := "lock-step"
	if window > 0 {
		w = fmt.Sprintf("windowsize %d", window)
	}
	return fmt.Sprintf("%s, %g %% loss", w, 100*loss)
}

// matrix is the default: one axis at a time, and each lock-step case about 180,000 blocks, a second for dnsmasq.
func matrix() []trial {
	ts := []trial{
		{group: groupClients, name: caseOne, clients: 1, transfers: 1, size: 24 * mib, plot: true},
		{group: groupClients, name: case64, clients: 64, transfers: 2, size: 2 * mib},
		{group: groupClients, name: case256, clients: 256, transfers: 2, size: 512 * kib, plot: true},
		{group: groupClients, name: case2000, clients: 2000, transfers: 2, size: 64 * kib, starts: bootStorm, limit: 15 * time.Second, plot: true},
		{group: groupClients, name: case10000, clients: 10000, transfers: 1, size: mib, starts: bootStorm, rounds: 1, limit: 50 * time.Second, plot: true},
		{group: groupBlksize, name: case512, clients: 64, transfers: 2, size: 768 * kib, blksize: 512, plot: true},
		{group: groupBlksize, name: "64 clients, blksize 1024", clients: 64, transfers: 2, size: 1536 * kib, blksize: 1024, plot: true},
		{group: groupBlksize, name: "64 clients, blksize 8192", clients: 64, transfers: 2, size: 8 * mib, blksize: 8192, plot: true},
		{group: groupWindow, name: "16 clients, windowsize 4", clients: 16, transfers: 2, size: 8 * mib, windowsize: 4, plot: true},
		{group: groupWindow, name: caseWindow16, clients: 16, transfers: 2, size: 8 * mib, windowsize: 16, plot: true},
		{group: groupWindow, name: "16 clients, windowsize 64", clients: 16, transfers: 2, size: 8 * mib, windowsize: 64, plot: true},
		{group: groupWindow, name: "1 client, windowsize 64", clients: 1, transfers: 2, size: 64 * mib, windowsize: 64, windowed: true},
		{group: groupWindow, name: "256 clients, windowsize 16", clients: 256, transfers: 2, size: mib, windowsize: 16},
	}
	for _, w := range []int{0, 4, 16} { // about 180 round trips each, whatever the window
		for _, loss := range []float64{0, 0.001, 0.01} {
			ts = append(ts, trial{group: groupLoss, name: lossCase(w, loss), clients: 16, transfers: 1, size: 256 * kib * max(w, 1), windowsize: w,
				loss: loss, rtt: time.Millisecond, rounds: 1, limit: 20 * time.Second, windowed: w > 0})
		}
	}
	return complete(ts)
}

// quickMatrix keeps the cases that goals speak of, smaller.
func quickMatrix() []trial {
	ts := []trial{
		{group: groupClients, name: caseOne, clients: 1, transfers: 1, size: 6 * mib, plot: true},
		{group: groupClients, name: case256, clients: 256, transfers: 2, size: 128 * kib, plot: true},
		{group: groupClients, name: case2000, clients: 2000, transfers: 2, size: 16 * kib, starts: bootStorm, plot: true},
		{group: groupBlksize, name: case512, clients: 64, transfers: 2, size: 192 * kib, blksize: 512, plot: true},
		{group: groupWindow, name: caseWindow16, clients: 16, transfers: 2, size: 4 * mib, windowsize: 16, plot: true},
	}
	for _, loss := range []float64{0, 0.01} {
		ts = append(ts, trial{group: groupLoss, name: lossCase(0, loss), clients: 16, transfers: 1, size: 64 * kib,
			loss: loss, rtt: time.Millisecond, limit: 3 * time.Second})
	}
	ts = complete(ts)
	for i := range ts {
		ts[i].rounds = 1
		if ts[i].limit == 0 {
			ts[i].limit = quickLimit
		}
	}
	return ts
}

func complete(ts []trial) []trial {
	for i := range ts {
		if ts[i].blksize == 0 {
			ts[i].blksize = 1468
		}
	}
	return ts
}

// product makes the cases that flags describe.
func product(c custom) []trial {
	var ts []trial
	for _, n := range c.clients {
		for _, b := range c.blksizes {
			for _, w := range c.windows {
				for _, l := range c.losses {
					ts = append(ts, trial{group: groupCustom, clients: n, transfers: c.transfers, blksize: b, windowsize: w, size: c.size,
						loss: l / 100, rtt: c.rtt, starts: bootStorm, plot: true,
						name: label(n, b, w, l, c.rtt)})
				}
			}
		}
	}
	return ts
}

// label names a combination by what is not usual in it.
func label(clients, blksize, window int, loss float64, rtt time.Duration) string {
	s := fmt.Sprintf("%d clients, blksize %d", clients, blksize)
	if window > 0 {
		s += fmt.Sprintf(", windowsize %d", window)
	}
	if loss > 0 {
		s += fmt.Sprintf(", %g %% loss", loss)
	}
	if rtt > 0 {
		s += fmt.Sprintf(", %v round trip", rtt)
	}
	return s
}

// trials are the cases to run, with rounds and limits filled in.
func trials(o *options) []trial {
	all := matrix()
	switch {
	case len(o.custom.clients) > 0:
		all = product(o.custom)
	case o.quick:
		all = quickMatrix()
	}
	var ts []trial
	for _, t := range all {
		if !o.match.MatchString(t.name) {
			continue
		}
		if o.rounds > 0 || t.rounds == 0 {
			t.rounds = max(o.rounds, 0)
		}
		if t.rounds == 0 {
			t.rounds = 3
		}
		if t.limit == 0 || t.limit > o.limit {
			t.limit = o.limit
		}
		ts = append(ts, t)
	}
	return ts
}

func list(o *options, w io.Writer) error {
	for _, t := range trials(o) {
		_, err := fmt.Fprintf(w, "%-42s %2d rounds of %d x %d transfers of %d bytes\n", t.name, t.rounds, t.clients, t.transfers, t.size)
		if err != nil {
			return err
		}
	}
	return nil
}
