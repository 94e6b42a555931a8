// SPDX-License-Identifier: Apache-2.0

package simnet

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"github.com/bootlace-net/bootlace/internal/udp"
)

// Net is the network. Set its fields before packets flow.
type Net struct {
	Latency time.Duration // of every packet, one way
	Faults  []Fault       // each packet meets them in order
	Chance  Chance
	// Tap sees every packet as it is sent, before faults. It must not send.
	Tap func(Packet)

	mu    sync.Mutex
	seed  uint64
	rngs  map[flow]*rand.Rand // of each flow its own: what one flow meets does not depend on when others send
	hosts []*Host
	owner map[netip.Addr][]*Host // of each address
	hits  []int                  // per fault: packets matched so far
	air   flights
	seq   int
}

// Packet is one datagram under way.
type Packet struct {
	From, To netip.AddrPort
	LAN      string
	Data     []byte
	At       time.Time
}

// Fault does something to chosen packets.
type Fault struct {
	Match func(Packet) bool // nil: all
	Skip  int               // leave the first so many that match alone
	Count int               // how many of them to meet; 0: all

	Drop    bool
	Copies  int           // additional deliveries
	Delay   time.Duration // on top of the latency; overtaken packets are reordered
	Corrupt func([]byte)  // changes the packet's own copy
}

// Chance does things to packets at random, each with its own probability (0 to 1).
type Chance struct {
	Drop, Duplicate, Corrupt, Reorder float64
	Jitter                            time.Duration // a reordered or duplicated packet is late by up to this
}

// New makes a network whose chances come from seed.
func New(seed uint64) *Net {
	return &Net{seed: seed, rngs: make(map[flow]*rand.Rand), owner: make(map[netip.Addr][]*Host)}
}

// flow is a sender and a receiver. Ports of servers depend on who came first and are left out.
type flow struct{ from, to netip.Addr }

func (n *Net) rng(p *Packet) *rand.Rand {
	f := flow{p.From.Addr(), p.To.Addr()}
	r := n.rngs[f]
	if r == nil {
		h := fnv.New64a()
		h.Write([]byte(f.from.String() + f.to.String())) // never fails
		r = rand.New(rand.NewPCG(n.seed, h.Sum64()))
		n.rngs[f] = r
	}
	return r
}

// Interface is a host's place on a LAN.
type Interface struct {
	Index  int
	Name   string
	LAN    string
	Prefix netip.Prefix // its address and network
	MTU    int          // 0: 1500
}

// Host has interfaces and sockets.
type Host struct {
	net   *Net
	ifs   []Interface
	conns []*Conn
	ports *rand.Rand // of those the system chooses
}

// Host adds a host.
func (n *Net) Host(ifs ...Interface) *Host {
	n.mu.Lock()
	defer n.mu.Unlock()
	h := &Host{net: n, ifs: ifs, ports: rand.New(rand.NewPCG(n.seed, uint64(len(n.hosts))))}
	n.hosts = append(n.hosts, h)
	for _, i := range ifs {
		n.owner[i.Prefix.Addr()] = append(n.owner[i.Prefix.Addr()], h)
	}
	return h
}

// At adds a host with one interface on the LAN "lan", given as address and network, like 10.0.0.1/24.
func (n *Net) At(prefix string) *Host {
	return n.Host(Interface{Index: 1, Name: "eth0", LAN: "lan", Prefix: netip.MustParsePrefix(prefix)})
}

// MTU is that of an interface.
func (h *Host) MTU(index int) int {
	for _, i := range h.ifs {
		if i.Index == index && i.MTU > 0 {
			return i.MTU
		}
	}
	return 1500
}

// Listen opens a socket, like udp.Listen.
func (h *Host) Listen(cfg udp.Config) (*Conn, error) {
	n := h.net
	n.mu.Lock()
	defer n.mu.Unlock()
	addr := cfg.Addr
	if addr.Port() == 0 {
		addr = netip.AddrPortFrom(addr.Addr(), h.freePort())
	}
	for _, c := range h.conns {
		same := c.local.Addr() == addr.Addr() || c.local.Addr().IsUnspecified() || addr.Addr().IsUnspecified()
		if c.local.Port() == addr.Port() && same && c.local.Addr().Is4() == addr.Addr().Is4() && c.device == cfg.Device {
			return nil, fmt.Errorf("listen %v: %w", addr, syscall.EADDRINUSE)
		}
	}
	c := &Conn{host: h, local: addr, device: cfg.Device, pktinfo: cfg.PacketInfo, broadcast: cfg.Broadcast, bell: make(chan struct{}, 1)}
	h.conns = append(h.conns, c)
	return c, nil
}

