// SPDX-License-Identifier: Apache-2.0

package recorder

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/bootlace-net/bootlace/boot"
)

// dhcpCounters count what became of DHCP packets. They are nil until DHCP is served.
type dhcpCounters struct {
	packets  *prometheus.CounterVec
	fates    map[fate]prometheus.Counter // all of packets
	answers  map[boot.Strategy]prometheus.Counter
	rivals   *prometheus.CounterVec
	loops    prometheus.Counter
	failures *prometheus.CounterVec
}

// fate is what became of a packet.
type fate struct{ port, verdict string }

// ShowDHCP shows what becomes of DHCP packets: by all ports, verdicts and kinds of rivals that there can be, from zero. It
// panics when called twice.
func (r *Recorder) ShowDHCP(ports, verdicts, rivals []string) {
	vec := func(name, help string, labels ...string) *prometheus.CounterVec {
		v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "bootlace_dhcp_" + name, Help: help}, labels)
		r.registry.MustRegister(v)
		return v
	}
	c := &dhcpCounters{
		packets:  vec("packets_total", "DHCP packets, by port and by what became of them.", "port", "verdict"),
		answers:  make(map[boot.Strategy]prometheus.Counter),
		rivals:   vec("rivals_total", "Packets of other servers that get into the way, by kind.", "kind"),
		loops:    vec("loops_total", "Requests of machines that boot again and again.").WithLabelValues(),
		failures: vec("socket_errors_total", "Failures of sockets, by direction.", "direction"),
		fates:    make(map[fate]prometheus.Counter, len(ports)*len(verdicts)),
	}
	for _, p := range ports {
		for _, v := range verdicts {
			c.fates[fate{p, v}] = c.packets.WithLabelValues(p, v)
		}
	}
	answers := vec("answers_total", "Answers to netboot clients, by strategy.", "strategy")
	for _, s := range boot.Strategies()[1:] { // without the choice between them
		c.answers[s] = answers.WithLabelValues(s.String())
	}
	for _, k := range rivals {
		c.rivals.WithLabelValues(k)
	}
	c.failures.WithLabelValues("read")
	c.failures.WithLabelValues("send")
	r.dhcp.Store(c)
}

// count counts an event about DHCP.
func (c *dhcpCounters) count(e *boot.Event) {
	switch x, n := e.Exchange, e.Network; {
	case c == nil:
	case e.Kind == boot.EventDHCP && x != nil:
		c.met(fate{x.Port, x.Verdict}).Inc()
		if n := c.answers[x.Strategy]; x.Answered && n != nil {
			n.Inc()
		}
		if x.Returns > 0 {
			c.loops.Inc()
		}
	case n != nil && n.Rival != "":
		c.rivals.WithLabelValues(n.Rival).Inc()
	case n != nil && n.Direction != "":
		c.failures.WithLabelValues(n.Direction).Inc()
	}
}

// met is quicker than to ask for labels, and packets come in floods.
func (c *dhcpCounters) met(f fate) prometheus.Counter {
	if n, ok := c.fates[f]; ok {
		return n
	}
	return c.packets.WithLabelValues(f.port, f.verdict)
}
