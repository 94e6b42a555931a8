// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"cmp"
	"net/netip"
	"slices"
)

// Power is how a machine is switched on and off over the network. At most one of its ways is set.
type Power struct {
	Redfish *Redfish
	IPMI    *IPMI
	WoL     *WoL
}

// Redfish is a BMC that speaks HTTPS. What a host does not say, its groups may.
type Redfish struct {
	URL      string // of the BMC, or of one system in it
	User     string
	Password Text   // the name of a secret
	CA       string // file with the certificates to trust; "": the system's
	Insecure bool   // trust any certificate, and plain HTTP
	HTTPBoot string // what to boot from by UEFI HTTP Boot; "": PXE
	Pos      Pos
}

// IPMI is a BMC that speaks IPMI 2.0 over UDP.
type IPMI struct {
	Address  string // with or without its port
	User     string
	Password Text // the name of a secret
	Pos      Pos
}

// WoL is a network card that wakes its machine.
type WoL struct {
	MAC       MAC        // zero: the one that the machine was heard by
	Broadcast netip.Addr // where to send to; invalid: see Interface
	Interface string     // the one of ours whose network is sent to; "": all of them
	Pos       Pos
}

// Power merges what groups and host say of switching the machine; the later ones win, key by key. One that names another way
// than those before drops what they say. nil: nobody says anything.
func (p Plan) Power() *Power {
	var all *Power
	for _, g := range p.Groups {
		all = all.merge(g.Power)
	}
	if p.Host != nil {
		all = all.merge(p.Host.Power)
	}
	if all != nil && all.WoL != nil && all.WoL.MAC.IsZero() {
		w := *all.WoL
		w.MAC = p.Client.MAC
		all = &Power{WoL: &w}
	}
	return all
}

// merge gives o, completed by what p says of the same way.
func (p *Power) merge(o *Power) *Power {
	switch {
	case p == nil || o == nil:
		return cmp.Or(o, p)
	case p.Redfish != nil && o.Redfish != nil:
		return &Power{Redfish: p.Redfish.merge(*o.Redfish)}
	case p.IPMI != nil && o.IPMI != nil:
		a, b := *p.IPMI, *o.IPMI
		return &Power{IPMI: &IPMI{cmp.Or(b.Address, a.Address), cmp.Or(b.User, a.User), cmp.Or(b.Password, a.Password), b.Pos}}
	case p.WoL != nil && o.WoL != nil:
		a, b := *p.WoL, *o.WoL
		if b.MAC.IsZero() {
			b.MAC = a.MAC
		}
		if !b.Broadcast.IsValid() && b.Interface == "" {
			b.Broadcast, b.Interface = a.Broadcast, a.Interface
		}
		return &Power{WoL: &b}
	}
	return o
}

func (a *Redfish) merge(b Redfish) *Redfish {
	if b.CA == "" && !b.Insecure { // whom to trust is said in one place
		b.CA, b.Insecure = a.CA, a.Insecure
	}
	b.URL, b.User, b.HTTPBoot = cmp.Or(b.URL, a.URL), cmp.Or(b.User, a.User), cmp.Or(b.HTTPBoot, a.HTTPBoot)
	b.Password = cmp.Or(b.Password, a.Password)
	return &b
}

// Password names the secret that a way needs, if it says one.
func (p *Power) Password() Text {
	switch {
	case p == nil:
	case p.Redfish != nil:
		return p.Redfish.Password
	case p.IPMI != nil:
		return p.IPMI.Password
	}
	return Text{}
}

// Powers lists what hosts and groups say of switching machines.
func (c *Catalog) Powers() []*Power {
	var all []*Power
	for _, h := range c.Hosts() {
		all = append(all, h.Power)
	}
	for _, g := range c.Groups() {
		all = append(all, g.Power)
	}
	return slices.DeleteFunc(all, func(p *Power) bool { return p == nil })
}
