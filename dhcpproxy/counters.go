// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
)

// counters are what the server counts.
type counters struct {
	packets    [4][verdictCount]atomic.Uint64 // by port and family
	strategies [strategyCount]atomic.Uint64
	loops      atomic.Uint64
	rivals     [rivalCount]atomic.Uint64
	readErrors atomic.Uint64
	sendErrors atomic.Uint64
}

func portIndex(role Role, six bool) int {
	i := int(role)
	if six {
		i += 2
	}
	return i
}

// Count says how many packets ended with a verdict since Listen.
func (s *Server) Count(v Verdict) uint64 {
	var n uint64
	for i := range s.counts.packets {
		n += s.counts.packets[i][v].Load()
	}
	return n
}

var _ prometheus.Collector = (*Server)(nil)

func (s *Server) descs() (packets, strategies, rivals, loops, failures *prometheus.Desc) {
	return prometheus.NewDesc("bootlace_dhcp_packets_total", "DHCP packets, by port and by what became of them.", []string{"port", "verdict"}, nil),
		prometheus.NewDesc("bootlace_dhcp_answers_total", "Answers to netboot clients, by strategy.", []string{"strategy"}, nil),
		prometheus.NewDesc("bootlace_dhcp_rivals_total", "Packets of other servers that get into the way, by kind.", []string{"kind"}, nil),
		prometheus.NewDesc("bootlace_dhcp_loops_total", "Requests of machines that boot again and again.", nil, nil),
		prometheus.NewDesc("bootlace_dhcp_socket_errors_total", "Failures of sockets, by direction.", []string{"direction"}, nil)
}

// Describe follows prometheus.Collector.
func (s *Server) Describe(ch chan<- *prometheus.Desc) {
	a, b, c, d, e := s.descs()
	for _, desc := range []*prometheus.Desc{a, b, c, d, e} {
		ch <- desc
	}
}

// Collect follows prometheus.Collector.
func (s *Server) Collect(ch chan<- prometheus.Metric) {
	packets, strategies, rivals, loops, failures := s.descs()
	emit := func(d *prometheus.Desc, n *atomic.Uint64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n.Load()), labels...)
	}
	for i, port := range []string{"67", "4011", "547", "4011/v6"} {
		for _, v := range Verdicts() {
			emit(packets, &s.counts.packets[i][v], port, v.String())
		}
	}
	for st := Skip; st < strategyCount; st++ {
		emit(strategies, &s.counts.strategies[st], st.String())
	}
	for k := rivalProxy; k < rivalCount; k++ {
		emit(rivals, &s.counts.rivals[k], k.String())
	}
	emit(loops, &s.counts.loops)
	emit(failures, &s.counts.readErrors, "read")
	emit(failures, &s.counts.sendErrors, "send")
}
