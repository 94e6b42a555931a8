// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"net/netip"
	"path"
	"strings"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/dhcpproxy"
	"github.com/bootlace-net/bootlace/internal/machines"
	"github.com/bootlace-net/bootlace/internal/netif"
)

// decider is the one way from who asks to what it gets, for DHCP, TFTP and HTTP alike: what is known of the machine is
// merged, one configuration is asked for one plan, and the gate lets it pass.
type decider struct {
	current   func() source // the configuration in use
	memory    memory
	neighbour func(netip.Addr) (netif.MAC, bool) // of this host
	gate      gate                               // nil: everything passes
	waits     waits                              // nil: nobody gets a code
	events    func(boot.Event)
	rotten    chan<- struct{}
	begins    func(boot.Plan) // told of each boot, for which it waits; nil: nobody is
}

// source is what is asked of a configuration.
type source interface {
	Plan(c boot.Client) boot.Plan
	Name(p boot.Protocol, asked string) (boot.Name, error)
	File(v boot.Visit, p boot.Plan) (boot.File, error)

	Role(v boot.Visit, p boot.Plan) boot.Role
	Memory(v boot.Visit, p boot.Plan) boot.MemoryNeed
	Installs(v boot.Visit, p boot.Plan) bool
	Local(p boot.Plan) boot.Plan
	Instead(p boot.Plan, profile, why string) boot.Plan
}

// memory is what is known of machines.
type memory interface {
	Find(boot.MAC) (boot.Client, bool)
	At(netip.Addr) (boot.Client, bool)
	Learn(boot.MAC, func(*boot.History))
	Inventoried(key boot.MAC) *boot.Inventory
	Inventory(key boot.MAC, i boot.Inventory, from netip.Addr, c machines.Claim) (taken bool)
}

// How a machine was recognised, for the log.
const (
	byName      = "name"      // the machine prefix of the name
	bySearch    = "search"    // the key of a loader's search
	byDHCP      = "dhcp"      // the address, as DHCP was seen to give it
	byNeighbour = "neighbour" // the address, as the kernel's table says
	byAddress   = "address"   // the address, although the name tells of another NIC
	byNothing   = "nothing"
)

// Plan follows dhcpproxy.Planner, which has laid the packet's facts over what is known.
func (d *decider) Plan(c boot.Client, at dhcpproxy.Moment) boot.Plan {
	site := d.current()
	p := site.Plan(c)
	if p.Host == nil && len(p.Groups) == 0 && !c.MAC.IsZero() {
		d.events(stranger(&p, at.Time))
	}
	if d.gate != nil {
		p = d.gate.Offer(site, p, at)
	}
	if d.begins != nil && at.Fresh && p.Action != boot.ActionIgnore {
		d.begins(p)
	}
	return p
}

// toldOfStrangers is how often a machine that nobody knows gets a line in the log: it may come back every few seconds for
// days.
const toldOfStrangers = time.Hour

// stranger tells of a machine that nobody knows, with all that was seen of it.
func stranger(p *boot.Plan, at time.Time) boot.Event {
	e := boot.Event{Time: at, Kind: boot.EventUnknown, Level: boot.LevelInfo, Once: toldOfStrangers, Detail: p.Action.String(),
		Text: "a machine that no host or group names: `bootlace hosts unknown` prints it as YAML"}
	e.About(*p)
	return e
}

// asker is who asks for a file, and what it is to boot.
type asker struct {
	plan boot.Plan
	by   string    // how the machine was recognised
	name boot.Name // that the configuration was asked for; zero for none
	pass passage   // by the gate
}

// asked notes that a machine asked for a file. One that is there proves that it took its DHCP offer, by whichever of its network
// cards: the name may tell of another one.
func (d *decider) asked(a asker, there bool) {
	now := time.Now()
	learn := func(h *boot.History) {
		h.Asked = now
		if there {
			h.Note(boot.EvidenceFetched)
		}
		if a.runs() {
			h.Runs()
		}
	}
	d.learn(a, learn)
}

// runs reports whether what is asked for is none of the programs of which one starts another: a script, a configuration, a kernel.
func (a *asker) runs() bool {
	return a.name.Kind != boot.KindFile || !strings.EqualFold(path.Ext(a.name.Base), ".efi")
}

// loaded notes that a machine has all of a program that its firmware starts.
func (d *decider) loaded(a asker) {
	if name := a.name.Path(); a.plan.Second.Base != "" && (name == a.plan.Loader.Path() || name == a.plan.Second.Path()) {
		d.learn(a, func(h *boot.History) { h.Loaded = true })
	}
}

// learn notes something of the machine that asks for a file, and of the one that is known to have its address.
func (d *decider) learn(a asker, change func(*boot.History)) {
	key := a.plan.Client.Key()
	d.memory.Learn(key, change)
	if c, ok := d.memory.At(a.plan.Client.Addr); ok && c.Key() != key {
		d.memory.Learn(c.Key(), change)
	}
}

// who finds the machine behind a name and an address, and its plan. A name may tell of a NIC that nobody knows while the
// address is that of a machine that is known (iPXE names the first NIC it has, which need not be the one that booted): then
// the address decides.
func (d *decider) who(site source, name boot.Name, from netip.Addr) asker {
	c, by := d.identify(name, from)
	plan := site.Plan(c)
	if plan.Host != nil || by != byName && by != bySearch {
		return asker{plan: plan, by: by}
	}
	other, how := d.identify(boot.Name{}, from)
	if how == byNothing || other.MAC == c.MAC {
		return asker{plan: plan, by: by}
	}
	if known := site.Plan(other); known.Host != nil {
		return asker{plan: known, by: byAddress}
	}
	return asker{plan: plan, by: by}
}

// identify finds out which machine asks. In this order: the machine prefix of the name, the key a loader's search put into
// it, what DHCP was seen to say of the address, the kernel's neighbour table.
func (d *decider) identify(n boot.Name, from netip.Addr) (c boot.Client, by string) {
	switch {
	case !n.Machine.IsZero():
		c, by = d.machine(n.Machine), byName
	case !n.By.MAC.IsZero():
		c, by = d.machine(n.By.MAC), bySearch
	default:
		c, by = d.behind(from)
	}
	c.Addr = from.Unmap()
	if c.UUID.IsZero() {
		c.UUID = n.By.UUID
	}
	return c, by
}

// machine gives what is known of one.
func (d *decider) machine(mac boot.MAC) boot.Client {
	c, _ := d.memory.Find(mac)
	c.MAC = mac
	return c
}

// behind gives the machine at an address.
func (d *decider) behind(from netip.Addr) (boot.Client, string) {
	if c, ok := d.memory.At(from); ok {
		return c, byDHCP
	}
	if mac, ok := d.neighbour(from); ok {
		return d.machine(boot.MAC(mac)), byNeighbour
	}
	return boot.Client{}, byNothing
}
