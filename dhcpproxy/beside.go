// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/bootlace-net/bootlace/internal/netif"
	"github.com/bootlace-net/bootlace/internal/udp"
)

// asPacket is what else can be done about a DHCP server that has the port.
const asPacket = "set dhcp.socket to auto or packet to answer beside it"

func serverPort(six bool) uint16 {
	if six {
		return portServer6
	}
	return portServer
}

// listenDHCP reads the port of DHCP servers beside whoever has it, and leaves it free: a port that is bound here keeps a DHCP
// server of this host from starting, whichever of the two comes first. Where packets cannot be read, the port is bound.
func (s *Server) listenDHCP(six bool) error {
	refused, fix := error(nil), asPacket
	if s.Socket != SocketUDP {
		if refused = s.openPackets(six); refused == nil || s.Socket == SocketPacket {
			return refused
		}
		fix = "let Bootlace answer beside it: " + netif.Rights
	}
	if err := s.open(RoleDHCP, six); err != nil {
		return fmt.Errorf("dhcp.socket: %w", netif.ExplainListen(err, "dhcp.socket", fix))
	}
	if errors.Is(refused, fs.ErrPermission) {
		s.notice = append(s.notice, fmt.Sprintf("port %d is kept from any DHCP server that starts on this host later, because it cannot be read beside one: %s", serverPort(six), netif.Rights))
	}
	return nil
}

// openPackets reads the requests beside the program that has their port. What that program answers is worth hearing too.
func (s *Server) openPackets(six bool) error {
	port := serverPort(six)
	c, err := s.network.packets(udp.PacketConfig{Port: port, IPv6: six, ReadBuffer: readBuffer})
	if err != nil {
		return fmt.Errorf("dhcp.socket: %w", netif.ExplainListen(err, "dhcp.socket", asPacket))
	}
	beside := &socket{Packets: c, role: RoleDHCP, six: six, beside: true, name: fmt.Sprintf("packets to port %d", port)}
	s.sockets = append(s.sockets, beside)
	if !six {
		s.openMonitor(true)
	}
	if text := s.findOwner(beside); text != "" {
		s.notice = append(s.notice, text)
	}
	return nil
}

// hearer is a packet socket that waits for its turn.
type hearer interface{ Hear() error }

// findOwner looks for a program of this host that has the port which a socket reads beside it. When one is first found, the
// text says so, and what it answers begins to be heard: before, that would cost something and bring nothing.
func (s *Server) findOwner(c *socket) (text string) {
	if !c.beside || c.owned {
		return ""
	}
	port := serverPort(c.six)
	owner := s.Host.PortOwner("udp", port)
	if owner == "" {
		return ""
	}
	c.owned = true
	text = fmt.Sprintf("port %d belongs to %s: reading beside it with a packet socket", port, owner)
	if s.own != nil && !c.six {
		if err := s.own.Hear(); err != nil {
			text += ", deaf to what it answers: " + err.Error()
		}
	}
	return text
}

// unavailable reports whether an error says that this host has no IPv6.
func unavailable(err error) bool {
	return errors.Is(err, syscall.EAFNOSUPPORT) || errors.Is(err, syscall.EADDRNOTAVAIL)
}
