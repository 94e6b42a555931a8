// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"context"
	"errors"
	"io/fs"
	"net/netip"
	"time"

	"github.com/rs/zerolog"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/httpd"
	"github.com/bootlace-net/bootlace/tftpd"
)

// tftpDoor lets TFTP into the tree.
type tftpDoor struct {
	tree *tree
	gate *gate
}

// Open follows tftpd.Opener. Firmware takes error codes at their word: U-Boot asks for ever on anything but 1 and 2
// (net/tftp.c), so what cannot be had is one of these.
func (d tftpDoor) Open(_ context.Context, r *tftpd.Request) (tftpd.Content, error) {
	if !d.gate.admits(r.Local.Addr(), r.Remote.Addr()) {
		r.Label = d.tree.asker(r.Name, r.Remote.Addr())
		return nil, &tftpd.Error{Code: tftpd.CodeAccess, Err: errGate}
	}
	f, a, err := d.tree.open(boot.TFTP, r.Name, r.Local.Addr(), r.Remote.Addr())
	r.Label = a
	switch {
	case err == nil:
		return f, nil
	case errors.Is(err, fs.ErrNotExist):
		return nil, err
	default:
		return nil, &tftpd.Error{Code: tftpd.CodeAccess, Err: err}
	}
}

// errGate is why a request through an interface that is not served gets nothing.
var errGate = errors.New("this interface or network is not served")

// httpDoor lets HTTP into the tree.
type httpDoor struct {
	tree *tree
	gate *gate
}

// Open follows httpd.Opener.
func (d httpDoor) Open(_ context.Context, r httpd.Request) (boot.File, error) {
	if !d.gate.admits(r.Local.Addr(), r.Remote.Addr()) {
		return nil, errors.Join(fs.ErrPermission, errGate)
	}
	f, _, err := d.tree.open(boot.HTTP, r.Name, r.Local.Addr(), r.Remote.Addr())
	return f, err
}

// story tells each step of a boot in one line of the log.
type story struct {
	log   zerolog.Logger
	tree  *tree
	count *metrics
	// fetched tells the DHCP room that a machine took its offer; nil without DHCP.
	fetched func(boot.MAC)
}

// http tells how a request ended.
func (s *story) http(r httpd.Record) {
	s.count.http(r)
	e := s.log.Info()
	switch {
	case r.Status >= 500:
		e = s.log.Error()
	case r.Status >= 400 || r.Err != nil:
		e = s.log.Warn()
	}
	e = s.who(e, r.Name, r.Remote.Addr()).Str("step", "http").Str("method", r.Method).Int("status", r.Status)
	if r.Err != nil {
		e = e.AnErr("detail", r.Err)
	}
	e.Int64("bytes", r.Bytes).Stringer("took", short(r.Duration)).Str("agent", printable(r.Agent)).Msg(printable(r.Name))
}

// who adds the machine behind a name and an address.
func (s *story) who(e *zerolog.Event, asked string, from netip.Addr) *zerolog.Event {
	return s.machine(e, s.tree.asker(asked, from), from)
}

// machine adds the machine that a request was found to come from.
func (s *story) machine(e *zerolog.Event, a answer, from netip.Addr) *zerolog.Event {
	e = e.Stringer("ip", from.Unmap())
	if mac := a.plan.Client.MAC; !mac.IsZero() {
		e = e.Stringer("mac", mac)
		if s.fetched != nil {
			s.fetched(mac)
		}
	}
	if a.plan.Host != nil {
		e = e.Str("host", a.plan.Host.Name)
	}
	return e
}

// short rounds a duration to three digits or so: a log is read by people too.
func short(d time.Duration) time.Duration {
	switch {
	case d > time.Second:
		return d.Round(10 * time.Millisecond)
	case d > time.Millisecond:
		return d.Round(10 * time.Microsecond)
	default:
		return d.Round(time.Microsecond)
	}
}

// printable keeps what a packet says from writing more than its own words into the log.
func printable(s string) string {
	const most = 200
	out := make([]rune, 0, min(len(s), most))
	for _, r := range s {
		if r < ' ' || r == 0x7f || r > 0x7e && r < 0xa0 || r == '\ufffd' {
			r = '?'
		}
		if out = append(out, r); len(out) == most {
			return string(out) + "…"
		}
	}
	return string(out)
}
