// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"net/netip"

	"github.com/bootlace-net/bootlace/internal/netif"
	"github.com/bootlace-net/bootlace/internal/udp"
)

// readBuffer holds what a rack sends while the machine is busy for a moment: 4 MiB are about 2,000 requests with the
// kernel's overhead.
const readBuffer = 4 << 20

// Listen opens every socket. On failure none stays open. The error says what to do about it, and wraps what the system
// said.
func (s *Server) Listen() error {
	if s.Host == nil {
		s.Host = &netif.Host{}
	}
	if s.network.udp == nil {
		s.network = systemNetwork()
	}
	if err := s.listenAll(); err != nil {
		_ = s.Close()
		s.sockets = nil
		return err
	}
	if served, err := s.Host.Serving(); err == nil {
		s.served = answering(served)
	}
	return nil
}

func (s *Server) listenAll() error {
	if err := s.listenDHCP(false); err != nil {
		return err
	}
	if err := s.openBINL(false); err != nil {
		return err
	}
	s.openMonitor(false)
	if s.NoIPv6 {
		return nil
	}
	return s.listenSix()
}

// openMonitor listens to the answers of other servers, or, if own is set, to those of a server on this host, once there is
// one. Without the privilege, or the means, it does without.
func (s *Server) openMonitor(own bool) {
	c, err := s.network.packets(udp.PacketConfig{Port: portClient, Sent: own, Deaf: own, ReadBuffer: readBuffer})
	switch {
	case err == nil && own:
		s.own, _ = c.(hearer)
		s.sockets = append(s.sockets, &socket{Packets: c, monitor: true, name: "packets from here to port 68"})
	case err == nil:
		s.sockets = append(s.sockets, &socket{Packets: c, monitor: true, name: "packets to port 68"})
	default:
		s.notice = append(s.notice, "other DHCP servers cannot be watched: "+netif.ExplainListen(err, "dhcp.socket", asPacket).Error())
	}
}

// open binds a UDP socket for one role.
func (s *Server) open(role Role, six bool) error {
	port, ip := serverPort(six), netip.IPv4Unspecified()
	if six {
		ip = netip.IPv6Unspecified()
	}
	if role == RoleBINL {
		port = portBINL
	}
	addr := netip.AddrPortFrom(ip, port)
	c, err := s.network.udp(udp.Config{Addr: addr, Broadcast: !six, PacketInfo: true, ReadBuffer: readBuffer})
	if err != nil {
		return err
	}
	s.sockets = append(s.sockets, &socket{Packets: c, role: role, six: six, name: "udp " + addr.String()})
	return nil
}

// openBINL takes port 4011, which no DHCP server wants.
func (s *Server) openBINL(six bool) error {
	return netif.ExplainListen(s.open(RoleBINL, six), "dhcp.mode",
		"switch off its PXE service, which is a ProxyDHCP server too (dnsmasq: remove pxe-service and dhcp-range=…,proxy)")
}

// Served lists the interfaces that are answered on now, with their addresses.
func (s *Server) Served() ([]netif.Interface, error) { return s.Host.Serving() }
