// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
)

// laneStats are a lane's counters: added up by its goroutine, published when it sends.
type laneStats struct {
	blocks, bytes int64 // not yet published

	sentBlocks, sentBytes, sendErrors atomic.Int64
}

// sent counts n blocks.
func (s *laneStats) sent(n, bytes int64) {
	s.blocks += n
	s.bytes += bytes
}

func (s *laneStats) publish() {
	s.sentBlocks.Add(s.blocks)
	s.sentBytes.Add(s.bytes)
	s.blocks, s.bytes = 0, 0
}

// metrics are the server's numbers.
type metrics struct {
	refusals     [reasons]atomic.Int64
	refusedAt    [reasons]atomic.Int64
	sendFailedAt atomic.Int64

	transfers   *prometheus.CounterVec
	errors      *prometheus.CounterVec
	received    prometheus.Counter
	blocks      prometheus.Counter
	retransmits prometheus.Counter
	rtt         prometheus.Histogram
	duration    prometheus.Histogram
	gauges      []gauge
}

// gauge is a number read when it is asked for.
type gauge struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
	read func() float64
}

func (m *metrics) init(s *Server) {
	m.transfers = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "bootlace_tftp_transfers_total",
		Help: "Transfers that ended, by outcome."}, []string{"outcome"})
	m.errors = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "bootlace_tftp_errors_sent_total",
		Help: "Requests answered with an error, by TFTP error code."}, []string{"code"})
	m.received = prometheus.NewCounter(prometheus.CounterOpts{Name: "bootlace_tftp_received_bytes_total",
		Help: "Bytes of uploads that were stored."})
	m.blocks = prometheus.NewCounter(prometheus.CounterOpts{Name: "bootlace_tftp_received_blocks_total",
		Help: "DATA blocks of uploads that came in order, counted when their transfer ends, however it does."})
	m.retransmits = prometheus.NewCounter(prometheus.CounterOpts{Name: "bootlace_tftp_retransmits_total",
		Help: "Datagrams sent again, counted when their transfer ends."})
	m.rtt = prometheus.NewHistogram(prometheus.HistogramOpts{Name: "bootlace_tftp_rtt_seconds",
		Help: "Smoothed round trip time of transfers at their end.", Buckets: prometheus.ExponentialBuckets(25e-6, 4, 9)})
	m.duration = prometheus.NewHistogram(prometheus.HistogramOpts{Name: "bootlace_tftp_duration_seconds",
		Help: "Duration of complete transfers.", Buckets: prometheus.ExponentialBuckets(1e-3, 4, 10)})
	m.gauges = []gauge{
		number("active", "Requests that have not ended.", prometheus.GaugeValue, func() float64 { return float64(s.index.running()) }),
		number("read_ahead_bytes", "Content kept in memory for reading ahead.", prometheus.GaugeValue,
			func() float64 { return float64(s.sources.cache.resident()) }),
		number("sent_blocks_total", "DATA blocks sent, repeated ones included.", prometheus.CounterValue,
			s.sum(func(l *lane) int64 { return l.stats.sentBlocks.Load() })),
		number("sent_bytes_total", "Bytes of content sent, repeated ones included.", prometheus.CounterValue,
			s.sum(func(l *lane) int64 { return l.stats.sentBytes.Load() })),
		number("send_errors_total", "Datagrams the network refused.", prometheus.CounterValue,
			s.sum(func(l *lane) int64 { return l.stats.sendErrors.Load() })),
	}
}

func number(name, help string, kind prometheus.ValueType, read func() float64) gauge {
	return gauge{prometheus.NewDesc("bootlace_tftp_"+name, help, nil, nil), kind, read}
}

// sum adds up a counter of all lanes.
func (s *Server) sum(of func(*lane) int64) func() float64 {
	return func() float64 {
		n := int64(0)
		for _, l := range s.lanes {
			n += of(l)
		}
		return float64(n)
	}
}

// observe counts a finished transfer.
func (m *metrics) observe(r *Record) {
	m.transfers.WithLabelValues(r.Outcome.label()).Inc()
	if r.Outcome == Refused {
		m.errors.WithLabelValues(r.Code.label()).Inc()
		return
	}
	m.retransmits.Add(float64(r.Retransmits))
	m.blocks.Add(float64(r.received))
	if r.Request.Write && r.Outcome == Complete {
		m.received.Add(float64(r.Bytes))
	}
	if r.RTT > 0 {
		m.rtt.Observe(r.RTT.Seconds())
	}
	if r.Outcome == Complete {
		m.duration.Observe(r.Duration.Seconds())
	}
}

// label bounds what a code can be as a label.
func (c Code) label() string {
	if c > CodeOptions {
		return "other"
	}
	return string('0' + rune(c))
}

// collector gives the metrics to Prometheus.
type collector struct{ s *Server }

// Collector gives the server's metrics; register it after Listen.
func (s *Server) Collector() prometheus.Collector { return collector{s} }

func (c collector) parts() []prometheus.Collector {
	m := &c.s.metrics
	return []prometheus.Collector{m.transfers, m.errors, m.received, m.blocks, m.retransmits, m.rtt, m.duration}
}

// Describe implements prometheus.Collector.
func (c collector) Describe(ch chan<- *prometheus.Desc) {
	for _, p := range c.parts() {
		p.Describe(ch)
	}
	for _, g := range c.s.metrics.gauges {
		ch <- g.desc
	}
	ch <- refusedDesc()
}

func refusedDesc() *prometheus.Desc {
	return prometheus.NewDesc("bootlace_tftp_refused_total", "Datagrams not answered, by reason.", []string{"reason"}, nil)
}

// Collect implements prometheus.Collector.
func (c collector) Collect(ch chan<- prometheus.Metric) {
	for _, p := range c.parts() {
		p.Collect(ch)
	}
	m := &c.s.metrics
	for _, g := range m.gauges {
		ch <- prometheus.MustNewConstMetric(g.desc, g.kind, g.read())
	}
	for i := range m.refusals {
		ch <- prometheus.MustNewConstMetric(refusedDesc(), prometheus.CounterValue, float64(m.refusals[i].Load()), reason(i).String())
	}
}
