// SPDX-License-Identifier: Apache-2.0

package recorder

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/bootlace-net/bootlace/tftpd"
)

// tftpCollector shows the numbers of the TFTP engine to Prometheus. All of a scrape are of one moment.
type tftpCollector struct{ stats func() tftpd.Stats }

// Describe implements prometheus.Collector: with a sample that has one of everything, for labels come into being as things happen.
func (c tftpCollector) Describe(ch chan<- *prometheus.Desc) {
	sample := tftpd.Stats{Outcomes: map[tftpd.Outcome]int64{0: 0}, ErrorsSent: map[tftpd.Code]int64{0: 0}, Refusals: map[tftpd.Reason]int64{0: 0}}
	prometheus.DescribeByCollect(tftpCollector{func() tftpd.Stats { return sample }}, ch)
}

// Collect implements prometheus.Collector.
func (c tftpCollector) Collect(ch chan<- prometheus.Metric) {
	s := c.stats()
	send := tftpMetrics{ch}
	send.one("active", "Requests that have not ended.", prometheus.GaugeValue, s.Active)
	send.one("read_ahead_bytes", "Content kept in memory for reading ahead.", prometheus.GaugeValue, s.ReadAhead)
	sent := s.Sent()
	send.one("sent_blocks_total", "DATA blocks sent, repeated ones included.", prometheus.CounterValue, sent.SentBlocks)
	send.one("sent_bytes_total", "Bytes of content sent, repeated ones included.", prometheus.CounterValue, sent.SentBytes)
	send.one("send_errors_total", "Datagrams the network refused.", prometheus.CounterValue, sent.SendErrors)
	send.one("received_bytes_total", "Bytes of uploads that were stored.", prometheus.CounterValue, s.ReceivedBytes)
	send.one("received_blocks_total", "DATA blocks of uploads that came in order, counted when their transfer ends, however it does.",
		prometheus.CounterValue, s.ReceivedBlocks)
	send.one("retransmits_total", "Datagrams sent again, counted when their transfer ends.", prometheus.CounterValue, s.Retransmits)
	send.histogram("rtt_seconds", "Smoothed round trip time of transfers at their end.", s.RTT)
	send.histogram("duration_seconds", "Duration of complete transfers.", s.Duration)
	outcomes, errors, refused := labelled{}, labelled{}, labelled{}
	for o, n := range s.Outcomes {
		outcomes[o.Label()] += n
	}
	for code, n := range s.ErrorsSent {
		errors[code.Label()] += n
	}
	for r, n := range s.Refusals {
		refused[r.String()] += n
	}
	send.many("transfers_total", "Transfers that ended, by outcome.", "outcome", outcomes)
	send.many("errors_sent_total", "Requests answered with an error, by TFTP error code.", "code", errors)
	send.many("refused_total", "Datagrams not answered, by reason.", "reason", refused)
}

// labelled are counts by the value of a label.
type labelled map[string]int64

// tftpMetrics sends metrics of the engine.
type tftpMetrics struct{ ch chan<- prometheus.Metric }

func (m tftpMetrics) one(name, help string, kind prometheus.ValueType, n int64) {
	m.ch <- prometheus.MustNewConstMetric(prometheus.NewDesc("bootlace_tftp_"+name, help, nil, nil), kind, float64(n))
}

func (m tftpMetrics) many(name, help, label string, counts labelled) {
	d := prometheus.NewDesc("bootlace_tftp_"+name, help, []string{label}, nil)
	for value, n := range counts {
		m.ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n), value)
	}
}

func (m tftpMetrics) histogram(name, help string, h tftpd.Histogram) {
	counts := make(map[float64]uint64, len(h.Bounds))
	for i, bound := range h.Bounds {
		counts[bound] = h.Counts[i]
	}
	m.ch <- prometheus.MustNewConstHistogram(prometheus.NewDesc("bootlace_tftp_"+name, help, nil, nil), h.Count, h.Sum, counts)
}
