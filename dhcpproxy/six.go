// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"bytes"
	"net"
	"net/netip"
	"strings"

	"github.com/insomniacslk/dhcp/dhcpv6"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/dhcp4"
	"github.com/bootlace-net/bootlace/internal/dhcp6"
)

// exchange6 is one DHCPv6 request on its way to an answer.
type exchange6 struct {
	exchange
	msg6  *dhcpv6.Message
	relay *dhcpv6.RelayMessage // the outermost; nil without relays
}

// Respond6 decides about one DHCPv6 packet.
//
// EDK2 takes an ADVERTISE without an address as a proxy's, if it has the vendor class and a URL; it then asks the URL's
// host on port 4011 for the same once more (PxeBcDhcp6.c; for HTTP the ADVERTISE is enough, HttpBootDhcp6.c).
func (r *Responder) Respond6(packet []byte, a Arrival, room []byte) Answer {
	x := exchange6{exchange: exchange{arrival: &a, msg: new(dhcp4.Message)}}
	if v := x.parse6(packet); v != verdictNone {
		return Answer{Verdict: v}
	}
	ans := Answer{Type6: x.msg6.MessageType.String(), XID: x.msg.XID}
	var reply *dhcpv6.Message
	ans.Verdict, reply = r.decide6(&x, &ans)
	ans.Client, ans.Plan, ans.Strategy, ans.key = x.client, x.plan, x.strategy, x.key
	if !ans.Verdict.Answered() {
		return ans
	}
	if r.Observe {
		ans.Verdict += ObservedOffer - AnsweredOffer
		return ans
	}
	out, to, err := x.destination6(reply)
	if err != nil {
		ans.Verdict = SilentNotDHCP
		return ans
	}
	ans.Reply, ans.To = append(room[:0], out.ToBytes()...), to
	return ans
}

// parse6 reads the packet and unwraps what relays put around it.
func (x *exchange6) parse6(packet []byte) Verdict {
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
	x.msg6, err = p.GetInnerMessage()
	if err != nil || x.msg6 == nil {
		return SilentNotDHCP
	}
	id := x.msg6.TransactionID
	x.msg.XID = uint32(id[0])<<16 | uint32(id[1])<<8 | uint32(id[2])
	return verdictNone
}

func (r *Responder) decide6(x *exchange6, ans *Answer) (Verdict, *dhcpv6.Message) {
	x.client = x.client6()
	r.rememberDUID(x)
	x.key = keyOf(x.msg, x.client.MAC)
	if v := r.admit6(x); v != verdictNone {
		return v, nil
	}
	if v := r.throttle(&x.exchange, ans); v != verdictNone {
		return v, nil
	}
	x.plan = r.plan(x.client)
	switch {
	case x.plan.Action == boot.ActionIgnore:
		ans.Detail = x.plan.Reason()
		return SilentIgnored, nil
	case x.plan.Strategy == Silent:
		return SilentPinned, nil
	}
	x.strategy6()
	ans.Why = "DHCPv6"
	if r.returned6(x, ans); ans.Looping > 0 && r.Loop != LoopAnswer {
		return SilentLoop, nil // there is no menu in DHCPv6 in which to offer the disk
	}
	url, v := x.url()
	if v != verdictNone {
		return v, nil
	}
	ans.File = url
	return x.answer6(r.duid(), url)
}

// returned6 counts boots as IPv4 does. They have counters of their own: firmware that tries IPv4 and then IPv6 boots once.
func (r *Responder) returned6(x *exchange6, ans *Answer) {
	solicit, rom := x.msg6.MessageType == dhcpv6.MessageTypeSolicit, x.client.Stage == boot.StageROM
	r.mu.Lock()
	defer r.mu.Unlock()
	rec, now := r.recall(x.key), x.arrival.Time
	if solicit || !rom {
		ans.Fresh = x.key != nameless() && (rec.six.xid != x.msg.XID || now.Sub(rec.six.heard) > sessionAge)
		rec.six.xid, rec.six.heard = x.msg.XID, now
	}
	if rom {
		r.count(&rec.six.returns, &x.exchange, ans, r.Limits.Returns)
		return
	}
	r.count(&rec.six.scripts, &x.exchange, ans, r.Limits.Returns*scriptsPerBoot)
}

