// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"errors"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/dhcp4"
)

// Planner says what a machine should boot.
type Planner interface {
	Plan(boot.Client) boot.Plan
}

// Limits bound what machines can make us do. A zero field takes its default; a negative one switches the bound off.
type Limits struct {
	Machines  int           // how many are remembered: 65,536, at about 400 bytes each
	PerMAC    float64       // answers a second for one machine: 20
	PerSecond float64       // answers a second for all together: 100,000
	Returns   int           // boots within Within that make a loop: off
	Within    time.Duration // 30 minutes
}

// LoopAction is what a machine gets that boots again and again.
type LoopAction uint8

// The actions.
const (
	LoopLocal  LoopAction = iota // its own disk: an offer with only that in the menu, or silence where there is no menu
	LoopSilent                   // silence
	LoopAnswer                   // the usual; it is only told about
)

// Responder turns a packet into an answer. It is pure but for what it remembers of machines: no socket, no clock, no log.
// Its fields are set before the first use; any number of goroutines may use it.
type Responder struct {
	Planner Planner
	Observe bool           // decide, but never answer
	Allow   []netip.Prefix // networks to answer: our address's, or the relay; none: all
	Deny    func(boot.MAC) bool
	Limits  Limits
	Loop    LoopAction
	// Bare leaves the prefix m/<mac>/ out of names.
	Bare bool
	// Fetches says that Fetched is called for the files that machines load. Without it, going on to the DHCP server
	// counts as success of an offer.
	Fetches bool
	// DUID names this server in DHCPv6 (RFC 8415 section 11); Listen makes one of a hardware address.
	DUID []byte

	mu     sync.Mutex
	memory *memory
	duids  map[string]boot.MAC
	rate   bucket    // of answers
	lines  bucket    // of the log
	spare  sync.Pool // *work
}

// work is the memory one answer needs.
type work struct {
	msg     dhcp4.Message
	arrival Arrival
	reply   dhcp4.Reply
}

// Answer is what became of a packet.
type Answer struct {
	Verdict  Verdict
	Type     dhcp4.MessageType // of the request
	Type6    string            // of a DHCPv6 request
	Client   boot.Client
	Plan     boot.Plan
	Strategy Strategy
	Why      string // of the strategy
	File     string // name or URL that is offered
	Detail   string // more about a silence
	Fresh    bool   // the first packet of a boot
	Looping  int    // how often the machine came back, when that is too often
	Note     string // something an operator should know, told once
	XID      uint32

	key   boot.MAC // under which the machine is remembered
	twice bool     // it was heard on another interface a moment ago

	Reply []byte // what to send; empty: nothing. Shares memory with the buffer given to Respond
	To    Destination
}

