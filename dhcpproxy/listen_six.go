// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"errors"
	"net/netip"
	"syscall"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv6"
	"github.com/insomniacslk/dhcp/iana"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/netif"
	"github.com/bootlace-net/bootlace/internal/udp"
)

// listenSix opens the DHCPv6 ports. A host without IPv6, or with another DHCPv6 server on it, goes without: that is said,
// and no reason not to serve IPv4.
func (s *Server) listenSix() error {
	err := s.listenDHCP(true)
	if err == nil {
		if err = s.openBINL(true); err != nil {
			s.drop()
		}
	}
	switch {
	case err == nil:
	case errors.Is(err, syscall.EADDRINUSE):
		s.notice = append(s.notice, "DHCPv6 is not answered: "+err.Error())
		return nil
	case unavailable(err):
		return nil // no IPv6 here: nobody will ask
	default:
		return err
	}
	if s.members, err = udp.NewMembership(serversAndRelays()); err != nil {
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
	served, err := s.Host.Serving()
	if err != nil {
		return
	}
	for _, n := range served {
		if len(n.MAC) == 6 && s.DUID == nil {
			s.DUID = (&dhcpv6.DUIDLL{HWType: iana.HWTypeEthernet, LinkLayerAddr: n.MAC}).ToBytes()
		}
	}
	s.enter(served)
}

// serversAndRelays is All_DHCP_Relay_Agents_and_Servers (RFC 8415 section 7.1).
func serversAndRelays() netip.Addr { return netip.MustParseAddr("ff02::1:2") }

// enter joins DHCPv6's group on interfaces that are served.
func (s *Server) enter(served []netif.Interface) {
	if s.members == nil {
		return
	}
	for _, n := range served {
		if err := s.members.Join(n.Index); err != nil {
			s.emit(boot.Event{Kind: boot.EventNetwork, Level: boot.LevelDebug, Time: time.Now(), Client: boot.Client{Interface: n.Name},
				Text: "DHCPv6 is not answered on the interface " + n.Name, Detail: err.Error(), Once: noteAge})
		}
	}
}
