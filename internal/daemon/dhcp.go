// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"fmt"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/dhcpproxy"
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
	if err := d.count.registry.Register(srv); err != nil {
		return err
	}
	for _, n := range srv.Notices() {
		d.log.Warn().Msg(n)
	}
	for _, a := range srv.LocalAddrs() {
		d.started = append(d.started, "dhcp "+a)
	}
	d.story.fetched = srv.Fetched
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
			d.log.Warn().Str("interface", n.Name).Msg(trouble)
			continue
		}
		d.log.Info().Str("interface", n.Name).Str("networks", fmt.Sprint(n.Prefixes)).Msg("answering PXE clients here")
	}
	if len(nics) == 0 {
		d.log.Warn().Strs("interfaces", d.host.Table().Names()).Msg("no interface with an IPv4 address to answer on yet: waiting for one")
	}
	if netif.Isolated(nics) {
		d.log.Warn().Msg("this looks like a container's own network, where no machine's broadcast arrives: run it with host networking (--network host, hostNetwork: true), or let a DHCP relay ask it and set server.addresses and tftp.single_port")
	}
	return nil
}

// dhcpServer translates the settings.
func (d *daemon) dhcpServer(s *configs.Settings) *dhcpproxy.Server {
	srv := &dhcpproxy.Server{
		Host:   d.host,
		Tree:   d.site.Endpoint(),
		Socket: socketMode(s.DHCP.Socket),
		NoIPv6: !hasIPv6(),
		Delay:  s.DHCP.Delay,
		Logger: d.log,
		Seen:   d.book.see,
	}
	site.SetResponder(&srv.Responder, s, newcomers{d})
	return srv
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

// newcomers is the planner of DHCP: the current catalog, and a line in the log for every machine that it has no rule for.
type newcomers struct{ d *daemon }

// Plan follows dhcpproxy.Planner.
func (n newcomers) Plan(c boot.Client) boot.Plan {
	p := n.d.current.Load().Plan(c)
	if p.Host == nil && len(p.Groups) == 0 && n.d.book.first(c.MAC) {
		n.d.introduce(c, p)
	}
	return p
}

// introduce tells of a machine that nobody knows, with all that was seen of it; `bootlace hosts unknown` makes YAML of
// these lines.
func (d *daemon) introduce(c boot.Client, p boot.Plan) {
	e := d.log.Info().Str("step", "unknown").Stringer("mac", c.MAC).Stringer("arch", c.Arch())
	for _, f := range [][2]string{
		{"serial", c.Serial}, {"hostname", c.Hostname}, {"vendor", c.Vendor}, {"interface", c.Interface}, {"circuit", c.Circuit}, {"remote", c.Remote},
	} {
		if f[1] != "" {
			e = e.Str(f[0], printable(f[1]))
		}
	}
	if !c.UUID.IsZero() {
		e = e.Stringer("uuid", c.UUID)
	}
	if c.Relay.IsValid() {
		e = e.Stringer("relay", c.Relay)
	}
	e.Stringer("policy", p.Action).Msg("a machine that no host or group names: `bootlace hosts unknown` prints it as YAML")
}
