// SPDX-License-Identifier: Apache-2.0

package site

import (
	"net/netip"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/dhcpproxy"
	"github.com/bootlace-net/bootlace/internal/dhcp4"
)

// Rehearsal is what DHCP would answer a machine, found out without a packet sent.
type Rehearsal struct {
	Strategy string   `json:"strategy"`      // how the offer is made
	Why      string   `json:"why,omitempty"` // of the strategy; or why there is no answer
	File     string   `json:"file,omitempty"`
	Offer    []string `json:"offer,omitempty"`    // its fields, decoded
	Port4011 []string `json:"port4011,omitempty"` // those of the answer on port 4011, where the offer sends the machine there
}

// Rehearse plays a machine's first request to the responder, and the one to port 4011 that the offer may lead to. The
// machine's memory is empty: what a real one rotates to after failures is not seen.
func (s *Site) Rehearse(c boot.Client, server netip.Addr) Rehearsal {
	if !server.Is4() {
		server = local()
	}
	r := &dhcpproxy.Responder{}
	SetResponder(r, &s.Settings, known{s, c})
	r.Observe = false
	ask := dhcp4.AskFor(c)
	if c.Relay.Is4() {
		ask.GIAddr = c.Relay // which is what dhcp.allow is about then
	} else if !c.Subnet.IsValid() {
		r.Allow = nil // nobody said which network it is in
	}
	arrival := dhcpproxy.Arrival{Local: server, Interface: c.Interface, Subnet: c.Subnet, Tree: s.Endpoint()}
	offer := r.Respond(ask.Bytes(), arrival, nil)
	out := Rehearsal{Strategy: offer.Strategy.String(), Why: offer.Why, File: offer.File}
	if !offer.Verdict.Answered() {
		out.Why = offer.Verdict.Sentence()
		return out
	}
	out.Offer = dhcp4.Describe(offer.Reply)
	if p, ok := dhcp4.ParseAnswer(offer.Reply); ok && offer.Verdict != dhcpproxy.AnsweredLocal && (offer.Strategy == boot.StrategyBINL || offer.Strategy == boot.StrategyMenu) {
		out.Port4011, out.File = binl(r, ask, arrival, &p)
	}
	return out
}

// binl plays the request to port 4011.
func binl(r *dhcpproxy.Responder, ask dhcp4.Ask, arrival dhcpproxy.Arrival, offer *dhcp4.Answer) (fields []string, file string) {
	ask.Type, ask.Broadcast = dhcp4.Request, false
	ask.CIAddr = netip.AddrFrom4([4]byte{192, 0, 2, 2}) // any address would do (RFC 5737)
	arrival.Role, arrival.Remote = dhcpproxy.RoleBINL, netip.AddrPortFrom(ask.CIAddr, 68)
	if types, _ := offer.Items(); len(types) > 0 {
		ask.Item, ask.HasItem = types[0], true
	}
	answer := r.Respond(ask.Bytes(), arrival, nil)
	if !answer.Verdict.Answered() {
		return []string{answer.Verdict.Sentence()}, ""
	}
	return dhcp4.Describe(answer.Reply), answer.File
}

// known is the planner of a machine that more is known of than a packet tells.
type known struct {
	site  *Site
	facts boot.Client
}

// Plan follows dhcpproxy.Planner.
func (k known) Plan(c boot.Client, _ dhcpproxy.Moment) boot.Plan {
	facts := k.facts
	facts.Class, facts.Stage, facts.Archs, facts.Vendor = c.Class, c.Stage, c.Archs, c.Vendor
	if k.facts.Vendor != "" {
		facts.Vendor = k.facts.Vendor
	}
	return k.site.Plan(facts)
}
