// SPDX-License-Identifier: Apache-2.0

package recorder

import (
	"fmt"

	"github.com/rs/zerolog"

	"github.com/bootlace-net/bootlace/boot"
)

// write writes an event as one line, if its level is asked for.
func (r *Recorder) write(e *boot.Event) {
	l := r.log.WithLevel(levelOf(e.Level))
	if !l.Enabled() {
		return
	}
	if e.Level == boot.LevelDebug {
		makeSafe(e)
	}
	l = text(l, "step", step(e))
	if !e.Client.MAC.IsZero() {
		l = l.Stringer("mac", e.Client.MAC)
	}
	l = text(text(l, "host", e.Host), "profile", e.Profile)
	switch {
	case e.Exchange != nil:
		l = exchange(l, e)
	case e.Transfer != nil:
		l = transfer(l, e.Transfer)
	case e.Log != nil:
		l = text(text(text(l, "ip", known(e.Client.Addr)), "form", e.Log.Form), "severity", e.Log.Severity)
	case e.Kind == boot.EventUnknown:
		unknown(l, e).Msg(e.Text)
		return
	default:
		l = network(text(l, "interface", e.Client.Interface), e.Network)
	}
	text(l, "detail", e.Detail).Msg(e.Text)
}

// step names the stage of a boot that an event belongs to; "" for none.
func step(e *boot.Event) string {
	switch {
	case e.Exchange != nil, e.Network != nil:
		return "dhcp"
	case e.Transfer != nil:
		return e.Transfer.Protocol.String()
	case e.Kind == boot.EventUnknown:
		return "unknown"
	case e.Log != nil:
		return "log"
	case e.Kind == boot.EventInventory:
		return "inventory"
	case e.Kind == boot.EventRot:
		return "rot"
	}
	return ""
}

// exchange adds what is known of a DHCP request and its answer.
func exchange(l *zerolog.Event, e *boot.Event) *zerolog.Event {
	x, c := e.Exchange, &e.Client
	l = text(l, "port", x.Port)
	if c.Addr.IsValid() {
		l = l.Stringer("ip", c.Addr)
	}
	l = text(text(l, "interface", c.Interface), "request", x.Request)
	if c.Class != boot.ClassNone || len(c.Archs) > 0 { // U-Boot has no class of PXE's
		l = l.Stringer("arch", c.Arch()).Stringer("stage", c.Stage)
	}
	if c.Relay.IsValid() {
		l = l.Stringer("relay", c.Relay)
	}
	if x.Strategy != boot.StrategyAuto {
		l = text(l.Stringer("strategy", x.Strategy), "why", x.Why)
	}
	l = text(text(l, "verdict", x.Verdict), "file", x.File)
	if x.To.IsValid() {
		l = l.Stringer("to", x.To)
	}
	if x.Returns > 0 {
		l = l.Int("returns", x.Returns)
	}
	return l
}

// network adds which server gets into the way.
func network(l *zerolog.Event, n *boot.Network) *zerolog.Event {
	if n == nil {
		return l
	}
	return text(text(l, "rival", n.Rival), "server", known(n.Server))
}

// transfer adds what is known of a request for a file.
func transfer(l *zerolog.Event, t *boot.Transfer) *zerolog.Event {
	if t.Remote.IsValid() {
		l = l.Stringer("ip", t.Remote.Addr().Unmap())
	}
	l = text(text(text(l, "by", t.By), "file", t.Name), "outcome", t.Outcome)
	switch {
	case t.Protocol != boot.TFTP:
		return text(l.Str("method", t.Method).Int("status", t.Status).Int64("bytes", t.Bytes).Stringer("took", short(t.Duration)), "agent", t.Agent)
	case t.BlockSize > 0:
		l = l.Int64("bytes", t.Bytes).Int("blksize", t.BlockSize).Int("windowsize", t.WindowSize).
			Int64("retransmits", t.Retransmits).Stringer("rtt", short(t.RTT)).Stringer("took", short(t.Duration))
	}
	return text(l, "class", t.Class)
}

// unknown adds all that was seen of a machine that nobody knows; `bootlace hosts unknown` makes YAML of these lines.
func unknown(l *zerolog.Event, e *boot.Event) *zerolog.Event {
	c := &e.Client
	l = l.Stringer("arch", c.Arch())
	for _, f := range [...][2]string{{"ip", known(c.Addr)}, {"serial", c.Serial}, {"hostname", c.Hostname}, {"vendor", c.Vendor},
		{"interface", c.Interface}, {"circuit", c.Circuit}, {"remote", c.Remote}} {
		l = text(l, f[0], f[1])
	}
	if !c.UUID.IsZero() {
		l = l.Stringer("uuid", c.UUID)
	}
	return text(text(l, "relay", known(c.Relay)), "policy", e.Detail)
}

// known gives a value in words; "" if it is not known.
func known[T interface {
	fmt.Stringer
	IsValid() bool
}](v T) string {
	if !v.IsValid() {
		return ""
	}
	return v.String()
}

// text adds a field that has a value.
func text(l *zerolog.Event, name, value string) *zerolog.Event {
	if value == "" {
		return l
	}
	return l.Str(name, value)
}
