// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"fmt"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/dhcpproxy"
	"github.com/bootlace-net/bootlace/internal/machines/life"
	"github.com/bootlace-net/bootlace/internal/machines/lives"
	"github.com/bootlace-net/bootlace/internal/netif"
	"github.com/bootlace-net/bootlace/internal/site"
)

// listenDHCP binds ProxyDHCP.
func (d *daemon) listenDHCP(s *configs.Settings) error {
	if s.DHCP.Mode == configs.DHCPOff {
		return nil
	}
	srv := d.dhcpServer(s)
	if err := srv.Listen(); err != nil {
		return &SystemError{What: "dhcp", Err: err}
	}
	d.recorder.ShowDHCP(dhcpproxy.PortNames(), dhcpproxy.VerdictNames(), dhcpproxy.RivalNames())
	for _, n := range srv.Notices() {
		d.recorder.Say(boot.LevelWarn, n)
	}
	for _, a := range srv.LocalAddrs() {
		d.started = append(d.started, "dhcp "+a)
	}
	d.tasks = append(d.tasks, job{"dhcp", srv.Serve})
	return d.served(srv)
}

// served says which networks are answered, and refuses to run where there is none yet and none can be expected.
func (d *daemon) served(srv *dhcpproxy.Server) error {
	nics, err := srv.Served()
	if err != nil {
		return &SystemError{What: "interfaces", Err: err}
	}
	for _, n := range nics {
		if trouble := troubleWith(n); trouble != "" {
			d.recorder.Say(boot.LevelWarn, trouble, "interface", n.Name)
			continue
		}
		d.recorder.Say(boot.LevelInfo, "answering PXE clients here", "interface", n.Name, "networks", fmt.Sprint(n.Prefixes))
	}
	if len(nics) == 0 {
		d.recorder.Say(boot.LevelWarn, "no interface with an IPv4 address to answer on yet: waiting for one", "interfaces", d.host.Table().Names())
	}
	if netif.Isolated(nics) {
		d.recorder.Say(boot.LevelWarn, "this looks like a container's own network, where no machine's broadcast arrives: run it with host networking (--network host, hostNetwork: true), or let a DHCP relay ask it and set server.addresses and tftp.single_port")
	}
	return nil
}

// dhcpServer translates the settings.
func (d *daemon) dhcpServer(s *configs.Settings) *dhcpproxy.Server {
	srv := &dhcpproxy.Server{
		Host:   d.host,
		Tree:   d.site.Endpoint(),
		Socket: socketMode(s.DHCP.Socket),
		NoIPv6: s.DHCP.IPv6 == configs.DHCPv6Off || !hasIPv6(),
		Delay:  s.DHCP.Delay,
		Events: d.dhcpEvent,
	}
	srv.Machines = d.memory
	site.SetResponder(&srv.Responder, s, d.decider)
	return srv
}

// dhcpEvent notices operating systems of machines whose lives are kept, before the event is told.
func (d *daemon) dhcpEvent(e boot.Event) {
	if x := e.Exchange; x != nil && x.System && d.lives.Lived(e.Client.MAC) {
		m := lives.Of(d.current.Load().Plan(e.Client))
		d.lives.Note(m, life.Event{Kind: life.SystemSeen})
	}
	d.recorder.Record(e)
}

func socketMode(s configs.DHCPSocket) dhcpproxy.SocketMode {
	switch s {
	case configs.SocketUDP:
		return dhcpproxy.SocketUDP
	case configs.SocketPacket:
		return dhcpproxy.SocketPacket
	default:
		return dhcpproxy.SocketAuto
	}
}
