// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/dhcp6"
)

// Ports of DHCPv6.
const (
	portClient6 = 546
	portServer6 = 547
)

// offer6 is a DHCPv6 answer with where it came from.
type offer6 struct {
	dhcp6.Answer
	from netip.AddrPort
}

// run6 plays a client over IPv6.
func (s *session) run6() error {
	if s.kind.arch == boot.ArchBIOS && !s.kind.ipxe {
		return fmt.Errorf("%s does not know IPv6", s.kind.title)
	}
	s.say("playing %s over IPv6, MAC %s, on %s", s.kind.title, s.opts.MAC, s.nic.Name)
	c, err := net.ListenUDP("udp6", &net.UDPAddr{IP: net.IPv6unspecified, Port: portClient6, Zone: s.nic.Name})
	if err != nil {
		return fmt.Errorf("%w: port 546 is needed, and with it root; a DHCPv6 client of this host may have it", err)
	}
	defer func() { _ = c.Close() }() // nothing is lost with it
	group := &net.UDPAddr{IP: net.ParseIP("ff02::1:2"), Port: portServer6, Zone: s.nic.Name}
	ask := s.ask6()
	ask.Inform = s.kind.ipxe
	if _, err := c.WriteTo(ask.Bytes(), group); err != nil {
		return err
	}
	offers := s.collect6(c, s.opts.Wait, 0)
	return s.finish(s.judge6(offers))
}

func (s *session) ask6() dhcp6.Ask {
	x := s.opts.XID
	return dhcp6.Ask{XID: [3]byte{byte(x >> 16), byte(x >> 8), byte(x)}, MAC: s.opts.MAC, Class: s.kind.class, Arch: s.kind.arch, IPXE: s.kind.ipxe}
}

// collect6 hears answers until wait is over, or there are enough of them (0: never).
func (s *session) collect6(c *net.UDPConn, wait time.Duration, enough int) (list []offer6) {
	began := time.Now()
	buf := make([]byte, 4096)
	if err := c.SetReadDeadline(began.Add(wait)); err != nil {
		return nil
	}
	for s.ctx.Err() == nil && (enough == 0 || len(list) < enough) {
		n, from, err := c.ReadFromUDPAddrPort(buf)
		if err != nil {
			var timeout net.Error
			if !errors.As(err, &timeout) || !timeout.Timeout() {
				s.note("%v", err)
			}
			return list
		}
		p, ok := dhcp6.ParseAnswer(buf[:n])
		if !ok || p.XID != s.ask6().XID {
			continue
		}
		s.say("%s from %s after %s", strings.ToLower(p.Type), from, time.Since(began).Round(100*time.Microsecond))
		for _, line := range dhcp6.Describe(buf[:n]) {
			s.say("    %s", line)
		}
		list = append(list, offer6{p, from})
	}
	return list
}

// judge6 follows PxeBcDhcp6.c and HttpBootDhcp6.c: an answer with the vendor class and a URL but no address is a proxy's.
func (s *session) judge6(offers []offer6) Verdict {
	address := s.opts.AssumeDHCP || s.kind.ipxe // asked for information only, it has its address from a router
	var direct, proxy *offer6
	for i := range offers {
		o := &offers[i]
		address = address || o.Address
		switch {
		case o.URL == "" || o.Server == nil:
		case direct == nil && (s.kind.ipxe || o.Address && !strings.HasPrefix(o.Class, "PXEClient")):
			direct = o
		case proxy == nil && strings.HasPrefix(o.Class, s.kind.class.String()):
			proxy = o
		}
	}
	switch {
	case !address:
		return fails("PXE-E16", "no DHCPv6 server offered an address")
	case direct != nil:
		return Verdict{Text: "an answer with a URL to load at once", File: direct.URL}
	case proxy == nil:
		return fails("PXE-E16", "no answer has a boot file URL (option 59) that this client would take")
	case s.kind.class == boot.ClassHTTP:
		return Verdict{Text: "the URL of a proxy's answer", File: proxy.URL}
	}
	return s.askBINL6(proxy)
}

// askBINL6 asks the host of the URL for the same again, on port 4011.
func (s *session) askBINL6(o *offer6) Verdict {
	u, err := url.Parse(o.URL)
	if err != nil {
		return fails("PXE-E16", "option 59 is no URL: "+o.URL)
	}
	host, err := netip.ParseAddr(u.Hostname())
	if err != nil {
		return fails("PXE-E16", "the URL's host is no address: "+o.URL)
	}
	s.say("asking %s on port %d", host, portBINL)
	c, err := net.ListenUDP("udp6", nil)
	if err != nil {
		return fails("PXE-E16", err.Error())
	}
	defer func() { _ = c.Close() }() // nothing is lost with it
	ask := s.ask6()
	ask.Server = o.Server
	for _, wait := range s.tries {
		if _, err := c.WriteToUDPAddrPort(ask.Bytes(), netip.AddrPortFrom(host, portBINL)); err != nil {
			return fails("PXE-E16", err.Error())
		}
		if list := s.collect6(c, wait, 1); len(list) > 0 && list[0].URL != "" {
			return Verdict{Text: "the URL that port 4011 names", File: list[0].URL}
		}
	}
	return fails("PXE-E16", fmt.Sprintf("%s does not answer on port %d", host, portBINL))
}