// rememberDUID ties a client's DUID to its hardware address: the request on port 4011 comes from a global address, which
// need not hold the hardware address that the SOLICIT's link-local one did.
func (r *Responder) rememberDUID(x *exchange6) {
	id := x.msg6.Options.ClientID()
	if id == nil {
		return
	}
	x.msg.ClientID = id.ToBytes()
	key := string(x.msg.ClientID)
	r.mu.Lock()
	defer r.mu.Unlock()
	mac, known := r.duids[key]
	switch {
	case x.client.MAC.IsZero():
		x.client.MAC = mac
	case !known || mac != x.client.MAC:
		if r.duids == nil || len(r.duids) >= r.Limits.machines() {
			r.duids = make(map[string]boot.MAC) // full of strangers; those that are booting are seen again in seconds
		}
		r.duids[key] = x.client.MAC
	}
}

// strategy6 knows three styles: there are no menus in DHCPv6.
func (x *exchange6) strategy6() {
	switch {
	case x.client.Class == boot.ClassHTTP:
		x.strategy = HTTP
	case x.client.Stage != boot.StageROM:
		x.strategy = IPXE
	default:
		x.strategy = BINL
	}
}

// url is what the client is to load; DHCPv6 knows only URLs (RFC 5970 section 3.1).
func (x *exchange6) url() (string, Verdict) {
	file, v := x.wanted()
	if v == verdictNone && x.strategy == BINL {
		file = boot.Endpoint{Host: x.arrival.Local}.URL(file)
	}
	return file, v
}

// admit6 sorts out what is not ours to answer.
func (r *Responder) admit6(x *exchange6) Verdict {
	a, c := x.arrival, &x.client
	switch t := x.msg6.MessageType; {
	case t == dhcpv6.MessageTypeAdvertise || t == dhcpv6.MessageTypeReply:
		return SilentReply
	case t == dhcpv6.MessageTypeSolicit && a.Role == RoleDHCP, t == dhcpv6.MessageTypeInformationRequest:
	case t == dhcpv6.MessageTypeRequest:
		if id := x.msg6.Options.ServerID(); id == nil || !bytes.Equal(id.ToBytes(), r.duid().ToBytes()) {
			return SilentOtherServer
		}
	default:
		return SilentType
	}
	switch {
	case c.Class == boot.ClassNone:
		return SilentNotNetboot
	case !a.Local.IsValid() || a.Local.IsLinkLocalUnicast():
		return SilentNoIPv6
	case len(r.Allow) > 0 && !r.allowed(c):
		return SilentNetwork
	case r.Deny != nil && r.Deny(c.MAC):
		return SilentDenied
	case x.msg6.MessageType == dhcpv6.MessageTypeSolicit && c.Stage != boot.StageROM:
		return SilentNeedsAddress
	}
	return verdictNone
}

// answer6 makes the reply: to whom, from whom, the class by which EDK2 knows an offer for it, and the URL. There are no
// parameters (option 60): EDK2 takes the first for the file's size in blocks of 512 bytes, and gives up if it is none
// (PxeBcDhcp6.c); without, it asks TFTP.
func (x *exchange6) answer6(duid dhcpv6.DUID, url string) (Verdict, *dhcpv6.Message) {
	reply := &dhcpv6.Message{MessageType: dhcpv6.MessageTypeReply, TransactionID: x.msg6.TransactionID}
	verdict := AnsweredAck
	if x.msg6.MessageType == dhcpv6.MessageTypeSolicit {
		reply.MessageType, verdict = dhcpv6.MessageTypeAdvertise, AnsweredOffer
	}
	if id := x.msg6.Options.ClientID(); id != nil {
		reply.AddOption(dhcpv6.OptClientID(id))
	}
	reply.AddOption(dhcpv6.OptServerID(duid))
	if x.strategy != IPXE {
		reply.AddOption(&dhcpv6.OptVendorClass{EnterpriseNumber: dhcp6.EnterprisePXE, Data: [][]byte{[]byte(x.client.Class.String())}})
	}
	reply.AddOption(dhcpv6.OptBootFileURL(url))
	return verdict, reply
}

