// SPDX-License-Identifier: Apache-2.0

package machines

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bootlace-net/bootlace/boot"
)

var (
	node1 = boot.MAC{0x52, 0x54, 0, 0, 0, 1}
	node2 = boot.MAC{0x52, 0x54, 0, 0, 0, 2}
	uuid1 = boot.UUID{1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8}
	same  = cmp.Options{cmpopts.EquateEmpty(), cmp.Comparer(func(a, b netip.Addr) bool { return a == b }),
		cmp.Comparer(func(a, b netip.Prefix) bool { return a == b }), cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })}
)

// clock is a test's own time.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func newClock() *clock { return &clock{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)} }

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

func TestEachPacketAddsToWhatIsKnown(t *testing.T) {
	m := New(Options{})
	discover := boot.Client{MAC: node1, UUID: uuid1, Archs: []boot.Arch{boot.ArchX64}, Class: boot.ClassPXE, Vendor: "PXEClient:Arch:00007",
		Interface: "eth0", Subnet: netip.MustParsePrefix("192.0.2.1/24")}
	m.See(discover)
	got := m.See(boot.Client{MAC: node1, Class: boot.ClassPXE, Vendor: "PXEClient", User: "iPXE", Stage: boot.StageIPXE, Addr: addr("192.0.2.7")})
	want := discover
	want.Vendor, want.User, want.Stage, want.Addr = "PXEClient", "iPXE", boot.StageIPXE, addr("192.0.2.7")
	if diff := cmp.Diff(want, got, same); diff != "" {
		t.Errorf("a request that leaves the UUID out (-want +got):\n%s", diff)
	}
	if found, ok := m.At(addr("::ffff:192.0.2.7")); !ok || found.MAC != node1 || found.UUID != uuid1 {
		t.Errorf("At its address: %v %v", found, ok)
	}
	if found, ok := m.Find(node1); !ok || found.UUID != uuid1 {
		t.Errorf("Find: %v %v", found, ok)
	}
}

func TestAnAddressIsForgottenAfterItsTime(t *testing.T) {
	c := newClock()
	m := New(Options{Addresses: time.Hour, Now: c.now})
	m.See(boot.Client{MAC: node1, Addr: addr("192.0.2.7")})
	c.at = c.at.Add(time.Hour - time.Second)
	if _, ok := m.At(addr("192.0.2.7")); !ok {
		t.Error("forgotten before its time")
	}
	c.at = c.at.Add(time.Second)
	if _, ok := m.At(addr("192.0.2.7")); ok {
		t.Error("still tied to the machine")
	}
}

func TestAnAddressGoesToWhoTookItLast(t *testing.T) {
	m := New(Options{Machines: 2})
	m.See(boot.Client{MAC: node1, Addr: addr("192.0.2.7")})
	m.See(boot.Client{MAC: node2, Addr: addr("192.0.2.7")})
	m.See(boot.Client{MAC: boot.MAC{2}}) // node1 gives way, its old address stays the other's
	if got, ok := m.At(addr("192.0.2.7")); !ok || got.MAC != node2 {
		t.Errorf("%v %v", got.MAC, ok)
	}
	for i := range 9 {
		m.See(boot.Client{MAC: node2, Addr: netip.AddrFrom4([4]byte{198, 51, 100, byte(i)})})
	}
	if got := m.Stats().Addresses; got != mostAddresses {
		t.Errorf("%d addresses of one machine are kept, want %d", got, mostAddresses)
	}
}

// A DHCPv6 request on port 4011 comes from a global address and may tell nothing but a DUID.
func TestADUIDLeadsToTheMachine(t *testing.T) {
	m := New(Options{})
	m.See(boot.Client{MAC: node1, DUID: "d1", UUID: uuid1})
	if got := m.See(boot.Client{DUID: "d1", Addr: addr("2001:db8::7")}); got.MAC != node1 || got.UUID != uuid1 {
		t.Errorf("by its DUID: %v", got)
	}
	m.See(boot.Client{MAC: node2, DUID: "d1"}) // the other card of the same machine
	if got := m.See(boot.Client{DUID: "d1"}); got.MAC != node2 {
		t.Errorf("the card heard last has the DUID, got %v", got.MAC)
	}
}

