// SPDX-License-Identifier: Apache-2.0

package recorder

import (
	"net/http"
	"strconv"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/machines"
	"github.com/bootlace-net/bootlace/tftpd"
)

// counters is what /metrics shows.
type counters struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	bytes    prometheus.Counter
	seconds  prometheus.Histogram
	reloads  *prometheus.CounterVec
	loaded   prometheus.Gauge
	hosts    prometheus.Gauge
	profiles prometheus.Gauge
	rot      prometheus.Counter
	dhcp     atomic.Pointer[dhcpCounters]
}

func (m *counters) init() {
	m.registry = prometheus.NewRegistry()
	m.requests = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "bootlace_http_requests_total", Help: "Requests for files over HTTP, by status code."}, []string{"code"})
	m.bytes = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "bootlace_http_bytes_total", Help: "Bytes of files sent over HTTP."})
	m.seconds = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "bootlace_http_seconds", Help: "Time from request to last byte over HTTP.",
		Buckets: prometheus.ExponentialBuckets(0.001, 4, 9)}) // 1 ms to 65 s: a script to a large initrd
	m.reloads = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "bootlace_config_reloads_total", Help: "Reloads of the configuration, by result."}, []string{"result"})
	m.loaded = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "bootlace_config_loaded_timestamp_seconds", Help: "When the configuration in use was loaded."})
	m.hosts = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "bootlace_config_hosts", Help: "Hosts in the configuration in use."})
	m.profiles = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "bootlace_config_profiles", Help: "Profiles in the configuration in use."})
	m.rot = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "bootlace_image_rot_total", Help: "How often an image was found to have changed behind our back, or a machine was to be given such a file."})
	m.registry.MustRegister(m.rot, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		m.requests, m.bytes, m.seconds, m.reloads, m.loaded, m.hosts, m.profiles)
	m.reloads.WithLabelValues("ok")
	m.reloads.WithLabelValues("refused")
}

// count counts an event. TFTP counts by itself.
func (m *counters) count(e *boot.Event) {
	m.dhcp.Load().count(e)
	if e.Kind == boot.EventRot && e.Level == boot.LevelError {
		m.rot.Inc()
	}
	t := e.Transfer
	if e.Kind != boot.EventFile || t == nil || t.Protocol == boot.TFTP {
		return
	}
	m.requests.WithLabelValues(strconv.Itoa(t.Status)).Inc()
	m.bytes.Add(float64(t.Bytes))
	m.seconds.Observe(t.Duration.Seconds())
}

// Handler serves the numbers in Prometheus' format.
func (r *Recorder) Handler() http.Handler {
	return promhttp.HandlerFor(r.registry, promhttp.HandlerOpts{})
}

// Reloaded counts an attempt to read the configuration anew.
func (r *Recorder) Reloaded(ok bool) {
	result := "refused"
	if ok {
		result = "ok"
	}
	r.reloads.WithLabelValues(result).Inc()
}

// InUse shows the size of the configuration that is in use from now on.
func (r *Recorder) InUse(c *boot.Catalog) {
	r.loaded.Set(float64(r.now().UnixMilli()) / 1000)
	r.hosts.Set(float64(len(c.Hosts())))
	r.profiles.Set(float64(len(c.Profiles())))
}

// ShowTFTP shows the numbers of a TFTP server. It panics when called twice.
func (r *Recorder) ShowTFTP(stats func() tftpd.Stats) { r.registry.MustRegister(tftpCollector{stats}) }

// ShowImages shows how many images are kept, and of how many something is not what it was.
func (r *Recorder) ShowImages(stats func() (kept, bad int)) {
	r.registry.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "bootlace_images", Help: "Images that are kept."}, func() float64 { n, _ := stats(); return float64(n) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "bootlace_images_rotten", Help: "Images of which something is not what it was."}, func() float64 { _, n := stats(); return float64(n) }))
}

// ShowMachines shows what is remembered.
func (r *Recorder) ShowMachines(stats func() machines.Stats) {
	gauge := func(name, help string, value func(machines.Stats) int) {
		r.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return float64(value(stats())) }))
	}
	total := func(name, help string, value func(machines.Stats) uint64) {
		r.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, func() float64 { return float64(value(stats())) }))
	}
	gauge("bootlace_machines", "Machines that are remembered.", func(s machines.Stats) int { return s.Machines })
	gauge("bootlace_machine_events", "Events in the stories of machines.", func(s machines.Stats) int { return s.Events })
	total("bootlace_machines_forgotten_total", "Machines that gave way to others in memory.", func(s machines.Stats) uint64 { return s.Evicted })
	total("bootlace_machine_events_dropped_total", "Events that gave way to later ones.", func(s machines.Stats) uint64 { return s.Dropped })
}
