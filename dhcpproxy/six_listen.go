// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv6"
	"github.com/insomniacslk/dhcp/iana"
)

// listenSix opens the DHCPv6 ports. A host without IPv6, or with another DHCPv6 server on it, goes without: that is said,
// and no reason not to serve IPv4.
func (s *Server) listenSix() error {
	err := s.open(RoleDHCP, true)
	if err == nil {
		if err = s.open(RoleBINL, true); err != nil {
			s.drop()
		}
	}
	switch {
	case err == nil:
	case errors.Is(err, syscall.EADDRINUSE):
		s.notice = append(s.notice, fmt.Sprintf("DHCPv6 is not answered: port 547 or 4011 belongs to %s", PortOwner("udp6", portServer6)))
		return nil
	case errors.Is(err, syscall.EAFNOSUPPORT) || errors.Is(err, syscall.EADDRNOTAVAIL):
		return nil // no IPv6 here: nobody will ask
	default:
		return err
	}
	if s.groups, err = newGroups(); err != nil {
		s.notice = append(s.notice, "DHCPv6 is answered to relays only: "+err.Error())
	}
	s.identify()
	return nil
}

// drop closes the socket that was opened last.
func (s *Server) drop() {
	last := len(s.sockets) - 1
	_ = s.sockets[last].Close()
	s.sockets = s.sockets[:last]
}

// identify takes the first served interface's hardware address as this server's DUID (RFC 8415 section 11.4), and enters
// the group on each of them.
func (s *Server) identify() {
	nics, err := s.nics.all(time.Now())
	if err != nil {
		return
	}
	for _, n := range nics {
		if len(n.MAC) == 6 && s.DUID == nil {
			s.DUID = (&dhcpv6.DUIDLL{HWType: iana.HWTypeEthernet, LinkLayerAddr: n.MAC}).ToBytes()
		}
	}
	s.enter(nics)
}

// enter joins DHCPv6's group on interfaces that are served.
func (s *Server) enter(nics []NIC) {
	if s.groups == nil {
		return
	}
	for _, n := range nics {
		if err := s.groups.join(n.Index); err != nil && s.notes.due("group "+n.Name, time.Now(), noteAge) {
			s.Logger.Debug().Err(err).Str("interface", n.Name).Msg("DHCPv6 is not answered on this interface")
		}
	}
}

// follow enters the group on interfaces that appear later, until done is closed.
func (s *Server) follow(done <-chan struct{}) {
	for tick := time.NewTicker(nicAge); ; {
		select {
		case <-done:
			tick.Stop()
			return
		case now := <-tick.C:
			if nics, err := s.nics.all(now); err == nil {
				s.enter(nics)
			}
		}
	}
}