func TestWhatWasKnownUnderADUIDPassesToTheHardwareAddress(t *testing.T) {
	m := New(Options{})
	m.See(boot.Client{DUID: "d1", Serial: "S1", Addr: addr("2001:db8::7")})
	m.Learn(boot.Client{DUID: "d1"}.Key(), func(h *boot.History) { h.Worked = boot.StrategyBINL })
	m.Note(boot.Event{Client: boot.Client{DUID: "d1"}, Text: "first"})
	if got := m.See(boot.Client{MAC: node1, DUID: "d1"}); got.Serial != "S1" {
		t.Errorf("facts: %+v", got)
	}
	m.Note(boot.Event{Client: boot.Client{MAC: node1}, Text: "second"})
	if got, ok := m.At(addr("2001:db8::7")); !ok || got.MAC != node1 {
		t.Errorf("address: %v %v", got.MAC, ok)
	}
	m.Learn(node1, func(h *boot.History) {
		if h.Worked != boot.StrategyBINL {
			t.Errorf("history: %+v", *h)
		}
	})
	if got := texts(m.Story(node1)); !slices.Equal(got, []string{"first", "second"}) {
		t.Errorf("story: %q", got)
	}
	if s := m.Stats(); s.Machines != 1 || s.Evicted != 0 {
		t.Errorf("%+v", s)
	}
}

// EDK2 can be told to send its GUID instead of the hardware address.
func TestAMachineWithoutHardwareAddressIsKnownByItsUUID(t *testing.T) {
	m := New(Options{})
	m.See(boot.Client{UUID: uuid1, Serial: "S1"})
	if got := m.See(boot.Client{UUID: uuid1, Addr: addr("192.0.2.7")}); got.Serial != "S1" || !got.MAC.IsZero() {
		t.Errorf("%+v", got)
	}
	if got, ok := m.At(addr("192.0.2.7")); !ok || got.UUID != uuid1 || !got.MAC.IsZero() {
		t.Errorf("%+v %v", got, ok)
	}
	m.See(boot.Client{Hostname: "nobody"})
	m.Learn(boot.MAC{}, func(*boot.History) { t.Error("nobody has a history") })
	if s := m.Stats(); s.Machines != 1 {
		t.Errorf("a machine that tells nothing of itself is remembered: %+v", s)
	}
}

func TestWhereAMachineIs(t *testing.T) {
	local, far := netip.MustParsePrefix("192.0.2.1/24"), netip.MustParsePrefix("198.51.100.1/32")
	relayed := boot.Client{MAC: node1, Relay: far.Addr(), Circuit: "port 7", Remote: "switch", Subnet: far, Interface: "eth0"}
	for _, tc := range []struct {
		name          string
		packet        boot.Client
		relay         netip.Addr
		subnet        netip.Prefix
		circuit, card string
	}{
		{"a file is asked for", boot.Client{Addr: addr("198.51.100.9")}, far.Addr(), far, "port 7", "eth0"},
		{"a request to port 4011, through a router", boot.Client{Addr: addr("198.51.100.9"), Subnet: local, Interface: "eth1"}, far.Addr(), far, "port 7", "eth0"},
		{"it was moved: a broadcast on a network of ours", boot.Client{Subnet: local, Interface: "eth1"}, netip.Addr{}, local, "", "eth1"},
		{"it was moved: an address of a network of ours", boot.Client{Addr: addr("192.0.2.9"), Subnet: local, Interface: "eth1"}, netip.Addr{}, local, "", "eth1"},
		{"the relay has no circuits any more", boot.Client{Relay: far.Addr(), Subnet: far, Interface: "eth0"}, far.Addr(), far, "", "eth0"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := New(Options{})
			m.See(relayed)
			tc.packet.MAC = node1
			got := m.See(tc.packet)
			if got.Relay != tc.relay || got.Subnet != tc.subnet || got.Circuit != tc.circuit || got.Interface != tc.card {
				t.Errorf("relay %v, subnet %v, circuit %q, interface %q", got.Relay, got.Subnet, got.Circuit, got.Interface)
			}
		})
	}
}

