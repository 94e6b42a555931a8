// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/bootlace-net/bootlace/bench/contest"
	"github.com/bootlace-net/bootlace/bench/load"
	"github.com/bootlace-net/bootlace/bench/report"
)

const (
	warmName = "a" // the shortest name: the amplification case counts its bytes
	warmSize = 64 << 10
	tftpPort = 69
)

// sample is one server in one round.
type sample struct {
	*load.Result
	cpu    time.Duration
	memory int64
	err    error
}

// tftp runs all trials. Within a trial the servers take turns in every round, and each round begins with another one, so that a busy
// minute of the machine does not fall on one server only.
func (b *bench) tftp(ctx context.Context) error {
	for _, t := range trials(b.options) {
		content := load.Content(t.size)
		path := filepath.Join(b.root, "file")
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
		samples := make([][]sample, len(b.entries))
		for round := range t.rounds {
			for k := range b.entries {
				i := (k + round) % len(b.entries)
				if ctx.Err() != nil {
					break
				}
				if e := b.entries[i]; e.missing == "" && e.runs(t) {
					s := b.once(ctx, t, i, content)
					samples[i] = append(samples[i], s)
					b.say(t, e.Name, s)
				}
			}
		}
		for i, e := range b.entries {
			if row, ok := summary(t, e, samples[i]); ok {
				b.report.Rows = append(b.report.Rows, row)
			}
		}
	}
	return nil
}

// say prints one line while the others are still to come.
func (b *bench) say(t trial, name string, s sample) {
	if s.err != nil {
		b.printf("%-30s %-22s %v\n", t.name, name, s.err)
		return
	}
	b.printf("%-30s %-22s %9.0f blocks/s %8s CPU/block  %s, failed %d, unfinished %d %s\n", t.name, name, s.speed(), report.Short(s.cost()),
		report.Short(s.Elapsed), s.Failed, s.Unfinished, reason(s))
}

func (s sample) speed() float64 {
	if s.Elapsed <= 0 {
		return 0
	}
	return float64(s.Blocks) / s.Elapsed.Seconds()
}

func (s sample) cost() time.Duration {
	if s.Blocks == 0 {
		return 0
	}
	return s.cpu / time.Duration(s.Blocks)
}

// once starts a server, lets it serve one file to warm up, puts the load on it and stops it.
func (b *bench) once(ctx context.Context, t trial, number int, content []byte) sample {
	e := b.entries[number]
	place := contest.Place{Root: b.root, Addr: serverAddr(number), Clients: t.clients, Blksize: t.blksize, Windowsize: t.windowsize, File: filepath.Join(b.root, "file")}
	generator, servers := apart(t.clients, runtime.NumCPU())
	p, err := contest.Start(ctx, e.Argv(place))
	if err != nil {
		return sample{err: err}
	}
	defer p.Stop()
	if err := b.warm(ctx, p, e, place, content); err != nil {
		return sample{err: err}
	}
	if err := p.Keep(servers); err != nil {
		return sample{err: err}
	}
	before, err := p.CPU()
	if err != nil {
		return sample{err: err}
	}
	r, err := load.Run(ctx, load.Spec{
		Server: place.Addr, Name: "file", Content: content, Clients: t.clients, Transfers: t.transfers, Blksize: t.blksize, Windowsize: t.windowsize,
		Loss: t.loss, RTT: t.rtt, Seed: b.seed, Starts: t.starts, Timeout: b.timeout, Tries: 12, Limit: t.limit, Workers: b.workers, CPU: generator, Spin: generator > 0,
	})
	if err != nil {
		return sample{err: err}
	}
	after, err := p.CPU()
	if err != nil {
		return sample{err: errors.Join(err, p.Exited())}
	}
	return sample{Result: r, cpu: after - before, memory: p.Peak()}
}

// serverAddr gives each server an address below those of the clients.
func serverAddr(number int) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, byte(10 + number)}), tftpPort)
}

// warm asks until the server has answered with a whole file.
func (b *bench) warm(ctx context.Context, p *contest.Process, e entry, place contest.Place, content []byte) error {
	name := warmName
	if !e.Fixed {
		content = load.Content(warmSize)
	}
	deadline := time.Now().Add(10 * time.Second)
	for time.Now().Before(deadline) && ctx.Err() == nil {
		r, err := load.Run(ctx, load.Spec{Server: place.Addr, Name: name, Content: content, Clients: 1, Transfers: 1, Blksize: place.Blksize,
			Windowsize: place.Windowsize, Timeout: 20 * time.Millisecond, Tries: 6, Limit: 5 * time.Second})
		if err != nil {
			return err
		}
		if r.Done == 1 {
			return nil
		}
		if err := p.Exited(); err != nil {
			return err
		}
		if len(r.Failures) > 0 && r.FirstReply.Count() > 0 {
			return fmt.Errorf("does not serve: %v", r.Failures)
		}
	}
	return fmt.Errorf("did not answer within 10 s; it says %q", p.Says())
}

// reason is one of the failures, for a line.
func reason(s sample) string {
	if s.Result == nil {
		return ""
	}
	var all []string
	for why := range s.Failures {
		all = append(all, why)
	}
	if len(all) == 0 {
		return ""
	}
	return "(" + slices.Min(all) + ")"
}
