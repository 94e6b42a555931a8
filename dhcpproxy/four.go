// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"errors"
	"net/netip"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/dhcp4"
)

// exchange4 is one DHCPv4 request on its way to an answer.
type exchange4 struct {
	exchange
	msg *dhcp4.Message
}

// work4 is the memory that one answer needs.
type work4 struct {
	x       exchange4
	msg     dhcp4.Message
	arrival Arrival
	reply   dhcp4.Reply
}

// Respond decides about one DHCPv4 packet. Room is a buffer for the reply, which grows if it is too small.
func (r *Responder) Respond(packet []byte, a Arrival, room []byte) Answer {
	w, _ := r.spare.Get().(*work4)
	if w == nil {
		w = new(work4)
	}
	defer r.spare.Put(w)
	if err := w.msg.Parse(packet); err != nil {
		return Answer{Verdict: unreadable(err)}
	}
	w.arrival = a
	w.x = exchange4{exchange{arrival: &w.arrival, xid: w.msg.XID, opening: w.msg.Type == dhcp4.Discover}, &w.msg}
	x := &w.x
	file, v := r.decide4(x)
	ans := x.answer(w.msg.Type.String(), v, file)
	if !v.Answered() {
		return ans
	}
	w.reply.Reset()
	x.fill(&w.reply, replyType(w.msg.Type), file)
	ans.Reply = w.reply.Encode(&w.msg, room, w.msg.Limit())
	ans.To = destination(&w.msg, &w.arrival)
	switch {
	case len(ans.Reply) == 0:
		ans.Verdict = SilentTooBig
	case r.Observe:
		ans.Verdict, ans.Reply = v.observed(), nil
	}
	return ans
}

// unreadable says why a packet is no message.
func unreadable(err error) Verdict {
	if errors.Is(err, dhcp4.ErrTruncated) {
		return SilentTruncated
	}
	return SilentNotDHCP
}

func replyType(request dhcp4.MessageType) dhcp4.MessageType {
	if request == dhcp4.Discover {
		return dhcp4.Offer
	}
	return dhcp4.Ack
}

// decide4 sorts out what is not for us, and asks about the rest.
func (r *Responder) decide4(x *exchange4) (file string, v Verdict) {
	if x.msg.Op != dhcp4.OpRequest {
		return "", SilentReply
	}
	x.asks()
	said := x.client
	r.see(&x.exchange)
	x.key = keyOf(&x.client, x.msg.CHAddr[:], x.msg.ClientID)
	v = x.addressed(&said)
	switch {
	case v == SilentRequest, v == SilentNotNetboot:
		r.overhear(&x.exchange, said.Class == boot.ClassNone && x.family == dhcp4.FamilyPXE)
	case v == verdictNone && !x.arrival.Local.IsValid():
		v = SilentNoAddress
	case v == verdictNone:
		v = r.refuse(&x.exchange, &said)
	}
	if v != verdictNone {
		return "", v
	}
	return r.decide(&x.exchange)
}

// asks fills in what the packet and the way it came tell of the client.
func (x *exchange4) asks() {
	m, a := x.msg, x.arrival
	x.client, x.family = m.Client()
	x.tftpOnly, x.noTLS, x.poor = !m.FetchesHTTP(), !m.FetchesHTTPS(), poor(m)
	x.server = m.Server()
	c := &x.client
	x.system = x.isSystem()
	c.Interface, c.Subnet = a.Interface, a.Subnet
	if m.GIAddr.IsValid() {
		c.Subnet = netip.PrefixFrom(m.Link(), 32)
	}
	if m.CIAddr.IsValid() {
		c.Addr = m.CIAddr
	} else if m.Type == dhcp4.Request {
		c.Addr = m.RequestedAddr()
	}
	// Some Raspberry Pis leave option 60 out of their request to port 4011; nobody else comes there by chance.
	if a.Role == RoleBINL && c.Class == boot.ClassNone {
		c.Class = boot.ClassPXE
	}
}

// isSystem reports whether an operating system asks for its address: nothing in the packet itself is of firmware or of a loader. A
// request to which a server was named does not count, for some ROMs leave all that out of it; an operating system that had an
// address before asks without a DISCOVER, and names none (RFC 2131 section 4.3.2, INIT-REBOOT).
func (x *exchange4) isSystem() bool {
	m, c := x.msg, &x.client
	return (x.opening || m.Type == dhcp4.Request && !m.Server().IsValid() && !m.CIAddr.IsValid()) && x.arrival.Role == RoleDHCP &&
		dhcp4.ClassOf(m.Class) == boot.ClassNone && x.family != dhcp4.FamilyUBoot && c.Stage == boot.StageROM &&
		len(m.Archs)+len(m.UUID)+len(m.NDI)+len(m.IPXE) == 0
}

// addressed reports whether a message is one for us, by its type, port and class.
func (x *exchange4) addressed(said *boot.Client) Verdict {
	m := x.msg
	if x.arrival.Role == RoleBINL {
		switch id := m.Server(); {
		case m.Type != dhcp4.Request && m.Type != dhcp4.Inform:
			return SilentType
		case id.IsValid() && id != x.arrival.Local:
			return SilentOtherServer
		}
		return verdictNone
	}
	switch {
	case m.Type == dhcp4.Request:
		return SilentRequest
	case m.Type != dhcp4.Discover && m.Type != dhcp4.Inform:
		return SilentType
	case said.Class == boot.ClassNone && x.family != dhcp4.FamilyUBoot:
		return SilentNotNetboot
	}
	return verdictNone
}
