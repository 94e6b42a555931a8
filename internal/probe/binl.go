// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/bootlace-net/bootlace/internal/dhcp4"
)

// binlTries are EDK2's waits on port 4011 (PxeBcDhcp4.c).
func binlTries() []time.Duration {
	return []time.Duration{time.Second, 2 * time.Second, 3 * time.Second}
}

// askBINL asks port 4011, as it would with the address it was offered; the probe uses its own.
func (s *session) askBINL(p *dhcp4.Answer, silent string, item *uint16) Verdict {
	host := p.Host()
	ask := s.kind.ask(&s.opts)
	ask.Type, ask.CIAddr, ask.Broadcast = dhcp4.Request, s.own, false
	if item != nil {
		ask.Item, ask.HasItem = *item, true
	}
	s.say("asking %s on port %d", host, portBINL)
	c, err := s.dialBINL()
	if err != nil {
		return fails(silent, "port 4011 could not be asked: "+err.Error())
	}
	defer func() { _ = c.Close() }() // nothing is lost with it
	for _, wait := range s.tries {
		if o, ok := s.exchange(c, netip.AddrPortFrom(host, portBINL), ask.Bytes(), wait); ok {
			return s.acknowledged(&o)
		}
	}
	return fails(silent, fmt.Sprintf("%s does not answer on port %d, where this offer sends the client: is the port open in its firewall?", host, portBINL))
}

func (s *session) acknowledged(o *offer) Verdict {
	s.describe("answer", o)
	file := o.File()
	if s.kind.name == "bios" {
		file = o.HeaderFile
	}
	switch {
	case o.from.Port() != portBINL:
		return fails("no answer from port 4011", fmt.Sprintf("the answer came from port %d", o.from.Port()))
	case file == "":
		return fails(s.noFileCode(), "the answer from port 4011 names no boot file")
	}
	return loads(&o.Answer, file, "the file that port 4011 names")
}

func (s *session) noFileCode() string {
	if s.kind.name == "bios" {
		return "PXE-E53"
	}
	return "PXE-E16"
}

// dialBINL takes port 4011 if it is free, because EDK2 waits there; a server on this host has it, then any will do.
func (s *session) dialBINL() (*net.UDPConn, error) {
	local := &net.UDPAddr{Port: portBINL}
	if s.kind.ipxe {
		local.Port = 0 // iPXE asks from port 68, which may be taken
	}
	c, err := net.ListenUDP("udp4", local)
	if err != nil {
		return net.ListenUDP("udp4", nil)
	}
	return c, nil
}

func (s *session) exchange(c *net.UDPConn, to netip.AddrPort, packet []byte, wait time.Duration) (offer, bool) {
	began := time.Now()
	if _, err := c.WriteToUDPAddrPort(packet, to); err != nil {
		s.note("%v", err)
		return offer{}, false
	}
	if err := c.SetReadDeadline(began.Add(wait)); err != nil {
		return offer{}, false
	}
	buf := make([]byte, 4096)
	for {
		n, from, err := c.ReadFromUDPAddrPort(buf)
		if err != nil {
			return offer{}, false
		}
		p, ok := dhcp4.ParseAnswer(buf[:n])
		if ok && p.XID == s.opts.XID {
			return offer{Answer: p, from: netip.AddrPortFrom(from.Addr().Unmap(), from.Port()), raw: append([]byte(nil), buf[:n]...), at: time.Since(began)}, true
		}
	}
}
