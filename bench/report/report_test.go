// SPDX-License-Identifier: Apache-2.0

package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func sample() *Report {
	row := func(name, server string, peer bool, speed float64, cost time.Duration) Row {
		return Row{Group: "Lock-step", Case: name, Server: server, Peer: peer, Rounds: 3, Done: 10, BlocksPerSecond: speed, BytesPerSecond: speed * 1468,
			CPUPerBlock: cost, Memory: 12 << 20, CompleteP50: 1234 * time.Millisecond, FirstP99: 45 * time.Microsecond}
	}
	slow := row("64 clients <512>", "pin & co", true, 200_000, 9*time.Microsecond)
	slow.Failed = 1
	return &Report{
		Servers: map[string]string{"dnsmasq": "2.90"},
		Rows: []Row{
			row("256 clients", "bootlace", false, 246_000, 3960*time.Nanosecond),
			row("256 clients", "dnsmasq", true, 184_000, 5350*time.Nanosecond),
			{Group: "Lock-step", Case: "256 clients", Server: "atftpd", Peer: true, Failed: 4, Note: "could not start"},
			row("64 clients <512>", "bootlace", false, 150_000, 4*time.Microsecond),
			row("64 clients <512>", "dnsmasq", true, 100_000, 6*time.Microsecond),
			slow,
		},
		Amplification: []Amplification{{Server: "dnsmasq", Over: time.Minute, Plain: Drawn{Request: 10, Bytes: 3612, Packets: 7}, Options: Drawn{Request: 40, Bytes: 300, Packets: 10}}},
		DHCP:          []Row{{Case: "64 at once", Server: "dnsmasq", Peer: true, Done: 5, BlocksPerSecond: 20_000, CPUPerBlock: 30 * time.Microsecond}},
		Verdicts:      []Verdict{{Goal: "fast", Measured: "1.34", Met: true, Known: true}, {Goal: "small", Measured: "2", Known: true}, {Goal: "seen"}},
	}
}

func TestMarkdown(t *testing.T) {
	var b bytes.Buffer
	if err := sample().Markdown(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| bootlace | 246,000 | 361 | 3.96 µs | 0.74 | 1.34 | 1.34 | 12.0 MiB | 0 ns / 0 ns | 0 ns / 45.0 µs | – | 1.23 s / 0 ns | 0 of 10 |", "| fast | 1.34 | met |", "| small | 2 | **falls short** |",
		"| seen |  | not measured |", "| atftpd | – |", "4 of 4 | could not start |", "x361.2", "| 64 at once | dnsmasq | 20,000 | 30.0 µs |",
		"### 256 clients", "1.23 s", "1 of 11",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
	if got := strings.Count(b.String(), "\n## Lock-step"); got != 1 {
		t.Errorf("group named %d times", got)
	}
}

func TestSVGIsWellFormed(t *testing.T) {
	var b bytes.Buffer
	if err := sample().SVG(&b); err != nil {
		t.Fatal(err)
	}
	d := xml.NewDecoder(&b)
	bars, texts := 0, []string{}
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch v := tok.(type) {
		case xml.StartElement:
			if v.Name.Local == "title" {
				bars++
			}
		case xml.CharData:
			texts = append(texts, strings.TrimSpace(string(v)))
		}
	}
	if bars != 10 {
		t.Errorf("%d bars, want two for each of five measured rows", bars)
	}
	all := strings.Join(texts, "|")
	for _, want := range []string{"64 clients <512>", "pin & co", "246,000", "3.96 µs"} {
		if !strings.Contains(all, want) {
			t.Errorf("no text %q", want)
		}
	}
}

func TestSVGSelection(t *testing.T) {
	var b bytes.Buffer
	if err := sample().SVG(&b, "256 clients"); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "512") || strings.Count(b.String(), "<title>") != 4 {
		t.Errorf("draws more than asked:\n%s", b.String())
	}
}

func TestJSONRoundTrip(t *testing.T) {
	var b bytes.Buffer
	if err := sample().JSON(&b); err != nil {
		t.Fatal(err)
	}
	var back Report
	if err := json.Unmarshal(b.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(*sample(), back); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestBestPeer(t *testing.T) {
	rows := sample().Rows
	if got := BestPeer(rows, "64 clients <512>", Speed, false); got == nil || got.Server != "dnsmasq" {
		t.Errorf("best peer %+v: a peer that failed a transfer must not win", got)
	}
	if got := BestPeer(rows, "256 clients", Cost, true); got == nil || got.Server != "dnsmasq" {
		t.Errorf("cheapest peer %+v: bootlace is not a peer, atftpd has no number", got)
	}
	if got := BestPeer(rows, "none", Cost, true); got != nil {
		t.Errorf("best peer %+v of a case that was not run", got)
	}
}

func TestWords(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "0 ns", 999: "999 ns", 3960: "3.96 µs", 184_300_000: "184 ms", 12_340_000_000: "12.3 s"} {
		if got := Short(d); got != want {
			t.Errorf("Short(%d) = %q, want %q", d, got, want)
		}
	}
	for v, want := range map[float64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := count(v); got != want {
			t.Errorf("count(%v) = %q, want %q", v, got, want)
		}
	}
}

// TestSmallerBlocksDoNotWin: a server that grants half the block size sends twice the blocks for the same bytes.
func TestSmallerBlocksDoNotWin(t *testing.T) {
	big := Row{BlocksPerSecond: 100, BytesPerSecond: 100 * 8192, CPUPerBlock: 8 * time.Microsecond}
	small := Row{BlocksPerSecond: 200, BytesPerSecond: 200 * 4096, CPUPerBlock: 4 * time.Microsecond}
	if Speed(big) != Speed(small) || Cost(big) != Cost(small) {
		t.Errorf("speed %v and %v, cost %v and %v: the same bytes for the same time", Speed(big), Speed(small), Cost(big), Cost(small))
	}
}
