// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"errors"
	"fmt"
	"net/netip"
	"syscall"

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
	return nil
}

func (s *Server) listenAll() error {
	if err := s.listenDHCP(); err != nil {
		return err
	}
	if err := s.open(RoleBINL, false); err != nil {
		return err
	}
	s.openMonitor(false)
	if s.NoIPv6 {
		return nil
	}
	return s.listenSix()
}

// listenDHCP takes port 67, or listens beside the program that has it.
func (s *Server) listenDHCP() error {
	if s.Socket == SocketPacket {
		return s.openPacket()
	}
	err := s.open(RoleDHCP, false)
	if s.Socket == SocketAuto && errors.Is(err, syscall.EADDRINUSE) {
		owner := netif.PortOwner("udp", portServer)
		s.notice = append(s.notice, fmt.Sprintf("port 67 belongs to %s: reading beside it with a packet socket", owner))
		return s.openPacket()
	}
	return err
}

// openPacket reads requests for port 67 beside the program that has it. What that program answers is worth hearing too.
func (s *Server) openPacket() error {
	c, err := s.network.packets(udp.PacketConfig{Port: portServer, ReadBuffer: readBuffer})
	if err != nil {
		return fmt.Errorf("dhcp.socket: %w", netif.ExplainListen(err, "dhcp.socket", besideDHCP))
	}
	s.sockets = append(s.sockets, &socket{Packets: c, role: RoleDHCP, name: "packets to port 67"})
	s.openMonitor(true)
	return nil
}

// openMonitor listens to the answers of other servers, those on this host included if own is set. Without the privilege, or
// the means, it does without.
func (s *Server) openMonitor(own bool) {
	c, err := s.network.packets(udp.PacketConfig{Port: portClient, Sent: own, ReadBuffer: readBuffer})
	switch {
	case err == nil && own:
		s.sockets = append(s.sockets, &socket{Packets: c, monitor: true, name: "packets from here to port 68"})
	case err == nil:
		s.sockets = append(s.sockets, &socket{Packets: c, monitor: true, name: "packets to port 68"})
	default:
		s.notice = append(s.notice, "other DHCP servers cannot be watched: "+netif.ExplainListen(err, "dhcp.socket", besideDHCP).Error())
	}
}

// open binds a UDP socket for one role.
func (s *Server) open(role Role, six bool) error {
	port, ip := uint16(portServer), netip.IPv4Unspecified()
	if six {
		port, ip = portServer6, netip.IPv6Unspecified()
	}
	if role == RoleBINL {
		port = portBINL
	}
	addr := netip.AddrPortFrom(ip, port)
	c, err := s.network.udp(udp.Config{Addr: addr, Broadcast: !six, PacketInfo: true, ReadBuffer: readBuffer})
	if err != nil {
		if port == portBINL {
			return netif.ExplainListen(err, "dhcp.mode", besideBINL)
		}
		return fmt.Errorf("dhcp.socket: %w", netif.ExplainListen(err, "dhcp.socket", besideDHCP))
	}
	s.sockets = append(s.sockets, &socket{Packets: c, role: role, six: six, name: "udp " + addr.String()})
	return nil
}

// What to do about a port that somebody else has, short of ending that.
const (
	besideDHCP = "set dhcp.socket to auto or packet to answer beside it"
	besideBINL = "switch off its PXE service, which is a ProxyDHCP server too (dnsmasq: remove pxe-service and dhcp-range=…,proxy)"
)

// Served lists the interfaces that are answered on now, with their addresses.
func (s *Server) Served() ([]netif.Interface, error) { return s.Host.Serving() }
