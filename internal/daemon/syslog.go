// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"fmt"
	"net/netip"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/internal/machines/life"
	"github.com/bootlace-net/bootlace/internal/machines/lives"
	"github.com/bootlace-net/bootlace/internal/netif"
	"github.com/bootlace-net/bootlace/internal/syslogd"
)

// listenSyslog binds the receiver of machines' logs.
func (d *daemon) listenSyslog(s *configs.Syslog) error {
	if len(s.Listen) == 0 {
		return nil
	}
	srv := &syslogd.Server{
		Addrs:    everyFamily(s.Listen),
		Machines: senders{d.decider, &admission{host: d.host, allow: s.Allow}},
		Events:   d.overheard,
	}
	if err := srv.Listen(); err != nil {
		return &SystemError{What: "syslog", Err: netif.ExplainListen(err, "syslog.listen", "")}
	}
	d.recorder.ShowSyslog(srv.Stats)
	d.started = append(d.started, fmt.Sprintf("syslog %v", srv.LocalAddrs()))
	d.tasks = append(d.tasks, job{"syslog", srv.Serve})
	return nil
}

// overheard keeps a line. One that comes after the loaders is a sign that an installation is alive.
func (d *daemon) overheard(e boot.Event) {
	d.recorder.Record(e)
	if e.Kind != boot.EventLog || e.Log.Form == syslogd.IPXE.String() {
		return
	}
	if p := d.current.Load().Plan(e.Client); d.lives.Concerns(&p) {
		m := lives.Of(p)
		d.lives.Note(m, life.Event{Kind: life.Logged})
	}
}

// senders follows syslogd.Machines.
type senders struct {
	*decider
	admission *admission
}

// Behind gives the plan of the machine at an address, if it is one that booted here or that the configuration names: the
// kernel's neighbours are many others, too.
func (s senders) Behind(local, remote netip.Addr) (boot.Plan, bool) {
	if !s.admission.admits(local, remote) {
		return boot.Plan{}, false
	}
	c, by := s.behind(remote)
	if by == byNothing {
		return boot.Plan{}, false
	}
	c.Addr = remote
	p := s.current().Plan(c)
	_, known := s.memory.Find(c.Key())
	return p, known || p.Host != nil
}
