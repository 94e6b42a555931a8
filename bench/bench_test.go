// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"flag"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/bench/contest"
	"github.com/bootlace-net/bootlace/bench/report"
)

func options1(t *testing.T, args ...string) *options {
	t.Helper()
	o, err := parse(args, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestFlagsRefuse(t *testing.T) {
	for _, args := range []string{"-nope", "word", "-skip everything", "-clients many", "-loss 100", "-loss -1", "-cases (", "-blksize -5"} {
		if _, err := parse(strings.Fields(args), io.Discard); !errors.Is(err, errUsage) {
			t.Errorf("%s: %v, want a usage error", args, err)
		}
	}
	if _, err := parse([]string{"-h"}, io.Discard); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("-h: %v", err)
	}
}

// TestEveryAxisIsCovered holds the default matrix to what it promises.
func TestEveryAxisIsCovered(t *testing.T) {
	clients, blksizes, windows, losses := map[int]bool{}, map[int]bool{}, map[int]bool{}, map[float64]bool{}
	names := map[string]bool{}
	for _, c := range trials(options1(t)) {
		clients[c.clients], blksizes[c.blksize], windows[c.windowsize], losses[c.loss] = true, true, true, true
		if names[c.name] {
			t.Errorf("two cases are called %q", c.name)
		}
		names[c.name] = true
		if c.rounds < 1 || c.limit <= 0 || c.size <= 0 || c.transfers < 1 {
			t.Errorf("incomplete case %+v", c)
		}
		if c.size/c.blksize+1 > 65535 {
			t.Errorf("%s: the floor cannot serve %d blocks", c.name, c.size/c.blksize+1)
		}
	}
	for _, n := range []int{1, 64, 256, 2000, 10000} {
		if !clients[n] {
			t.Errorf("no case of %d clients", n)
		}
	}
	for _, n := range []int{512, 1024, 1468, 8192} {
		if !blksizes[n] {
			t.Errorf("no case of blksize %d", n)
		}
	}
	for _, n := range []int{0, 4, 16, 64} {
		if !windows[n] {
			t.Errorf("no case of windowsize %d", n)
		}
	}
	for _, p := range []float64{0, 0.001, 0.01} {
		if !losses[p] {
			t.Errorf("no case of loss %v", p)
		}
	}
	for _, name := range []string{caseOne, case256, case2000, case10000, case512, caseWindow16, lossCase(0, 0.01), lossCase(4, 0), lossCase(16, 0.01)} {
		if !names[name] {
			t.Errorf("a goal speaks of %q, which no case is called", name)
		}
	}
}

func TestOwnCases(t *testing.T) {
	ts := trials(options1(t, "-clients", "4,8", "-blksize", "512,1468", "-windowsize", "0,16", "-loss", "0,1", "-rtt", "1ms", "-rounds", "2"))
	if len(ts) != 16 {
		t.Fatalf("%d cases, want every combination: 16", len(ts))
	}
	last := ts[15]
	if last.clients != 8 || last.blksize != 1468 || last.windowsize != 16 || last.loss != 0.01 || last.rtt != time.Millisecond || last.rounds != 2 {
		t.Errorf("last case %+v", last)
	}
	if got := trials(options1(t, "-cases", "^256 clients$")); len(got) != 1 || got[0].name != case256 {
		t.Errorf("-cases selects %+v", got)
	}
}

func TestQuickIsOneRound(t *testing.T) {
	for _, c := range trials(options1(t, "-quick")) {
		if c.rounds != 1 {
			t.Errorf("%s: %d rounds", c.name, c.rounds)
		}
	}
}

func TestFlagsOf(t *testing.T) {
	known := flagsOf("  --root DIR   serve\n  --gso auto|on|off\n -x, --single-port\n see http://a--b")
	if diff := cmp.Diff(map[string]bool{"root": true, "gso": true, "single-port": true, "b": true}, known); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	place := contest.Place{Clients: 1000, Blksize: 8192}
	if got := raised(map[string]bool{"max-transfers": true}, place); len(got) != 1 || got[0] != "--max-transfers=2100" {
		t.Errorf("flags %v: only known ones may be given", got)
	}
}

func TestApart(t *testing.T) {
	for _, c := range []struct {
		clients, cpus, generator int
		server                   []int
	}{{1, 2, 2, []int{0}}, {1, 4, 4, []int{0, 1, 2}}, {1, 1, 0, nil}, {2, 4, 0, nil}} {
		g, s := apart(c.clients, c.cpus)
		if diff := cmp.Diff(c.server, s); diff != "" || g != c.generator {
			t.Errorf("%d clients on %d processors: generator %d, want %d; server (-want +got) %s", c.clients, c.cpus, g, c.generator, diff)
		}
	}
}

// TestVerdicts: a goal is met, missed, or not measured; never met without numbers.
func TestVerdicts(t *testing.T) {
	for _, v := range verdicts(&report.Report{}) {
		if v.Known || v.Met || v.Measured != "" {
			t.Errorf("without any row: %+v", v)
		}
	}
	row := func(name, server string, peer bool, speed float64, cost time.Duration) report.Row {
		return report.Row{Case: name, Server: server, Peer: peer, Done: 1, BlocksPerSecond: speed, CPUPerBlock: cost, CompleteP50: time.Second, CompleteP99: time.Second}
	}
	r := &report.Report{
		Rows: []report.Row{
			row(case256, nameBootlace, false, 246, 3960), row(case256, nameDnsmasq, true, 184, 5400), row(case256, nameFloor, false, 260, 3000),
			row(caseOne, nameBootlace, false, 16, 1), row(caseOne, nameDnsmasq, true, 14, 1), row(caseOne, "atftpd", true, 16, 1),
			row(lossCase(4, 0), nameBootlace, false, 1, 1), row(lossCase(4, 0.01), nameBootlace, false, 1, 1),
			{Case: case10000, Server: nameBootlace, Done: 9999, Unfinished: 1, BlocksPerSecond: 1},
			{Case: case2000, Server: nameBootlace, Done: 1, LoadedP99: 51 * time.Millisecond, BlocksPerSecond: 1},
		},
		Amplification: []report.Amplification{{Server: nameBootlace, Plain: report.Drawn{Request: 10, Bytes: 1548, Packets: 3}, Options: report.Drawn{Request: 30, Bytes: 300, Packets: 9}}},
	}
	got := map[bool][]string{}
	for _, v := range verdicts(r) {
		if v.Known {
			got[v.Met] = append(got[v.Met], v.Goal)
		}
	}
	want := map[bool][]string{
		true: {
			"lock-step, 256 clients: CPU per block at most 0.75 x dnsmasq's",
			"lock-step, 256 clients: at least 1.3 x dnsmasq's blocks/s",
			"one client: not below the best peer's blocks/s",
			"windowsize 4, 1 % loss: at most 1.5 x the lossless time (median transfer)",
			"an unanswered plain request of 10 bytes draws at most 155 times its size",
		},
		false: {
			"lock-step, 256 clients: CPU per block within 1.1 x the reflector's",
			"10,000 clients at once, 1 MiB each: all complete, nothing failed, below 256 MiB",
			"2,000 transfers running: first reply to a new request within 50 ms (p99)",
			"an unanswered request with options draws at most 8 times its size",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestBetween: a document keeps its own words, and writing twice is writing once.
func TestBetween(t *testing.T) {
	doc := "# Benchmarks\n" + markBegin + "old\n" + markEnd + "more\n"
	want := "# Benchmarks\n" + markBegin + "\nnew\n\n" + markEnd + "more\n"
	got := between(doc, "\nnew\n")
	if again := between(got, "new"); got != want || again != want {
		t.Errorf("%q, then %q; want %q", got, again, want)
	}
	for _, doc := range []string{"", "old", markBegin + "old", "old" + markEnd} {
		if got := between(doc, "new"); got != "new" {
			t.Errorf("%q becomes %q", doc, got)
		}
	}
}
