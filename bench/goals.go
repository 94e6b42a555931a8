// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"time"

	"github.com/bootlace-net/bootlace/bench/report"
)

// verdicts puts what was measured beside what Bootlace wants to reach. A goal whose case was not run is listed as not measured.
func verdicts(r *report.Report) []report.Verdict {
	v := []report.Verdict{
		quotient(r.Rows, "lock-step, 256 clients: CPU per block at most 0.75 x dnsmasq's", case256, nameBootlace, nameDnsmasq, report.Cost, 0.75, true),
		quotient(r.Rows, "lock-step, 256 clients: at least 1.3 x dnsmasq's blocks/s", case256, nameBootlace, nameDnsmasq, report.Speed, 1.3, false),
		quotient(r.Rows, "lock-step, 256 clients: CPU per block within 1.1 x the reflector's", case256, nameBootlace, nameFloor, report.Cost, 1.1, true),
		quotient(r.Rows, "lock-step, 64 clients, blksize 512: CPU per block at most 0.75 x dnsmasq's", case512, nameBootlace, nameDnsmasq, report.Cost, 0.75, true),
		quotient(r.Rows, "lock-step, 64 clients, blksize 512: at least 1.3 x dnsmasq's blocks/s", case512, nameBootlace, nameDnsmasq, report.Speed, 1.3, false),
		toBest(r.Rows, "one client: not below the best peer's blocks/s", caseOne, nameBootlace, report.Speed, 1, false),
		toBest(r.Rows, "one client, busy polling: at least 2 x the best peer's blocks/s", caseOne, nameBusy, report.Speed, 2, false),
		quotient(r.Rows, "windowsize 16, 16 clients: CPU per block at most 0.2 x atftpd's", caseWindow16, nameBootlace, "atftpd", report.Cost, 0.2, true),
		quotient(r.Rows, "windowsize 16, 16 clients, GSO off: CPU per block at most 0.6 x atftpd's", caseWindow16, nameNoGSO, "atftpd", report.Cost, 0.6, true),
		quotient(r.Rows, "windowsize 16, 16 clients: at least 4 x atftpd's blocks/s", caseWindow16, nameBootlace, "atftpd", report.Speed, 4, false),
		crowd(r.Rows),
		fair(r.Rows),
	}
	for _, w := range []int{0, 4, 16} {
		v = append(v, lossy(r.Rows, w))
	}
	v = append(v, reflected(r.Amplification)...)
	for _, c := range dhcpCases() {
		v = append(v,
			quotient(r.DHCP, "ProxyDHCP, "+c.name+": offers/s ahead of dnsmasq's", c.name, nameBootlace, nameDnsmasq, report.Speed, 1, false),
			quotient(r.DHCP, "ProxyDHCP, "+c.name+": p99 ahead of dnsmasq's", c.name, nameBootlace, nameDnsmasq, p99, 1, true))
	}
	for _, c := range httpCases(false) {
		v = append(v,
			quotient(r.HTTP, c.name+": CPU per GiB at most 1.1 x nginx's", c.name, nameBootlace, nameNginx, report.Cost, 1.1, true),
			quotient(r.HTTP, c.name+": at least 0.95 x nginx's MiB/s", c.name, nameBootlace, nameNginx, report.Speed, 0.95, false))
	}
	return v
}

func p99(r report.Row) float64 { return r.CompleteP99.Seconds() }

// quotient compares two servers in one case.
func quotient(rows []report.Row, goal, name, a, b string, value func(report.Row) float64, limit float64, most bool) report.Verdict {
	return judge(goal, report.Find(rows, name, a), report.Find(rows, name, b), value, limit, most)
}

// toBest compares with whichever peer is best.
func toBest(rows []report.Row, goal, name, a string, value func(report.Row) float64, limit float64, most bool) report.Verdict {
	return judge(goal, report.Find(rows, name, a), report.BestPeer(rows, name, value, most), value, limit, most)
}

func judge(goal string, a, b *report.Row, value func(report.Row) float64, limit float64, most bool) report.Verdict {
	if a == nil || b == nil || value(*b) == 0 {
		return report.Verdict{Goal: goal}
	}
	q := value(*a) / value(*b)
	return report.Verdict{Goal: goal, Measured: fmt.Sprintf("%.2f x %s", q, b.Server), Met: q <= limit == most || q == limit, Known: true}
}

// crowd is about 10,000 clients.
func crowd(rows []report.Row) report.Verdict {
	v := report.Verdict{Goal: "10,000 clients at once, 1 MiB each: all complete, nothing failed, below 256 MiB"}
	if r := report.Find(rows, case10000, nameBootlace); r != nil {
		v.Known = true
		v.Measured = fmt.Sprintf("%d done, %d failed, %d unfinished, %d MiB", r.Done, r.Failed, r.Unfinished, r.Memory>>20)
		v.Met = r.Failed+r.Unfinished == 0 && r.Memory < 256<<20
	}
	return v
}

// fair is about the first reply to requests that arrive in the middle of a storm.
func fair(rows []report.Row) report.Verdict {
	v := report.Verdict{Goal: "2,000 transfers running: first reply to a new request within 50 ms (p99)"}
	if r := report.Find(rows, case2000, nameBootlace); r != nil {
		v.Known, v.Measured, v.Met = true, report.Short(r.LoadedP99), r.LoadedP99 <= 50*time.Millisecond
	}
	return v
}

// lossy compares a case under loss with the same without.
func lossy(rows []report.Row, window int) report.Verdict {
	v := report.Verdict{Goal: lossCase(window, 0.01) + ": at most 1.5 x the lossless time (median transfer)"}
	lost, clean := report.Find(rows, lossCase(window, 0.01), nameBootlace), report.Find(rows, lossCase(window, 0), nameBootlace)
	if lost != nil && clean != nil && clean.CompleteP50 > 0 {
		q := float64(lost.CompleteP50) / float64(clean.CompleteP50)
		v.Known, v.Met = true, q <= 1.5 && lost.Failed+lost.Unfinished == 0
		v.Measured = fmt.Sprintf("%.2f x (%s to %s)", q, report.Short(clean.CompleteP50), report.Short(lost.CompleteP50))
	}
	return v
}

func reflected(as []report.Amplification) []report.Verdict {
	plain := report.Verdict{Goal: "an unanswered plain request of 10 bytes draws at most 155 times its size"}
	options := report.Verdict{Goal: "an unanswered request with options draws at most 8 times its size"}
	for _, a := range as {
		if a.Server == nameBootlace && a.Plain.Packets > 0 && a.Options.Packets > 0 {
			plain.Known, plain.Measured, plain.Met = true, fmt.Sprintf("x%.1f in %v", a.Plain.Factor(), a.Over), a.Plain.Factor() <= 155
			options.Known, options.Measured, options.Met = true, fmt.Sprintf("x%.1f in %v", a.Options.Factor(), a.Over), a.Options.Factor() <= 8
		}
	}
	return []report.Verdict{plain, options}
}
