// SPDX-License-Identifier: Apache-2.0

package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"
)

// Markdown writes all tables. Machine, date and command are the caller's to add.
func (r *Report) Markdown(w io.Writer) error {
	var b strings.Builder
	r.verdicts(&b)
	group := ""
	for _, name := range cases(r.Rows) {
		for i, row := range rowsOf(r.Rows, name) {
			if row.Group != group {
				group = row.Group
				fmt.Fprintf(&b, "\n## %s\n", group)
			}
			if i == 0 {
				fmt.Fprintf(&b, "\n### %s\n\n%s", name, tableHead)
			}
			b.WriteString(line(r.Rows, row))
		}
	}
	r.amplification(&b)
	r.dhcp(&b)
	r.http(&b)
	_, err := io.WriteString(w, strings.TrimPrefix(b.String(), "\n"))
	return err
}

const tableHead = "| server | blocks/s | MB/s | CPU per block | CPU to dnsmasq's | speed to dnsmasq's | speed to best peer's | memory | ACK to DATA p50 / p99 | first reply p50 / p99 | first reply under load p99 | complete p50 / p99 | failed | note |\n" +
	"|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|\n"

func rowsOf(rows []Row, name string) []Row {
	var of []Row
	for _, r := range rows {
		if r.Case == name {
			of = append(of, r)
		}
	}
	return of
}

func line(rows []Row, r Row) string {
	if !r.Measured() {
		return fmt.Sprintf("| %s | – | – | – | – | – | – | – | – | – | – | – | %s | %s |\n", r.Server, failures(r), r.Note)
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s | %s | %s | %s | %s / %s | %s / %s | %s | %s / %s | %s | %s |\n",
		r.Server, count(r.BlocksPerSecond), number(r.BytesPerSecond/1e6), Short(r.CPUPerBlock),
		ratio(r, Find(rows, r.Case, "dnsmasq"), Cost), ratio(r, Find(rows, r.Case, "dnsmasq"), Speed), ratio(r, BestPeer(rows, r.Case, Speed, false), Speed),
		fmt.Sprintf("%s MiB", number(float64(r.Memory)/(1<<20))),
		Short(r.TurnaroundP50), Short(r.TurnaroundP99), Short(r.FirstP50), Short(r.FirstP99), loaded(r), Short(r.CompleteP50), Short(r.CompleteP99),
		failures(r), notes(r))
}

// loaded is empty where every transfer began with the run.
func loaded(r Row) string {
	if r.LoadedP99 == 0 {
		return "–"
	}
	return Short(r.LoadedP99)
}

// notes adds to a row's note that its rounds disagree: such a number is weak.
func notes(r Row) string {
	if r.Spread < 0.2 {
		return r.Note
	}
	s := fmt.Sprintf("rounds differ by %.0f %%", 100*r.Spread)
	if r.Note != "" {
		return r.Note + "; " + s
	}
	return s
}

// ratio compares with another row; nothing to compare with is a dash.
func ratio(r Row, to *Row, value func(Row) float64) string {
	if to == nil || value(*to) == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f", value(r)/value(*to))
}

func failures(r Row) string {
	total := r.Done + r.Failed + r.Unfinished
	if r.Unfinished == 0 {
		return fmt.Sprintf("%d of %d", r.Failed, total)
	}
	return fmt.Sprintf("%d of %d, %d unfinished", r.Failed, total, r.Unfinished)
}

func (r *Report) verdicts(b *strings.Builder) {
	if len(r.Verdicts) == 0 {
		return
	}
	b.WriteString("\n## Goals\n\n| goal | measured | |\n|---|---|---|\n")
	for _, v := range r.Verdicts {
		word := "met"
		switch {
		case !v.Known:
			word = "not measured"
		case !v.Met:
			word = "**falls short**"
		}
		fmt.Fprintf(b, "| %s | %s | %s |\n", v.Goal, v.Measured, word)
	}
}

func (r *Report) amplification(b *strings.Builder) {
	if len(r.Amplification) == 0 {
		return
	}
	fmt.Fprintf(b, "\n## One request that is never answered, %v\n\n| server | plain request | bytes back | factor | with options | bytes back | factor | note |\n|---|--:|--:|--:|--:|--:|--:|---|\n", r.Amplification[0].Over)
	for _, a := range r.Amplification {
		fmt.Fprintf(b, "| %s | %d bytes | %d in %d packets | x%.1f | %d bytes | %d in %d packets | x%.1f | %s |\n", a.Server,
			a.Plain.Request, a.Plain.Bytes, a.Plain.Packets, a.Plain.Factor(), a.Options.Request, a.Options.Bytes, a.Options.Packets, a.Options.Factor(), a.Note)
	}
}

func (r *Report) dhcp(b *strings.Builder) {
	if len(r.DHCP) == 0 {
		return
	}
	b.WriteString("\n## ProxyDHCP\n\n| case | server | offers/s | CPU per offer | speed to dnsmasq's | answer p50 / p99 | unanswered | memory | note |\n|---|---|--:|--:|--:|--:|--:|--:|---|\n")
	for _, row := range r.DHCP {
		if !row.Measured() {
			fmt.Fprintf(b, "| %s | %s | – | – | – | – | %s | – | %s |\n", row.Case, row.Server, failures(row), row.Note)
			continue
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s / %s | %s | %s MiB | %s |\n", row.Case, row.Server, count(row.BlocksPerSecond), Short(row.CPUPerBlock),
			ratio(row, Find(r.DHCP, row.Case, "dnsmasq"), Speed), Short(row.CompleteP50), Short(row.CompleteP99), failures(row), number(float64(row.Memory)/(1<<20)), notes(row))
	}
}

func (r *Report) http(b *strings.Builder) {
	if len(r.HTTP) == 0 {
		return
	}
	b.WriteString("\n## HTTP\n\n| case | server | MiB/s | CPU per GiB | rate to nginx's | CPU to nginx's | failed | memory | note |\n|---|---|--:|--:|--:|--:|--:|--:|---|\n")
	for _, row := range r.HTTP {
		if !row.Measured() {
			fmt.Fprintf(b, "| %s | %s | – | – | – | – | %d | – | %s |\n", row.Case, row.Server, row.Failed, row.Note)
			continue
		}
		peer := Find(r.HTTP, row.Case, "nginx")
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s | %d | %s MiB | %s |\n", row.Case, row.Server, count(row.BlocksPerSecond), Short(1024*row.CPUPerBlock),
			ratio(row, peer, Speed), ratio(row, peer, Cost), row.Failed, number(float64(row.Memory)/(1<<20)), notes(row))
	}
}

// Short writes a duration with three digits: 3.96 us, 184 ms, 12.3 s.
func Short(d time.Duration) string {
	for _, u := range []struct {
		unit time.Duration
		name string
	}{{time.Second, "s"}, {time.Millisecond, "ms"}, {time.Microsecond, "µs"}} {
		if d >= u.unit {
			return number(float64(d)/float64(u.unit)) + " " + u.name
		}
	}
	return fmt.Sprintf("%d ns", d)
}

// number keeps three digits.
func number(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

// count writes a whole number with its thousands apart.
func count(v float64) string {
	s := fmt.Sprintf("%.0f", v)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return cmp.Or(s, "0")
}