// Respond decides about one packet. Room is a buffer for the reply, which grows if it is too small.
func (r *Responder) Respond(packet []byte, a Arrival, room []byte) Answer {
	w, _ := r.spare.Get().(*work)
	if w == nil {
		w = new(work)
	}
	defer r.spare.Put(w)
	if err := w.msg.Parse(packet); err != nil {
		return Answer{Verdict: unreadable(err)}
	}
	w.arrival = a
	x := exchange{msg: &w.msg, arrival: &w.arrival}
	ans := Answer{Type: w.msg.Type, XID: w.msg.XID}
	ans.Verdict = r.decide(&x, &ans, &w.reply)
	ans.Client, ans.Plan, ans.Strategy, ans.key = x.client, x.plan, x.strategy, x.key
	switch ans.Verdict {
	case AnsweredOffer, AnsweredAck, AnsweredLocal:
	default:
		return ans
	}
	ans.Reply = w.reply.Encode(&w.msg, room, w.msg.Limit())
	ans.To = destination(&w.msg, &w.arrival)
	switch {
	case len(ans.Reply) == 0:
		ans.Verdict = SilentTooBig
	case r.Observe && ans.Verdict == AnsweredAck:
		ans.Verdict, ans.Reply = ObservedAck, nil
	case r.Observe:
		ans.Verdict, ans.Reply = ObservedOffer, nil
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

// decide goes through the questions in the order of their price.
func (r *Responder) decide(x *exchange, ans *Answer, out *dhcp4.Reply) Verdict {
	if v := r.admit(x); v != verdictNone {
		return v
	}
	if v := r.throttle(x, ans); v != verdictNone {
		return v
	}
	x.plan = r.plan(x.client)
	if x.plan.Action == boot.ActionIgnore {
		ans.Detail = x.plan.Reason()
		return SilentIgnored
	}
	if v := r.strategy(x, ans); v != verdictNone {
		return v
	}
	out.Reset()
	if ans.Looping > 0 && r.Loop != LoopAnswer {
		if r.Loop == LoopLocal && x.msg.Type == dhcp4.Discover && x.client.Class == boot.ClassPXE {
			x.local(out)
			return AnsweredLocal
		}
		return SilentLoop
	}
	file, v := x.file()
	if v != verdictNone {
		return v
	}
	if ans.File = file; x.strategy == UBoot && x.plan.Loader.Base == "" {
		ans.File = strings.TrimSuffix(file, uBootFile)
	}
	typ, verdict := dhcp4.Offer, AnsweredOffer
	if x.msg.Type != dhcp4.Discover {
		typ, verdict = dhcp4.Ack, AnsweredAck
	}
	x.fill(out, typ, file)
	return verdict
}

// admit sorts out what is not ours to answer, and learns who asks.
func (r *Responder) admit(x *exchange) Verdict {
	m, a := x.msg, x.arrival
	if m.Op != dhcp4.OpRequest {
		return SilentReply
	}
	x.client, x.kind = m.Client()
	c := &x.client
	x.key = keyOf(m, c.MAC)
	c.Interface, c.Subnet = a.Interface, a.Subnet
	if m.GIAddr.IsValid() {
		c.Subnet = netip.PrefixFrom(m.Link(), 32)
	}
	if m.CIAddr.IsValid() {
		c.Addr = m.CIAddr
	} else if m.Type == dhcp4.Request {
		c.Addr = m.RequestedAddr()
	}
	if v := x.addressed(); v != verdictNone {
		if v == SilentRequest {
			r.noteRequest(x)
		}
		return v
	}
	switch {
	case !a.Local.IsValid():
		return SilentNoAddress
	case len(r.Allow) > 0 && !r.allowed(c):
		return SilentNetwork
	case r.Deny != nil && r.Deny(c.MAC):
		return SilentDenied
	}
	return verdictNone
}

// addressed reports whether a message is one for us, by its type, port and class.
func (x *exchange) addressed() Verdict {
	m, c := x.msg, &x.client
	switch x.arrival.Role {
	case RoleDHCP:
		switch {
		case m.Type == dhcp4.Request:
			return SilentRequest
		case m.Type != dhcp4.Discover && m.Type != dhcp4.Inform:
			return SilentType
		case c.Class == boot.ClassNone && x.kind != dhcp4.FamilyUBoot:
			return SilentNotNetboot
		}
	case RoleBINL:
		if m.Type != dhcp4.Request && m.Type != dhcp4.Inform {
			return SilentType
		}
		if id := m.Server(); id.IsValid() && id != x.arrival.Local {
			return SilentOtherServer
		}
		// Some Raspberry Pis leave option 60 out of this request; nobody else comes to this port by chance.
		if c.Class == boot.ClassNone {
			c.Class = boot.ClassPXE
		}
	}
	return verdictNone
}

func (r *Responder) allowed(c *boot.Client) bool {
	for _, p := range r.Allow {
		if p.Contains(c.Subnet.Addr()) || c.Addr.IsValid() && p.Contains(c.Addr) {
			return true
		}
	}
	return false
}

// plan asks what the machine is to boot.
func (r *Responder) plan(c boot.Client) boot.Plan {
	p := r.Planner.Plan(c)
	if r.Bare || c.MAC.IsZero() {
		p.Loader, p.Script = p.Loader.For(boot.MAC{}), p.Script.For(boot.MAC{})
	}
	return p
}

// Fetched tells that a machine loads a file: its offer was a good one.
func (r *Responder) Fetched(mac boot.MAC) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.memory == nil {
		return
	}
	if rec := r.memory.known(mac); rec != nil {
		rec.note(evidenceFetched)
	}
}

// Done tells that a machine got where it should: its boots so far make no loop.
func (r *Responder) Done(mac boot.MAC) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.memory == nil {
		return
	}
	if rec := r.memory.known(mac); rec != nil {
		rec.returns, rec.scripts = counter{}, counter{}
		rec.six.returns, rec.six.scripts = counter{}, counter{}
	}
}