// Invented machines push out the one that was not heard of for longest, never one that is booting.
func TestAFloodDoesNotPushOutWhoIsBooting(t *testing.T) {
	m := New(Options{Machines: 1000})
	m.See(boot.Client{MAC: node1, Addr: addr("192.0.2.7"), UUID: uuid1, DUID: "d1"})
	for i := range 100_000 {
		m.See(boot.Client{MAC: boot.MAC{2, byte(i >> 16), byte(i >> 8), byte(i)}, DUID: fmt.Sprint(i), Addr: netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})})
		if i%900 == 0 {
			if got, ok := m.At(addr("192.0.2.7")); !ok || got.UUID != uuid1 {
				t.Fatalf("forgotten after %d invented machines", i)
			}
		}
	}
	if s := m.Stats(); s.Machines != 1000 || s.Addresses != 1000 || len(m.duids) != 1000 || s.Evicted != 100_001-1000 {
		t.Errorf("%+v, %d DUIDs", s, len(m.duids))
	}
}

func TestStoriesAreBounded(t *testing.T) {
	m := New(Options{Events: 100})
	for i := range mostEvents + 5 {
		m.Note(boot.Event{Client: boot.Client{MAC: node1}, Text: fmt.Sprint(i)})
	}
	story := m.Story(node1)
	if len(story) != mostEvents || story[0].Text != "5" || story[len(story)-1].Text != fmt.Sprint(mostEvents+4) {
		t.Errorf("%d events, %q to %q", len(story), story[0].Text, story[len(story)-1].Text)
	}
	for i := range 40 {
		m.Note(boot.Event{Text: fmt.Sprint("network ", i)})
	}
	if story = m.Story(node1); len(story) != 60 || story[0].Text != "9" {
		t.Errorf("the oldest of all give way: %d events, first %q", len(story), story[0].Text)
	}
	if network := m.Story(boot.MAC{}); len(network) != 40 {
		t.Errorf("%d events of the network", len(network))
	}
	if s := m.Stats(); s.Events != 100 || s.Dropped != 9 {
		t.Errorf("%+v", s)
	}
	if m.Story(node2) != nil {
		t.Error("a stranger has a story")
	}
}

func TestManyAtOnce(t *testing.T) {
	m := New(Options{Machines: 50, Events: 100})
	var group sync.WaitGroup
	for g := range 4 {
		group.Go(func() {
			for i := range 2000 {
				mac := boot.MAC{2, byte(i % 80)}
				m.See(boot.Client{MAC: mac, DUID: fmt.Sprint(i % 90), Addr: netip.AddrFrom4([4]byte{10, 0, 0, byte(i)})})
				m.Learn(mac, func(h *boot.History) { h.Upgrades++ })
				m.Note(boot.Event{Client: boot.Client{MAC: mac}})
				m.At(netip.AddrFrom4([4]byte{10, 0, 0, byte(g)}))
				m.Story(mac)
			}
		})
	}
	group.Wait()
	if s := m.Stats(); s.Machines > 50 || s.Events > 100 {
		t.Errorf("%+v", s)
	}
}

func texts(events []boot.Event) []string {
	var out []string
	for _, e := range events {
		out = append(out, e.Text)
	}
	return out
}

// FuzzMerge: what is told twice is known once; what a packet tells is never lost to what was known; nothing is made up.
func FuzzMerge(f *testing.F) {
	f.Add(uint64(1), uint64(2))
	f.Fuzz(func(t *testing.T, a, b uint64) {
		known, packet := anyClient(rand.New(rand.NewPCG(a, 1))), anyClient(rand.New(rand.NewPCG(b, 2)))
		got := merge(known, packet)
		if diff := cmp.Diff(got, merge(got, packet), same); diff != "" {
			t.Errorf("the same packet again changes what is known:\n%s", diff)
		}
		if diff := cmp.Diff(known, merge(known, known), same); diff != "" {
			t.Errorf("what is known changes by itself:\n%s", diff)
		}
		if diff := cmp.Diff(packet, merge(boot.Client{}, packet), same); diff != "" {
			t.Errorf("something is made up:\n%s", diff)
		}
		program := packet
		if packet.Stage == boot.StageROM && packet.Class == boot.ClassNone && packet.Vendor+packet.User == "" {
			program = known
		}
		if got.Stage != program.Stage || got.Class != program.Class || got.Vendor != program.Vendor || got.User != program.User {
			t.Error("the program is not the one that sent the packet")
		}
		for _, p := range [][3]string{{got.Serial, packet.Serial, known.Serial}, {got.DUID, packet.DUID, known.DUID}, {got.Hostname, packet.Hostname, known.Hostname}} {
			if want := p[1]; p[0] != want && (want != "" || p[0] != p[2]) {
				t.Errorf("%q of packet %q and known %q", p[0], want, p[2])
			}
		}
	})
}

