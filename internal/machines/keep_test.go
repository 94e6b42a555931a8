// SPDX-License-Identifier: Apache-2.0

package machines_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/machines"
	"github.com/bootlace-net/bootlace/internal/machines/memstore"
)

// archive is one that can fail or hang.
type archive struct {
	memstore.Store
	mu   sync.Mutex
	fail error
	hang chan struct{} // nil: never
}

func (a *archive) Put(kind string, entries []machines.Entry) error {
	a.mu.Lock()
	fail, hang := a.fail, a.hang
	a.mu.Unlock()
	if hang != nil {
		<-hang
	}
	if fail != nil {
		return fail
	}
	return a.Store.Put(kind, entries)
}

func (a *archive) failing(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.fail = err
}

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func remembering(t *testing.T, a machines.Archive, o machines.Options) *machines.Memory {
	t.Helper()
	if o.Now == nil {
		o.Now = func() time.Time { return noon }
	}
	m := machines.New(o)
	if err := m.Recall(a); err != nil {
		t.Fatal(err)
	}
	return m
}

// flush writes all down, as at the end of the program.
func flush(m *machines.Memory, a machines.Archive) (trouble error) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	m.Keep(ctx, a, func(err error) { trouble = err })
	return trouble
}

func someClient(r *rand.Rand) boot.Client {
	n := byte(1 + r.IntN(12))
	c := boot.Client{MAC: boot.MAC{2, n}, Serial: fmt.Sprint("S", n), Archs: []boot.Arch{boot.ArchX64}, Vendor: "PXEClient\xff\x00", Class: boot.ClassPXE,
		Addr: netip.AddrFrom4([4]byte{10, 0, 0, byte(1 + r.IntN(20))}), DUID: string([]byte{0, 1, n, 0xfe}), Interface: "eth0",
		Subnet: netip.MustParsePrefix("10.0.0.1/24"), Stage: boot.Stage(n % 3)}
	if r.IntN(4) == 0 {
		c.MAC, c.UUID = boot.MAC{}, boot.UUID{n}
	}
	return c
}

// seen is all that can be seen of a memory.
func seen(m *machines.Memory) []string {
	var out []string
	line := func(v any) string { b, err := json.Marshal(v); return fmt.Sprint(string(b), err) }
	for _, key := range append(m.Keys(), boot.MAC{}) {
		k, _ := m.Look(key)
		h := k.History
		h.OfferedAt = h.OfferedAt.UTC()
		text := fmt.Sprintf("%v %s %+v %v %s", key, line(k.Client), h, k.Addrs, line(k.Inventory))
		for _, e := range m.Since(key, 0) {
			text += fmt.Sprintf("\n  %d %v %v %v %s %s %s %s", e.Number, e.Time.UTC(), e.Kind, e.Client.Stage, e.Text, line(e.Exchange), line(e.Transfer), line(e.Log))
		}
		out = append(out, text)
	}
	slices.Sort(out)
	return append(out, fmt.Sprint(m.Stats().Addresses, " addresses"))
}

// TestARestartForgetsNothing that was written down, whatever happened, and whether or not writing failed in between.
func TestARestartForgetsNothing(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 3))
		a := &archive{}
		o := machines.Options{Machines: 4 + r.IntN(12), Events: 10 + r.IntN(100), Lines: 5 + r.IntN(50)}
		m := remembering(t, a, o)
		for run := range 6 {
			for range r.IntN(150) {
				something(r, m)
			}
			a.failing(nil)
			if r.IntN(3) == 0 {
				a.failing(errors.New("disk full"))
			}
			if err := flush(m, a); err != nil && !errors.Is(err, a.fail) {
				t.Fatal(err)
			}
			if a.fail != nil {
				continue // and not forgotten for that
			}
			again := remembering(t, a, o)
			if diff := cmp.Diff(seen(m), seen(again)); diff != "" {
				t.Fatalf("seed %d, run %d (-before +after the restart):\n%s", seed, run, diff)
			}
			if r.IntN(2) == 0 {
				m = again
			}
		}
	}
}

func something(r *rand.Rand, m *machines.Memory) {
	c := someClient(r)
	switch r.IntN(8) {
	case 0, 1, 2:
		m.See(c)
	case 3:
		m.Learn(c.Key(), func(h *boot.History) {
			h.Offered, h.Worked, h.OfferedAt, h.Upgrades = boot.StrategyBINL, boot.StrategySkip, noon, h.Upgrades+1
			h.Boots[0].Add(noon, time.Hour)
		})
	case 4:
		m.Note(boot.Event{Time: noon, Kind: boot.EventDHCP, Client: c, Text: fmt.Sprint("event ", r.IntN(1000)), Host: "h",
			Exchange: &boot.Exchange{Verdict: "offer", To: netip.MustParseAddrPort("10.0.0.1:68")}})
	case 5:
		m.Inventory(c.Key(), boot.Inventory{At: noon, Product: fmt.Sprint("model ", r.IntN(1000)), NICs: []boot.MAC{c.MAC}}, c.Addr, machines.Claim{Serial: "S"})
	case 6:
		m.Note(boot.Event{Time: noon, Kind: boot.EventLog, Client: c, Text: fmt.Sprint("line ", r.IntN(1000)), Log: &boot.LogLine{Form: "ipxe"}})
	default:
		if r.IntN(4) == 0 {
			m.Forget(c.Key())
		}
		m.Note(boot.Event{Time: noon, Kind: boot.EventNetwork, Text: "of the network", Network: &boot.Network{Rival: "proxy"}})
	}
}

