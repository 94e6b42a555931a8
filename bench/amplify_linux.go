// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/bootlace-net/bootlace/bench/contest"
	"github.com/bootlace-net/bootlace/bench/load"
	"github.com/bootlace-net/bootlace/bench/report"
)

// amplification sends every server one plain request and one with options, never answers, and counts what comes back. All servers
// stand at once, each on its own address: nothing competes here, only time passes.
func (b *bench) amplification(ctx context.Context) error {
	over := b.amplify
	if b.quick {
		over = min(over, 4*time.Second)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	results := map[int]report.Amplification{}
	for i, e := range b.entries {
		if e.Fixed || e.missing != "" || (e.Name != nameBootlace && !e.Peer) {
			continue
		}
		wg.Go(func() {
			a := b.draw(ctx, i, over)
			mu.Lock()
			defer mu.Unlock()
			results[i] = a
		})
	}
	wg.Wait()
	for i := range b.entries {
		if a, ok := results[i]; ok {
			b.report.Amplification = append(b.report.Amplification, a)
			b.printf("amplification over %v: %-12s plain x%.1f, with options x%.1f %s\n", over, a.Server, a.Plain.Factor(), a.Options.Factor(), a.Note)
		}
	}
	return nil
}

func (b *bench) draw(ctx context.Context, number int, over time.Duration) report.Amplification {
	e := b.entries[number]
	a := report.Amplification{Server: e.Name, Over: over}
	place := contest.Place{Root: b.root, Addr: serverAddr(number), Clients: 10, Blksize: 1468}
	p, err := contest.Start(ctx, e.Argv(place))
	if err != nil {
		a.Note = err.Error()
		return a
	}
	defer p.Stop()
	if err := b.warm(ctx, p, e, place, nil); err != nil {
		a.Note = err.Error()
		return a
	}
	var wg sync.WaitGroup
	for _, c := range []struct {
		to      *report.Drawn
		from    byte
		request []byte
	}{
		{&a.Plain, 1, load.Request(warmName, 0, 0)},
		{&a.Options, 2, load.Request(warmName, 1468, 0)},
	} {
		wg.Go(func() {
			// An address of its own for each: what one draws must not be charged to the other.
			from := netip.AddrFrom4([4]byte{127, 0, c.from, byte(10 + number)})
			if err := listen(ctx, from, place.Addr, c.request, over, c.to); err != nil {
				a.Note = err.Error()
			}
		})
	}
	wg.Wait()
	return a
}

// listen sends one request and counts.
func listen(ctx context.Context, from netip.Addr, to netip.AddrPort, request []byte, over time.Duration, d *report.Drawn) error {
	conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(from, 0)))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	if err := conn.SetReadDeadline(time.Now().Add(over)); err != nil {
		return err
	}
	if _, err := conn.WriteToUDPAddrPort(request, to); err != nil {
		return err
	}
	d.Request = len(request)
	buf := make([]byte, 65536)
	for {
		n, _, err := conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			return nil // the deadline, or an interrupt
		}
		d.Bytes += n
		d.Packets++
	}
}