// anyClient makes a machine of few values, so that they meet.
func anyClient(r *rand.Rand) boot.Client {
	pick := func(n int) byte { return byte(r.IntN(n)) }
	text := func() string { return [...]string{"", "a", "b"}[pick(3)] }
	c := boot.Client{Serial: text(), Hostname: text(), DUID: text(), Vendor: text(), User: text(), Class: boot.Class(pick(3)), Stage: boot.Stage(pick(3))}
	if n := pick(6); n > 0 {
		c.MAC = boot.MAC{2, n}
	}
	if n := pick(4); n > 0 {
		c.UUID = boot.UUID{n}
	}
	if n := pick(3); n > 0 {
		c.Archs = []boot.Arch{boot.Arch(n)}
	}
	if n := pick(8); n > 0 {
		c.Addr = netip.AddrFrom4([4]byte{192, 0, 2 + n%2, n})
	}
	if n := pick(3); n > 0 {
		c.Subnet, c.Interface = netip.PrefixFrom(netip.AddrFrom4([4]byte{192, 0, 1 + n, 1}), 24), "eth"+fmt.Sprint(n)
	}
	if n := pick(3); n > 0 {
		c.Relay, c.Circuit, c.Remote = netip.AddrFrom4([4]byte{198, 51, 100, n}), text(), text()
	}
	return c
}

// A machine of the benchmark is what EDK2 tells.
func benchClient(i int) boot.Client {
	return boot.Client{MAC: boot.MAC{2, byte(i >> 24), byte(i >> 16), byte(i >> 8), byte(i)}, UUID: uuid1, Archs: []boot.Arch{boot.ArchX64},
		Class: boot.ClassPXE, Vendor: "PXEClient:Arch:00007:UNDI:003016", Interface: "eth0",
		Subnet: netip.MustParsePrefix("192.0.2.1/24"), Addr: netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})}
}

// BenchmarkSeeAndLearn is what one DHCP packet costs, with 50,000 machines known.
func BenchmarkSeeAndLearn(b *testing.B) {
	m := New(Options{})
	clients := make([]boot.Client, 50_000)
	for i := range clients {
		clients[i] = benchClient(i)
		m.See(clients[i])
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		c := m.See(clients[i*7919%len(clients)])
		m.Learn(c.MAC, func(h *boot.History) { h.Evidence = boot.EvidenceRequest })
	}
}

// BenchmarkFlood is what one invented machine costs when the memory is full.
func BenchmarkFlood(b *testing.B) {
	m := New(Options{})
	for i := range defaultMachines {
		m.See(benchClient(i))
	}
	b.ReportAllocs()
	for i := defaultMachines; b.Loop(); i++ {
		m.See(benchClient(i))
	}
}

// The figures that doc.go states.
func TestMemoryOfAMachine(t *testing.T) {
	if testing.Short() {
		t.Skip("measures")
	}
	heap := func() int64 {
		var s runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&s)
		return int64(s.HeapAlloc)
	}
	m, before := New(Options{}), heap()
	for i := range defaultMachines {
		m.See(benchClient(i))
	}
	machines := (heap() - before) / defaultMachines
	before = heap()
	for i := range defaultEvents {
		m.Note(boot.Event{Client: benchClient(i), Exchange: &boot.Exchange{Verdict: "offer"}})
	}
	events := (heap() - before) / defaultEvents
	t.Logf("%d bytes for a machine, %d for an event", machines, events)
	if machines > 650 || events > 450 {
		t.Errorf("a machine takes %d bytes and an event %d: doc.go says 600 and 400", machines, events)
	}
	runtime.KeepAlive(m)
}
