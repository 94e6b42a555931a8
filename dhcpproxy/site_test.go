// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"bytes"
	"context"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/machines"
	"github.com/bootlace-net/bootlace/internal/netif"
	"github.com/bootlace-net/bootlace/internal/recorder"
	"github.com/bootlace-net/bootlace/internal/simnet"
	"github.com/bootlace-net/bootlace/internal/udp"
)

// site is a simulated network with a server on it. It lives in a synctest bubble.
type site struct {
	t      *testing.T
	net    *simnet.Net
	host   *simnet.Host
	server *Server
	log    journal

	mu     sync.Mutex
	nics   []netif.Interface
	sent   []simnet.Packet // by the server's host
	events []boot.Event
	record *recorder.Recorder
	memory *machines.Memory
}

// journal is a log that several goroutines write.
type journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(p)
}

// lines gives those with all of the words.
func (j *journal) lines(words ...string) []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	var found []string
	for line := range strings.Lines(j.b.String()) {
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(line, w) }) {
			found = append(found, line)
		}
	}
	return found
}

// ifaces are a host's interfaces: eth0 on LAN "lan0" and so on.
func ifaces(prefixes ...string) []simnet.Interface {
	var list []simnet.Interface
	for i, p := range prefixes {
		digit := string(rune('0' + i))
		list = append(list, simnet.Interface{Index: i + 2, Name: "eth" + digit, LAN: "lan" + digit, Prefix: netip.MustParsePrefix(p)})
	}
	return list
}

// newSite makes the network and the server, which the test may change before start.
func newSite(t *testing.T, prefixes ...string) *site {
	s := &site{t: t, net: simnet.New(1), memory: remember()}
	ifs := ifaces(prefixes...)
	s.host = s.net.Host(ifs...)
	for _, i := range ifs {
		s.nics = append(s.nics, netif.Interface{Index: i.Index, Name: i.Name, Up: true, Prefixes: []netip.Prefix{i.Prefix}})
	}
	s.net.Tap = func(p simnet.Packet) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if slices.ContainsFunc(s.nics, func(n netif.Interface) bool { return n.Prefixes[0].Addr() == p.From.Addr() }) {
			s.sent = append(s.sent, p)
		}
	}
	s.record = recorder.New(recorder.Log{Out: &s.log, NoTime: true, Level: boot.LevelDebug}, nil, time.Now)
	s.record.ShowDHCP(PortNames(), VerdictNames(), RivalNames())
	s.server = &Server{
		Responder: Responder{Planner: newPlanner(t), Machines: s.memory}, Tree: boot.Endpoint{Scheme: boot.HTTP, Port: 8080}, NoIPv6: true, Events: s.hear,
		Host: &netif.Host{Interfaces: func() ([]netif.Interface, error) {
			s.mu.Lock()
			defer s.mu.Unlock()
			return slices.Clone(s.nics), nil
		}, Owner: func(string, uint16) string { return "" }},
		network: network{
			udp:     func(c udp.Config) (Packets, error) { return s.host.Listen(c) },
			packets: s.beside,
		},
	}
	return s
}

// hear is where the server's events go.
func (s *site) hear(e boot.Event) {
	s.mu.Lock()
	s.events = append(s.events, e)
	s.mu.Unlock()
	s.record.Record(e)
}

// count says how many packets ended with a verdict.
func (s *site) count(v Verdict) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.events {
		if e.Kind == boot.EventDHCP && e.Exchange.Verdict == v.String() {
			n++
		}
	}
	return n
}

// beside hears a port as a packet socket would.
func (s *site) beside(cfg udp.PacketConfig) (Packets, error) {
	if cfg.Sent {
		return s.host.Listen(udp.Config{Addr: netip.AddrPortFrom(netip.IPv4Unspecified(), 0)}) // hears nothing
	}
	return s.host.Listen(udp.Config{Addr: netip.AddrPortFrom(netip.IPv4Unspecified(), cfg.Port), Broadcast: true, PacketInfo: true})
}

func (s *site) start() {
	s.t.Helper()
	if err := s.server.Listen(); err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(s.t.Context())
	done := make(chan error)
	go func() { done <- s.server.Serve(ctx) }()
	s.t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			s.t.Error(err)
		}
	})
	synctest.Wait()
}

// change changes the interfaces, and waits until that must have been noticed.
func (s *site) change(f func([]netif.Interface) []netif.Interface) {
	s.mu.Lock()
	s.nics = f(s.nics)
	s.mu.Unlock()
	time.Sleep(netif.Age + time.Second)
}

// replies forgets what the server sent and gives it.
func (s *site) replies() []simnet.Packet {
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	sent := s.sent
	s.sent = nil
	return sent
}

// station is a host with a DHCP port.
type station struct {
	site *site
	*simnet.Conn
}

// station adds a host to a LAN of the site.
func (s *site) station(lan, prefix string, port uint16) *station {
	s.t.Helper()
	h := s.net.Host(simnet.Interface{Index: 1, Name: "eth0", LAN: lan, Prefix: netip.MustParsePrefix(prefix)})
	c, err := h.Listen(udp.Config{Addr: netip.AddrPortFrom(netip.IPv4Unspecified(), port), Broadcast: true, PacketInfo: true})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = c.Close() })
	return &station{s, c}
}

// send sends a packet: a broadcast comes from 0.0.0.0, as that of a machine without an address does.
func (c *station) send(b []byte, to string) {
	c.site.t.Helper()
	o := udp.Outgoing{Remote: netip.MustParseAddrPort(to), Bufs: [][]byte{b}}
	if o.Remote.Addr() == broadcastAddr() {
		o.Local = netip.IPv4Unspecified()
	}
	if _, err := c.Send([]udp.Outgoing{o}); err != nil {
		c.site.t.Fatal(err)
	}
	synctest.Wait()
}

// ask sends a packet and gives the one answer to it.
func (c *station) ask(b []byte, to string) simnet.Packet {
	c.site.t.Helper()
	c.site.replies()
	c.send(b, to)
	all := c.site.replies()
	if len(all) != 1 {
		c.site.t.Fatalf("%d answers, want one", len(all))
	}
	return all[0]
}

const everybody = "255.255.255.255:67"

// bySubnet offers a file named after the network a machine is on.
type bySubnet struct{}

func (bySubnet) Plan(c boot.Client, _ Moment) boot.Plan {
	name, err := boot.ParseName(c.Subnet.Masked().Addr().String() + ".efi")
	if err != nil {
		panic(err)
	}
	return boot.Plan{Loader: name, Script: name, Action: boot.ActionMenu}
}

// errInUse is what bind says.
const errInUse = syscall.EADDRINUSE