// TestArchiveStaysBounded: what the memory lets go of goes from the archive, too.
func TestArchiveStaysBounded(t *testing.T) {
	a := &archive{}
	m := remembering(t, a, machines.Options{Machines: 50, Events: 100})
	for i := range 5000 {
		c := boot.Client{MAC: boot.MAC{2, 0, byte(i >> 8), byte(i)}}
		m.See(c)
		m.Note(boot.Event{Client: c, Text: "x"})
		if i%37 == 0 {
			if err := flush(m, a); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := flush(m, a); err != nil {
		t.Fatal(err)
	}
	for kind, most := range map[string]int{"machines": 50, "events": 100} {
		n := 0
		if err := a.All(kind, func(machines.Entry) error { n++; return nil }); err != nil || n == 0 || n > most {
			t.Errorf("%d %s, %v", n, kind, err)
		}
	}
}

// TestWhatIsKeptIsAllThatPacketsTell: a new field of boot.Client must be kept as well.
func TestWhatIsKeptIsAllThatPacketsTell(t *testing.T) {
	full := boot.Client{
		MAC: boot.MAC{2, 1}, UUID: boot.UUID{1}, DUID: "\x00\xff", Serial: "s\xff", Hostname: "h", Archs: []boot.Arch{boot.ArchX64, boot.ArchBIOS},
		Class: boot.ClassHTTP, Vendor: "v", User: "u", Stage: boot.StageIPXE, Addr: netip.MustParseAddr("10.0.0.1"), Interface: "eth0",
		Subnet: netip.MustParsePrefix("10.0.0.0/24"), Relay: netip.MustParseAddr("10.9.0.1"), Circuit: "\x01\x02", Remote: "\x00r",
	}
	if n := fields(full); n != 16 { // all but Labels, which no packet has
		t.Fatalf("%d fields are filled in: expected all that packets tell", n)
	}
	a := &archive{}
	m := remembering(t, a, machines.Options{})
	m.See(full)
	if err := flush(m, a); err != nil {
		t.Fatal(err)
	}
	got, _ := remembering(t, a, machines.Options{}).Find(full.MAC)
	if diff := cmp.Diff(full, got, cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{})); diff != "" {
		t.Errorf("(-seen +recalled):\n%s", diff)
	}
}

// TestAllOfAHistoryIsKept: what is learnt of a machine comes back as it was, by the monotonic clock too.
func TestAllOfAHistoryIsKept(t *testing.T) {
	now := time.Now()
	full := boot.History{Offered: boot.StrategyBINL, OfferedAt: now, Evidence: boot.EvidenceBINL, Worked: boot.StrategyMenu, Asked: now.Add(time.Second), Upgrades: 1}
	for way := range full.Boots {
		full.Boots[way] = boot.Boots{Since: now.Add(time.Duration(way) * time.Hour), Count: way + 1}
	}
	if n := fields(full); n != 7 {
		t.Fatalf("%d fields are filled in: expected all", n)
	}
	m := machines.New(machines.Options{})
	key := boot.MAC{2, 1}
	m.Learn(key, func(h *boot.History) {
		if *h != (boot.History{}) {
			t.Errorf("a new machine has a history: %+v", h)
		}
		*h = full
	})
	m.Learn(key, func(h *boot.History) {
		if diff := cmp.Diff(full, *h); diff != "" || h.OfferedAt.Sub(now) != 0 {
			t.Errorf("(-learnt +kept):\n%s", diff)
		}
		*h = boot.History{}
	})
	if k, ok := m.Look(key); !ok || k.History != (boot.History{}) {
		t.Errorf("what is over is kept: %+v", k.History)
	}
}

// TestDiskThatHangs: who handles packets does not notice.
func TestDiskThatHangs(t *testing.T) {
	a := &archive{}
	m := remembering(t, a, machines.Options{})
	a.hang = make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	r := rand.New(rand.NewPCG(1, 1))
	something(r, m)
	m.See(boot.Client{MAC: boot.MAC{2, 9, 9}})
	cancel()
	group.Go(func() { m.Keep(ctx, a, func(err error) { t.Error(err) }) })
	for range 1000 { // one that waited for the disk would wait for ever
		something(r, m)
	}
	select {
	case <-a.hang:
		t.Error("the disk did not hang")
	default:
	}
	close(a.hang)
	group.Wait()
}

// fields counts those that are not zero.
func fields(v any) (n int) {
	for i, of := 0, reflect.ValueOf(v); i < of.NumField(); i++ {
		if !of.Field(i).IsZero() {
			n++
		}
	}
	return n
}
