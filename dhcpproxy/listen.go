// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"errors"
	"fmt"
	"net/netip"
	"syscall"
	"time"

	"github.com/bootlace-net/bootlace/internal/udp"
)

// readBuffer holds what a rack sends while the machine is busy for a moment: 4 MiB are about 2,000 requests with the
// kernel's overhead.
const readBuffer = 4 << 20

// Listen opens every socket. On failure none stays open. The error says what to do about it, and wraps what the system
// said.
func (s *Server) Listen() error {
	list := s.NICs
	if list == nil {
		list = SystemNICs
	}
	if s.network.udp == nil {
		s.network = systemNetwork()
	}
	s.nics = &nicTable{list: list, served: s.Interfaces, addresses: s.Addresses}
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
	s.openEar(false)
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
		owner := PortOwner("udp", portServer)
		s.notice = append(s.notice, fmt.Sprintf("port 67 belongs to %s: reading beside it with a packet socket", owner))
		return s.openPacket()
	}
	return err
}

// openPacket reads requests for port 67 beside the program that has it. What that program answers is worth hearing too.
func (s *Server) openPacket() error {
	c, err := s.network.packets(portServer, false)
	if err != nil {
		return fmt.Errorf("dhcp.socket: %w", err)
	}
	s.sockets = append(s.sockets, &socket{Packets: c, role: RoleDHCP, name: "packets to port 67"})
	s.openEar(true)
	return nil
}

// openEar listens to the answers of other servers, those on this host included if own is set. Without the privilege, or
// the means, it does without.
func (s *Server) openEar(own bool) {
	c, err := s.network.packets(portClient, own)
	switch {
	case err == nil && own:
		s.sockets = append(s.sockets, &socket{Packets: c, ear: true, name: "packets from here to port 68"})
	case err == nil:
		s.sockets = append(s.sockets, &socket{Packets: c, ear: true, name: "packets to port 68"})
	default:
		s.notice = append(s.notice, "other DHCP servers cannot be watched: "+err.Error())
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
		return explainListen(err, port)
	}
	s.sockets = append(s.sockets, &socket{Packets: c, role: role, six: six, name: "udp " + addr.String()})
	return nil
}

// explainListen adds the fix.
func explainListen(err error, port uint16) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE) && port == portBINL:
		return fmt.Errorf("%w: port %d belongs to %s, which is a ProxyDHCP server too: stop it, or switch its PXE service off (dnsmasq: remove pxe-service and dhcp-range=…,proxy)",
			err, port, PortOwner("udp", port))
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%w: port %d belongs to %s: stop it, or set dhcp.socket to auto or packet to answer beside it", err, port, PortOwner("udp", port))
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("%w: port %d needs root or CAP_NET_BIND_SERVICE", err, port)
	default:
		return err
	}
}

// Unnamed is what PortOwner says where it cannot find out more.
const Unnamed = "another program"

// Served lists the interfaces that are answered on now, with their addresses.
func (s *Server) Served() ([]NIC, error) {
	return s.nics.all(time.Now())
}
