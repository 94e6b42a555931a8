// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"bytes"
	"net/netip"

	"github.com/insomniacslk/dhcp/dhcpv6"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/dhcp6"
)

// exchange6 is one DHCPv6 request on its way to an answer.
type exchange6 struct {
	exchange
	msg   *dhcpv6.Message
	relay *dhcpv6.RelayMessage // the outermost; nil without relays
}

// Respond6 decides about one DHCPv6 packet.
//
// EDK2 takes an ADVERTISE without an address as a proxy's, if it has the vendor class and a URL; it then asks the URL's
// host on port 4011 for the same once more (PxeBcDhcp6.c; for HTTP the ADVERTISE is enough, HttpBootDhcp6.c).
func (r *Responder) Respond6(packet []byte, a Arrival, room []byte) Answer {
	x := exchange6{exchange: exchange{arrival: &a, six: true}}
	if v := x.parse(packet); v != verdictNone {
		return Answer{Verdict: v}
	}
	file, v := r.decide6(&x)
	ans := x.answer(x.msg.MessageType.String(), v, file)
	if !v.Answered() {
		return ans
	}
	if r.Observe {
		ans.Verdict = v.observed()
		return ans
	}
	out, to, err := x.destination(x.reply(r.duid(), file))
	if err != nil {
		ans.Verdict = SilentNotDHCP
		return ans
	}
	ans.Reply, ans.To = append(room[:0], out.ToBytes()...), to
	return ans
}

// parse reads the packet and unwraps what relays put around it.
func (x *exchange6) parse(packet []byte) Verdict {
	if len(packet) < 4 {
		return SilentTruncated
	}
	p, err := dhcpv6.FromBytes(packet)
	if err != nil {
		return SilentNotDHCP
	}
	if relay, ok := p.(*dhcpv6.RelayMessage); ok {
		if relay.MessageType != dhcpv6.MessageTypeRelayForward {
			return SilentReply
		}
		x.relay = relay
	}
	x.msg, err = p.GetInnerMessage()
	if err != nil || x.msg == nil {
		return SilentNotDHCP
	}
	id := x.msg.TransactionID
	x.xid = uint32(id[0])<<16 | uint32(id[1])<<8 | uint32(id[2])
	x.opening = x.msg.MessageType == dhcpv6.MessageTypeSolicit
	return verdictNone
}

func (r *Responder) decide6(x *exchange6) (file string, v Verdict) {
	x.asks()
	said := x.client
	x.system = x.opening && said.Class == boot.ClassNone && len(said.Archs) == 0
	r.see(&x.exchange)
	x.key = keyOf(&x.client)
	if v = r.admit6(x, &said); v == SilentNotNetboot {
		r.overhear(&x.exchange, true)
	}
	if v != verdictNone {
		return "", v
	}
	return r.decide(&x.exchange)
}

// admit6 sorts out what is not ours to answer.
func (r *Responder) admit6(x *exchange6, said *boot.Client) Verdict {
	a := x.arrival
	switch t := x.msg.MessageType; {
	case t == dhcpv6.MessageTypeAdvertise || t == dhcpv6.MessageTypeReply:
		return SilentReply
	case t == dhcpv6.MessageTypeSolicit && a.Role == RoleDHCP, t == dhcpv6.MessageTypeInformationRequest:
	case t == dhcpv6.MessageTypeRequest:
		if id := x.msg.Options.ServerID(); id == nil || !bytes.Equal(id.ToBytes(), r.duid().ToBytes()) {
			return SilentOtherServer
		}
	default:
		return SilentType
	}
	switch {
	case said.Class == boot.ClassNone:
		return SilentNotNetboot
	case !a.Local.IsValid() || a.Local.IsLinkLocalUnicast():
		return SilentNoIPv6
	}
	if v := r.refuse(&x.exchange, said); v != verdictNone {
		return v
	}
	if x.opening && said.Stage != boot.StageROM {
		return SilentNeedsAddress
	}
	return verdictNone
}

// reply says to whom, from whom, the class by which EDK2 knows an offer for it, and the URL. There are no parameters
// (option 60): EDK2 takes the first for the file's size in blocks of 512 bytes, and gives up if it is none (PxeBcDhcp6.c);
// without, it asks TFTP.
func (x *exchange6) reply(duid dhcpv6.DUID, url string) *dhcpv6.Message {
	reply := &dhcpv6.Message{MessageType: dhcpv6.MessageTypeReply, TransactionID: x.msg.TransactionID}
	if x.opening {
		reply.MessageType = dhcpv6.MessageTypeAdvertise
	}
	if id := x.msg.Options.ClientID(); id != nil {
		reply.AddOption(dhcpv6.OptClientID(id))
	}
	reply.AddOption(dhcpv6.OptServerID(duid))
	if x.strategy != boot.StrategyIPXE {
		reply.AddOption(&dhcpv6.OptVendorClass{EnterpriseNumber: dhcp6.EnterprisePXE, Data: [][]byte{[]byte(x.client.Class.String())}})
	}
	reply.AddOption(dhcpv6.OptBootFileURL(url))
	return reply
}

// destination wraps the reply for the relay it came through. What was multicast is answered from the address that the
// kernel takes for that scope; what was sent to an address, from that one: EDK2 waits for the URL's host.
func (x *exchange6) destination(reply *dhcpv6.Message) (dhcpv6.DHCPv6, Destination, error) {
	a := x.arrival
	to := Destination{Remote: a.Remote, Interface: a.Index}
	if !a.Multicast {
		to.Local = a.Local
	}
	if x.relay == nil {
		return reply, to, nil
	}
	if x.relay.Options.RelayPort() == nil { // RFC 8357 section 5.2: else the relay's own port
		to.Remote = netip.AddrPortFrom(a.Remote.Addr(), portServer6)
	}
	wrapped, err := dhcpv6.NewRelayReplFromRelayForw(x.relay, reply)
	return wrapped, to, err
}

// duid names this server to DHCPv6 clients.
func (r *Responder) duid() dhcpv6.DUID {
	if id, err := dhcpv6.DUIDFromBytes(r.DUID); err == nil {
		return id
	}
	return &dhcpv6.DUIDEN{EnterpriseNumber: dhcp6.EnterprisePXE, EnterpriseIdentifier: []byte("bootlace")}
}
