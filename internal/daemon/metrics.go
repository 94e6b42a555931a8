// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/httpd"
)

// metrics is what /metrics shows beside the counters of the DHCP and TFTP rooms.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	bytes    prometheus.Counter
	seconds  prometheus.Histogram
	reloads  *prometheus.CounterVec
	loaded   prometheus.Gauge
	hosts    prometheus.Gauge
	profiles prometheus.Gauge
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bootlace_http_requests_total", Help: "Requests for files over HTTP, by status code."}, []string{"code"}),
		bytes: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "bootlace_http_bytes_total", Help: "Bytes of files sent over HTTP."}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "bootlace_http_seconds", Help: "Time from request to last byte over HTTP.",
			Buckets: prometheus.ExponentialBuckets(0.001, 4, 9)}), // 1 ms to 65 s: a script to a large initrd
		reloads: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bootlace_config_reloads_total", Help: "Reloads of the configuration, by result."}, []string{"result"}),
		loaded: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "bootlace_config_loaded_timestamp_seconds", Help: "When the configuration in use was loaded."}),
		hosts: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "bootlace_config_hosts", Help: "Hosts in the configuration in use."}),
		profiles: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "bootlace_config_profiles", Help: "Profiles in the configuration in use."}),
	}
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		m.requests, m.bytes, m.seconds, m.reloads, m.loaded, m.hosts, m.profiles)
	m.reloads.WithLabelValues("ok")
	m.reloads.WithLabelValues("refused")
	return m
}

// http counts one request.
func (m *metrics) http(r httpd.Record) {
	m.requests.WithLabelValues(strconv.Itoa(r.Status)).Inc()
	m.bytes.Add(float64(r.Bytes))
	m.seconds.Observe(r.Duration.Seconds())
}

// swapped notes the configuration that is now in use.
func (m *metrics) swapped(cat *boot.Catalog, now time.Time) {
	m.loaded.Set(float64(now.UnixMilli()) / 1000)
	m.hosts.Set(float64(len(cat.Hosts())))
	m.profiles.Set(float64(len(cat.Profiles())))
}