func (h *Host) freePort() uint16 {
	for { // at random from the range that Linux uses
		port := uint16(32768 + h.ports.IntN(28232))
		used := false
		for _, c := range h.conns {
			used = used || c.local.Port() == port
		}
		if !used {
			return port
		}
	}
}

// route chooses the interface for a packet; false when nothing leads there.
func (h *Host) route(o *udp.Outgoing, device string) (Interface, bool) {
	for _, i := range h.ifs {
		if device != "" && i.Name != device || o.Interface != 0 && i.Index != o.Interface {
			continue
		}
		to := o.Remote.Addr().WithZone("")
		if o.Interface != 0 || device != "" || i.Prefix.Contains(to) || isBroadcast(to, i) {
			return i, true
		}
	}
	return Interface{}, false
}

func isBroadcast(a netip.Addr, i Interface) bool {
	return a == netip.AddrFrom4([4]byte{255, 255, 255, 255}) || a.IsMulticast() || a.Is4() && a == subnetBroadcast(i.Prefix)
}

func subnetBroadcast(p netip.Prefix) netip.Addr {
	if !p.Addr().Is4() {
		return netip.Addr{}
	}
	b := p.Masked().Addr().As4()
	for bit := p.Bits(); bit < 32; bit++ {
		b[bit/8] |= 1 << (7 - bit%8)
	}
	return netip.AddrFrom4(b)
}

// transmit takes one datagram off a socket and brings it to whoever listens, through the faults.
func (n *Net) transmit(c *Conn, o *udp.Outgoing, data []byte) error {
	via, ok := c.host.route(o, c.device)
	if !ok {
		return syscall.ENETUNREACH
	}
	to := o.Remote.Addr()
	if isBroadcast(to, via) && !to.IsMulticast() && !c.broadcast {
		return syscall.EACCES
	}
	from := c.local.Addr()
	if from.IsUnspecified() {
		if from = via.Prefix.Addr(); c.pktinfo && o.Local.IsValid() {
			from = o.Local
		}
	}
	p := Packet{From: netip.AddrPortFrom(from, c.local.Port()), To: o.Remote, LAN: via.LAN, Data: data, At: time.Now()}
	if n.Tap != nil {
		n.Tap(p)
	}
	for _, late := range n.fate(&p) {
		n.depart(p, late)
	}
	return nil
}

// fate gives the delay of each delivery of a packet; none when it is lost.
func (n *Net) fate(p *Packet) []time.Duration {
	times := []time.Duration{n.Latency}
	for len(n.hits) < len(n.Faults) {
		n.hits = append(n.hits, 0)
	}
	for i, f := range n.Faults {
		if f.Match != nil && !f.Match(*p) {
			continue
		}
		n.hits[i]++
		if k := n.hits[i] - f.Skip; k <= 0 || f.Count > 0 && k > f.Count {
			continue
		}
		times = f.apply(p, times)
	}
	if len(times) == 0 {
		return nil
	}
	return n.luck(p, times)
}

func (f *Fault) apply(p *Packet, times []time.Duration) []time.Duration {
	if f.Drop {
		return nil
	}
	for i := range times {
		times[i] += f.Delay
	}
	for range f.Copies {
		times = append(times, times[0])
	}
	if f.Corrupt != nil {
		f.Corrupt(p.Data)
	}
	return times
}

// luck applies the chances.
func (n *Net) luck(p *Packet, times []time.Duration) []time.Duration {
	c, rng := &n.Chance, n.rng(p)
	hit := func(chance float64) bool { return chance > 0 && rng.Float64() < chance }
	jitter := func() time.Duration { return time.Duration(rng.Float64() * float64(c.Jitter)) }
	if hit(c.Drop) {
		return nil
	}
	if hit(c.Reorder) {
		times[0] += jitter()
	}
	if hit(c.Duplicate) {
		times = append(times, times[0]+jitter())
	}
	if hit(c.Corrupt) && len(p.Data) > 0 {
		p.Data[rng.IntN(len(p.Data))] ^= byte(1 + rng.IntN(255))
	}
	return times
}

// deliver gives a packet to every socket it is for. The lock is held.
func (n *Net) deliver(p Packet) {
	hosts := n.owner[p.To.Addr().WithZone("")]
	if hosts == nil { // nobody's own: a broadcast or multicast, if anything
		hosts = n.hosts
	}
	for _, h := range hosts {
		for _, i := range h.ifs {
			if i.LAN != p.LAN {
				continue
			}
			all := isBroadcast(p.To.Addr(), i)
			if !all && !h.owns(p.To.Addr()) {
				continue
			}
			for _, c := range h.conns {
				if c.wants(p, i, all) {
					c.put(p, i, all)
				}
			}
		}
	}
}

func (h *Host) owns(a netip.Addr) bool {
	for _, i := range h.ifs {
		if i.Prefix.Addr() == a.WithZone("") {
			return true
		}
	}
	return false
}