// destination6 wraps the reply for the relay it came through. What was multicast is answered from the address that the
// kernel takes for that scope; what was sent to an address, from that one: EDK2 waits for the URL's host.
func (x *exchange6) destination6(reply *dhcpv6.Message) (dhcpv6.DHCPv6, Destination, error) {
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

// client6 says what a DHCPv6 message tells about the machine.
func (x *exchange6) client6() boot.Client {
	o := x.msg6.Options
	var c boot.Client
	for _, data := range o.VendorClass(dhcp6.EnterprisePXE) {
		if class := dhcp4.ClassOf(data); class != boot.ClassNone {
			c.Class, c.Vendor = class, dhcp4.Printable(data)
			break
		}
	}
	for _, a := range o.ArchTypes() {
		c.Archs = append(c.Archs, boot.Arch(a))
	}
	if len(c.Archs) == 0 && c.Class != boot.ClassNone {
		c.Archs = dhcp4.ArchOf([]byte(c.Vendor))
	}
	var users []string
	for _, u := range o.UserClasses() {
		users = append(users, dhcp4.Printable(u))
	}
	c.User = strings.Join(users, ",")
	c.Stage = dhcp4.StageOf(c.User, nil)
	if c.Stage != boot.StageROM && c.Class == boot.ClassNone {
		c.Class = boot.ClassPXE
	}
	x.identity6(&c)
	c.Interface, c.Subnet = x.arrival.Interface, x.arrival.Subnet
	if from := x.arrival.Remote.Addr().WithZone(""); x.relay == nil && !from.IsLinkLocalUnicast() {
		c.Addr = from
	}
	if x.relay != nil {
		c.Relay = x.relayAddr()
		c.Circuit = dhcp4.Printable(x.relay.Options.InterfaceID())
		if c.Relay.IsValid() {
			c.Subnet = netip.PrefixFrom(c.Relay, 128)
		}
	}
	return c
}

// relayAddr is the address of the relay nearest to the client, which says what network it is on.
func (x *exchange6) relayAddr() netip.Addr {
	for m := x.relay; m != nil; {
		inner, ok := m.Options.RelayMessage().(*dhcpv6.RelayMessage)
		if !ok {
			a, _ := netip.AddrFromSlice(m.LinkAddr)
			if a.IsUnspecified() {
				return netip.Addr{}
			}
			return a
		}
		m = inner
	}
	return netip.Addr{}
}

// identity6 finds hardware address and UUID: in the client's DUID, in what a relay adds (RFC 6939), or in a link-local
// address made of the hardware address, as firmware's are.
func (x *exchange6) identity6(c *boot.Client) {
	switch id := x.msg6.Options.ClientID().(type) {
	case *dhcpv6.DUIDLL:
		c.MAC = mac6(id.LinkLayerAddr)
	case *dhcpv6.DUIDLLT:
		c.MAC = mac6(id.LinkLayerAddr)
	case *dhcpv6.DUIDUUID:
		u := boot.UUIDFromWire(id.UUID) // EDK2 copies the SMBIOS table
		if c.Stage != boot.StageROM {
			u = boot.UUID(id.UUID) // iPXE writes the text's order
		}
		if !u.Placeholder() {
			c.UUID = u
		}
	}
	peer := x.arrival.Remote.Addr()
	if x.relay != nil {
		_, hw := x.relay.Options.ClientLinkLayerAddress()
		if m := mac6(hw); !m.IsZero() {
			c.MAC = m
		}
		peer, _ = netip.AddrFromSlice(x.relay.PeerAddr)
	}
	if m := macOfEUI64(peer); c.MAC.IsZero() && !m.IsZero() {
		c.MAC = m
	}
}

func mac6(hw net.HardwareAddr) (m boot.MAC) {
	if len(hw) == len(m) {
		copy(m[:], hw)
	}
	return m
}

// macOfEUI64 undoes RFC 4291 appendix A.
func macOfEUI64(a netip.Addr) boot.MAC {
	if !a.IsLinkLocalUnicast() || !a.Is6() {
		return boot.MAC{}
	}
	b := a.As16()
	if b[11] != 0xff || b[12] != 0xfe {
		return boot.MAC{}
	}
	return boot.MAC{b[8] ^ 2, b[9], b[10], b[13], b[14], b[15]}
}

// duid names this server to DHCPv6 clients.
func (r *Responder) duid() dhcpv6.DUID {
	if id, err := dhcpv6.DUIDFromBytes(r.DUID); err == nil {
		return id
	}
	return &dhcpv6.DUIDEN{EnterpriseNumber: dhcp6.EnterprisePXE, EnterpriseIdentifier: []byte("bootlace")}
}
