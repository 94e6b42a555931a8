// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/dhcp4"
)

// Planner says what a machine should boot.
type Planner interface {
	Plan(boot.Client, Moment) boot.Plan
}

// Moment is where in a machine's boot a request comes.
type Moment struct {
	Time  time.Time // when it came
	Fresh bool      // it is the first packet of its exchange, not one that is sent again
	Way   boot.Way  // to its system, that the machine tries
}

// Machines remembers machines between their packets.
type Machines interface {
	// See notes what a packet tells of a machine, and gives all that is known of it.
	See(boot.Client) boot.Client
	// Learn changes the history of a machine in one step. It may call change more than once.
	Learn(key boot.MAC, change func(*boot.History))
}

// Limits bound what machines can make us do. A zero field sets no bound, but for Machines.
type Limits struct {
	Machines  int           // whose sessions are remembered: 65,536, at about 300 bytes each
	PerMAC    int           // answers a second for one machine
	PerSecond int           // answers a second for all together
	Returns   int           // boots within Within that make a loop
	Within    time.Duration // in which boots are counted
}

// LoopAction is what a machine gets that boots again and again.
type LoopAction uint8

// The actions.
const (
	LoopLocal  LoopAction = iota // what sends it on to its own disk
	LoopSilent                   // silence
	LoopAnswer                   // the usual; it is only told about
)

// Responder turns a packet into an answer. It is pure but for what it remembers of machines: no socket, no clock, no log.
// Its fields are set before the first use; any number of goroutines may use it.
type Responder struct {
	Planner  Planner
	Machines Machines       // nil: every packet is a machine's first
	Observe  bool           // decide, but never answer
	Allow    []netip.Prefix // networks to answer: our address's, or the relay; none: all
	Deny     func(boot.MAC) bool
	Limits   Limits
	Loop     LoopAction
	// Bare leaves the prefix m/<mac>/ out of names.
	Bare bool
	// Fetches says that the files which machines load are noted in their history. Without it, going on to the DHCP server
	// counts as success of an offer.
	Fetches bool
	// DUID names this server in DHCPv6 (RFC 8415 section 11); Listen makes one of a hardware address.
	DUID []byte

	mu       sync.Mutex
	began    time.Time // see moment
	sessions *sessions
	rate     *rate.Limiter
	spare    sync.Pool // *work4
	waiting  map[boot.MAC]waitingFor
	servers  map[netip.Addr]*besides
}

// decide asks what both families of DHCP have to know of a request that is admitted, in the order of the price: what it
// is to load, or why it gets no answer.
func (r *Responder) decide(x *exchange) (file string, v Verdict) {
	if v := r.throttle(x); v != verdictNone {
		return "", v
	}
	x.plan = r.plan(x.client, Moment{Time: x.arrival.Time, Fresh: x.fresh, Way: boot.WayOf(&x.client, x.six)})
	if x.plan.Action == boot.ActionIgnore {
		x.detail = x.plan.Reason()
		return "", SilentIgnored
	}
	if x.plan.Strategy == boot.StrategySilent {
		x.strategy = boot.StrategySilent
		return "", SilentPinned
	}
	r.program(x)
	if x.plan.ToDisk && r.toDisk(x) {
		return x.disk()
	}
	if r.choose(x); x.loop.Returns > 0 && r.Loop != LoopAnswer {
		if r.Loop == LoopSilent {
			return "", SilentLoop
		}
		return x.disk()
	}
	file, v = x.file()
	if v == verdictNone && x.opening {
		if !x.six && !r.Observe && x.family == dhcp4.FamilyPXE {
			r.offered(x)
		}
		return file, AnsweredOffer
	} else if v == verdictNone {
		return file, AnsweredAck
	}
	return "", v
}

// see notes what a packet tells, and completes it by what is known.
func (r *Responder) see(x *exchange) {
	said := x.client
	if r.Machines != nil {
		x.client = r.Machines.See(said)
	}
	if x.opening {
		x.client.Addr = said.Addr // it asks for one: where the last one was says nothing of where it is
	}
}

// refuse says which machines are not to be answered. Said is what the packet itself tells.
func (r *Responder) refuse(x *exchange, said *boot.Client) Verdict {
	switch {
	case len(r.Allow) > 0 && !r.allowed(said):
		return SilentNetwork
	case r.Deny != nil && r.Deny(x.client.MAC):
		return SilentDenied
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
func (r *Responder) plan(c boot.Client, at Moment) boot.Plan {
	p := r.Planner.Plan(c, at)
	if r.Bare || c.MAC.IsZero() {
		p.Loader, p.Second, p.Script = p.Loader.For(boot.MAC{}), p.Second.For(boot.MAC{}), p.Script.For(boot.MAC{})
	}
	return p
}
