// SPDX-License-Identifier: Apache-2.0

package recorder

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"github.com/bootlace-net/bootlace/tftpd"
)

// TestTFTPMetrics: names, labels and values of the engine's numbers stay as dashboards know them.
func TestTFTPMetrics(t *testing.T) {
	histogram := tftpd.Histogram{Bounds: []float64{0.001, 0.01}, Counts: []uint64{1, 3}, Count: 4, Sum: 0.5}
	stats := tftpd.Stats{
		Active: 2, ReadAhead: 1 << 20, Retransmits: 3, ReceivedBytes: 1000, ReceivedBlocks: 2, RTT: histogram, Duration: histogram,
		Outcomes:   map[tftpd.Outcome]int64{tftpd.Complete: 5, tftpd.TimedOut: 1},
		ErrorsSent: map[tftpd.Code]int64{tftpd.CodeNotFound: 4, 99: 1, 100: 1},
		Refusals:   map[tftpd.Reason]int64{tftpd.Malformed: 7, tftpd.ClientsFull: 0},
		Lanes:      []tftpd.LaneStats{{SentBlocks: 1, SentBytes: 10, SendErrors: 100}, {SentBlocks: 2, SentBytes: 20, SendErrors: 200}},
	}
	reg := prometheus.NewPedanticRegistry()
	reg.MustRegister(tftpCollector{func() tftpd.Stats { return stats }})
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"bootlace_tftp_active gauge 2",
		"bootlace_tftp_duration_seconds histogram 4 values, sum 0.5, 0.001:1 0.01:3",
		"bootlace_tftp_errors_sent_total counter code=1 4",
		"bootlace_tftp_errors_sent_total counter code=other 2",
		"bootlace_tftp_read_ahead_bytes gauge 1.048576e+06",
		"bootlace_tftp_received_blocks_total counter 2",
		"bootlace_tftp_received_bytes_total counter 1000",
		"bootlace_tftp_refused_total counter reason=malformed 7",
		"bootlace_tftp_refused_total counter reason=memory 0",
		"bootlace_tftp_retransmits_total counter 3",
		"bootlace_tftp_rtt_seconds histogram 4 values, sum 0.5, 0.001:1 0.01:3",
		"bootlace_tftp_send_errors_total counter 300",
		"bootlace_tftp_sent_blocks_total counter 3",
		"bootlace_tftp_sent_bytes_total counter 30",
		"bootlace_tftp_transfers_total counter outcome=complete 5",
		"bootlace_tftp_transfers_total counter outcome=timed_out 1",
	}
	var got []string
	for _, f := range families {
		for _, m := range f.GetMetric() {
			line := f.GetName() + " " + strings.ToLower(f.GetType().String())
			for _, l := range m.GetLabel() {
				line += " " + l.GetName() + "=" + l.GetValue()
			}
			if h := m.GetHistogram(); h != nil {
				line += fmt.Sprintf(" %d values, sum %v,", h.GetSampleCount(), h.GetSampleSum())
				for _, b := range h.GetBucket() {
					line += fmt.Sprintf(" %v:%d", b.GetUpperBound(), b.GetCumulativeCount())
				}
			} else {
				line += fmt.Sprint(" ", m.GetCounter().GetValue()+m.GetGauge().GetValue())
			}
			got = append(got, line)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	problems, err := promlint.NewWithMetricFamilies(families).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
}
