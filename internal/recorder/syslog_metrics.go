// SPDX-License-Identifier: Apache-2.0

package recorder

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/bootlace-net/bootlace/internal/syslogd"
)

// ShowSyslog shows how many lines machines sent. It panics when called twice.
func (r *Recorder) ShowSyslog(stats func() syslogd.Stats) {
	total := func(name, help, label, value string, count func(syslogd.Stats) uint64) {
		r.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help, ConstLabels: prometheus.Labels{label: value}},
			func() float64 { return float64(count(stats())) }))
	}
	s := stats()
	for form := range s.Lines {
		total("bootlace_syslog_lines_total", "Lines of machines' logs that were taken, by form.", "form", form.String(),
			func(s syslogd.Stats) uint64 { return s.Lines[form] })
	}
	for why := range s.Dropped {
		total("bootlace_syslog_dropped_total", "Lines of logs that were left out, by reason; datagrams where nobody reads them.", "reason", why.String(),
			func(s syslogd.Stats) uint64 { return s.Dropped[why] })
	}
}
