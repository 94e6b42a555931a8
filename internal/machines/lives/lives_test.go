// SPDX-License-Identifier: Apache-2.0

package lives

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/machines"
	"github.com/bootlace-net/bootlace/internal/machines/life"
	"github.com/bootlace-net/bootlace/internal/machines/memstore"
)

// shaky is a store that can fail and hang.
type shaky struct {
	*memstore.Store
	mu    sync.Mutex
	swap  func(key string) error // before; nil: all is well
	after func(key string) error // it is written, and yet there is an error
	load  func(key string) error
	read  func(key string) error // after it was read
}

func (s *shaky) set(change func(*shaky)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

func (s *shaky) hook(get func() func(string) error, key string) error {
	s.mu.Lock()
	f := get()
	s.mu.Unlock()
	if f == nil {
		return nil
	}
	return f(key)
}

func (s *shaky) Swap(key string, rev uint64, value []byte) (uint64, error) {
	if err := s.hook(func() func(string) error { return s.swap }, key); err != nil {
		return 0, err
	}
	next, err := s.Store.Swap(key, rev, value)
	if err == nil {
		err = s.hook(func() func(string) error { return s.after }, key)
	}
	return next, err
}

func (s *shaky) Load(key string) ([]byte, uint64, error) {
	if err := s.hook(func() func(string) error { return s.load }, key); err != nil {
		return nil, 0, err
	}
	value, rev, err := s.Store.Load(key)
	if err == nil {
		err = s.hook(func() func(string) error { return s.read }, key)
	}
	return value, rev, err
}

// site is a configuration of hosts, each of one network card, and one appliance that serves it.
type site struct {
	t     *testing.T
	lives *Lives
	store *shaky

	mu     sync.Mutex
	up     time.Duration
	hosts  map[string]*boot.Host
	told   []boot.Event
	policy boot.Install
	gen    int
}

func nic(last byte) boot.MAC { return boot.MAC{0x52, 0x54, 0, 0, 0, last} }

func newSite(t *testing.T, store *shaky, hosts ...string) *site {
	t.Helper()
	s := &site{t: t, store: store, hosts: make(map[string]*boot.Host), policy: boot.DefaultInstall(), gen: 1}
	for i, h := range hosts {
		s.hosts[h] = &boot.Host{Name: h, Match: boot.Match{MACs: []boot.MAC{nic(byte(i + 1))}}}
	}
	s.lives = New(Options{
		Wait: time.Minute, // no busy machine takes so long; tests of a store that hangs are in virtual time
		Find: func(m boot.MAC) (Machine, bool) {
			for name, h := range s.hosts {
				if h.Match.MACs[0] == m {
					return s.machine(name), true
				}
			}
			return Machine{}, false
		},
		Named:  func(h string) bool { return s.hosts[h] != nil },
		Events: func(e boot.Event) { s.mu.Lock(); defer s.mu.Unlock(); s.told = append(s.told, e) },
		Now: func() (time.Time, time.Duration) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.up += time.Second
			return time.Unix(1e9, 0).Add(s.up), s.up
		},
	})
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	if err := s.lives.Use(ctx, store); err != nil && !errors.Is(err, machines.ErrDamaged) {
		t.Fatal(err)
	}
	group.Go(func() {
		if err := s.lives.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { cancel(); group.Wait() })
	return s
}

func (s *site) machine(host string) Machine {
	p := boot.Plan{Action: boot.ActionBoot, Host: s.hosts[host], Profile: &boot.Profile{Entry: boot.Entry{Name: "debian"}}, Install: &s.policy, Generation: s.gen}
	p.Client.MAC = p.Host.Match.MACs[0]
	return Of(p)
}

// request is a DISCOVER of the firmware.
func (s *site) request(host string) life.Status {
	return s.lives.Look(s.machine(host), life.Event{Kind: life.Requested, Fresh: true, Firmware: true, Way: "v4"})
}

func (s *site) ask(host string, what life.Evidence) Grant {
	return s.lives.Grant(context.Background(), s.machine(host), life.Event{What: what}, "10.0.0.1")
}

// boots is a boot that goes as far as the installer, if it may.
func (s *site) boots(host string) bool {
	s.t.Helper()
	s.request(host)
	g := s.ask(host, life.EvidenceScript)
	if g.Serve != life.ServeInstall {
		return false
	}
	for _, what := range []life.Evidence{life.EvidenceKernel, life.EvidenceInitrd} {
		if k := s.ask(host, what); k.Serve != life.ServeInstall || k.Attempt != g.Attempt {
			s.t.Errorf("the %v after the script: %+v, the script %+v", what, k.Status, g.Status)
		}
		s.lives.Note(s.machine(host), life.Event{Kind: life.Sent, What: what, Boot: g.Boot})
	}
	return true
}

func (s *site) record(host string) life.Record {
	s.t.Helper()
	value, _, err := s.store.Store.Load("host/" + host)
	if errors.Is(err, machines.ErrNotFound) {
		return life.Record{}
	}
	if err != nil {
		s.t.Fatal(err)
	}
	r, err := life.Decode(value)
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// eventually waits for what happens behind the answers.
func (s *site) eventually(what string, is func() bool) {
	s.t.Helper()
	for end := time.Now().Add(time.Minute); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatal("never: ", what)
		}
	}
}

func (s *site) alarms(word string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.told {
		if e.Level >= boot.LevelWarn && strings.Contains(e.Text, word) {
			n++
		}
	}
	return n
}

func newShaky() *shaky { return &shaky{Store: &memstore.Store{}} }

// report calls an address that the script had.
func (s *site) report(g Grant, scope boot.Scope, k life.Kind, from string) (life.Result, error) {
	b, err := s.lives.Bearer(g.Tokens.Token(scope), life.Scope(scope.String()), netip.MustParseAddr(from))
	if err != nil {
		return life.Result{}, err
	}
	return s.lives.Report(context.Background(), b, life.Event{Kind: k, Text: "no disk"})
}

// TestALife: installed once, by the third of three attempts, over restarts of the appliance; then never again.
func TestALife(t *testing.T) {
	store := newShaky()
	s := newSite(t, store, "node1")
	for i := range 2 {
		if !s.boots("node1") {
			t.Fatalf("boot %d does not install", i)
		}
		if r := s.record("node1"); r.Attempt.Number != i+1 || r.Attempt.Strongest() < life.EvidenceScript {
			t.Errorf("boot %d is stored as %+v", i, r.Attempt)
		}
	}
	s = newSite(t, store, "node1") // the appliance starts again
	g := s.ask("node1", life.EvidenceScript)
	if g.Serve != life.ServeInstall || g.Attempt != 3 || g.Tokens == nil {
		t.Fatalf("after a restart: %+v", g)
	}
	if o, err := s.report(g, boot.ScopeDone, life.Reported, "10.0.0.1"); err != nil || o.Already || o.Refused {
		t.Fatalf("done: %+v, %v", o, err)
	}
	if r := s.record("node1"); r.Done.How != "callback" {
		t.Errorf("stored as %+v when it was answered", r.Done)
	}
	if o, err := s.report(g, boot.ScopeDone, life.Reported, "10.0.0.1"); err != nil || !o.Already {
		t.Errorf("done again: %+v, %v", o, err)
	}
	if _, err := s.report(g, boot.ScopeReport, life.Logged, "10.0.0.1"); !errors.Is(err, ErrToken) {
		t.Errorf("a token that ended with done: %v", err)
	}
	for range 2 {
		if s.boots("node1") {
			t.Error("it installs after done")
		}
		s = newSite(t, store, "node1")
	}
	s.gen = 2
	if !s.boots("node1") {
		t.Error("a new generation does not install")
	}
	if _, err := s.lives.Bearer(g.Tokens.Token(boot.ScopeDone), life.ScopeDone, netip.MustParseAddr("10.0.0.1")); err == nil {
		t.Error("the first generation's token is good for the second")
	}
}

// TestStoreFails: whatever the store does, nothing installs that is not stored; somebody is told; and it goes on when it is
// well again.
func TestStoreFails(t *testing.T) {
	full := errors.New("no space left on device")
	for name, fault := range map[string]func(*shaky, chan struct{}){
		"full":                  func(s *shaky, _ chan struct{}) { s.swap = func(string) error { return full } },
		"hangs":                 func(s *shaky, hang chan struct{}) { s.swap = func(string) error { <-hang; return full } },
		"written, but an error": func(s *shaky, _ chan struct{}) { s.after = func(string) error { return full } },
		"nothing works":         func(s *shaky, _ chan struct{}) { f := func(string) error { return full }; s.swap, s.load = f, f },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSite(t, newShaky(), "node1", "node2")
				hang := make(chan struct{})
				defer close(hang)
				s.store.set(func(s *shaky) { fault(s, hang) })
				s.request("node1")
				if g := s.ask("node1", life.EvidenceScript); g.Serve != life.ServeLocal || g.Tokens != nil {
					t.Errorf("the script: %+v", g)
				}
				if n := s.alarms("not known whether it may install"); n != 1 {
					t.Errorf("%d alarms: %+v", n, s.told)
				}
				s.store.set(func(s *shaky) { s.swap, s.after, s.load = nil, nil, nil })
				if name == "hangs" {
					return // a writer still waits for this machine
				}
				installs := 0
				for range 5 {
					if s.boots("node1") {
						installs++
					}
				}
				if lost := s.record("node1").Attempt.Number - installs; installs < 2 || lost < 0 || lost > 1 {
					t.Errorf("%d installs, stored as %+v", installs, s.record("node1").Attempt)
				}
			})
		})
	}
}

// TestAMachineIsNotHeldUpByAnother whose record the store hangs with, and DHCP by neither.
func TestAMachineIsNotHeldUpByAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, newShaky(), "node1", "node2")
		hang := make(chan struct{})
		defer close(hang)
		s.store.set(func(s *shaky) {
			s.swap = func(key string) error {
				if key == "host/node1" {
					<-hang
				}
				return nil
			}
		})
		if g := s.ask("node1", life.EvidenceScript); g.Serve != life.ServeLocal {
			t.Errorf("%+v", g)
		}
		began := time.Now()
		s.request("node1")
		s.request("node2")
		if g := s.ask("node2", life.EvidenceScript); g.Serve != life.ServeInstall {
			t.Errorf("another machine: %+v", g)
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("took %v", took)
		}
	})
}

// TestManyWaitForAStoreThatHangs: all but a few are sent to their disks at once.
func TestManyWaitForAStoreThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var hosts []string
		for i := range 100 {
			hosts = append(hosts, fmt.Sprint("node", i))
		}
		s := newSite(t, newShaky(), hosts...)
		hang := make(chan struct{})
		s.store.set(func(s *shaky) { s.swap = func(string) error { <-hang; return nil } })
		s.ask("node0", life.EvidenceScript)
		var quick atomic.Int32
		var group sync.WaitGroup
		for _, host := range hosts[1:] {
			group.Go(func() {
				began := time.Now()
				if g := s.ask(host, life.EvidenceScript); g.Serve != life.ServeLocal {
					t.Errorf("%s: %+v", host, g.Status)
				}
				if time.Since(began) < 100*time.Millisecond {
					quick.Add(1)
				}
			})
		}
		group.Wait()
		if n := quick.Load(); n < 80 {
			t.Errorf("%d of 99 did not wait", n)
		}
		close(hang)
		s.eventually("it goes on", func() bool { return s.ask("node99", life.EvidenceScript).Serve == life.ServeInstall })
	})
}

// TestNoStore: without one nothing installs; with one it does.
func TestNoStore(t *testing.T) {
	s := newSite(t, newShaky(), "node1")
	why := errors.New("machines.db: another program has it open")
	s.lives.Fail(why)
	if st := s.request("node1"); st.Serve != life.ServeLocal {
		t.Errorf("DHCP: %+v", st)
	}
	if g := s.ask("node1", life.EvidenceScript); g.Serve != life.ServeLocal || s.alarms(why.Error()) == 0 {
		t.Errorf("a file: %+v, told %+v", g, s.told)
	}
	if _, err := s.lives.Order(t.Context(), s.machine("node1"), life.Order{Verb: life.OrderHold}); !errors.Is(err, why) {
		t.Errorf("an order: %v", err)
	}
	if err := s.lives.Use(t.Context(), s.store); err != nil {
		t.Fatal(err)
	}
	if !s.boots("node1") {
		t.Error("does not install when there is a store")
	}
}

// TestDamagedRecord: what cannot be read, or is of a newer version, installs nothing and is not written over.
func TestDamagedRecord(t *testing.T) {
	store := newShaky()
	for key, value := range map[string]string{"host/node1": "{", "host/node2": `{"schema":99}`} {
		if _, err := store.Store.Swap(key, 0, []byte(value)); err != nil {
			t.Fatal(err)
		}
	}
	s := newSite(t, store, "node1", "node2", "node3")
	for _, host := range []string{"node1", "node2"} {
		before, _, _ := store.Store.Load("host/" + host)
		if st := s.request(host); st.Serve != life.ServeLocal {
			t.Errorf("%s by DHCP: %+v", host, st)
		}
		if g := s.ask(host, life.EvidenceScript); g.Serve != life.ServeLocal {
			t.Errorf("%s: %+v", host, g)
		}
		if after, _, _ := store.Store.Load("host/" + host); !bytes.Equal(before, after) {
			t.Errorf("%s: written over", host)
		}
	}
	if !s.boots("node3") {
		t.Error("a third machine does not install")
	}
	_, rev, _ := store.Store.Load("host/node1")
	if _, err := store.Store.Swap("host/node1", rev, nil); err != nil { // somebody mends it
		t.Fatal(err)
	}
	if !s.boots("node1") {
		t.Error("does not install when it is mended")
	}
}

// TestTwoAppliances share a store: what one knows the other does a moment later, and both together stay below the bound.
func TestTwoAppliances(t *testing.T) {
	store := newShaky()
	one, two := newSite(t, store, "node1"), newSite(t, store, "node1")
	installs := 0
	for i := range 8 {
		s := []*site{one, two}[i%2]
		if s.boots("node1") {
			installs++
		}
	}
	if installs != 3 {
		t.Errorf("%d installs, of 3 that may be", installs)
	}
	for _, verb := range []life.Verb{life.OrderRelease, life.OrderInstall} {
		if _, err := one.lives.Order(t.Context(), one.machine("node1"), life.Order{Verb: verb}); err != nil {
			t.Fatal(err)
		}
	}
	two.eventually("the other hears of the order", func() bool { return two.request("node1").Serve == life.ServeInstall })
}

// TestAnOrderThatComesWhileTheRecordIsRead: one appliance is given an order just when the other has read the record as it was.
func TestAnOrderThatComesWhileTheRecordIsRead(t *testing.T) {
	store := newShaky()
	one, two := newSite(t, store, "node1"), newSite(t, &shaky{Store: store.Store}, "node1")
	if !one.boots("node1") {
		t.Fatal("it does not install")
	}
	two.eventually("the other knows the life", func() bool { return two.request("node1").State == one.request("node1").State })
	key := two.machine("node1").Key
	two.lives.mu.Lock()
	e := two.lives.make(key)
	two.lives.mu.Unlock()
	var once sync.Once
	two.store.set(func(s *shaky) {
		s.read = func(string) error {
			once.Do(func() {
				if _, err := one.lives.Order(t.Context(), one.machine("node1"), life.Order{Verb: life.OrderHold}); err != nil {
					t.Error(err)
				}
				two.eventually("it is told that the record changed", func() bool { e.mu.Lock(); defer e.mu.Unlock(); return e.stale })
			})
			return nil
		}
	})
	two.lives.reread(key)
	two.eventually("the other hears of the order", func() bool { return two.request("node1").State == life.StateHeld })
}

// TestManyFilesAtOnce: a script, a kernel and initrds that are asked for at the same time are one attempt, and none of them is
// given out before it is stored.
func TestManyFilesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // in which all have asked before the store is done, however busy this host is
		s := newSite(t, newShaky(), "node1")
		s.store.set(func(s *shaky) { s.swap = func(string) error { time.Sleep(20 * time.Millisecond); return nil } })
		s.request("node1")
		var group sync.WaitGroup
		for i := range 8 {
			group.Go(func() {
				g := s.ask("node1", []life.Evidence{life.EvidenceKernel, life.EvidenceInitrd}[i%2])
				if r := s.record("node1"); g.Serve != life.ServeInstall || g.Attempt != 1 || r.Attempt.Number != 1 {
					t.Errorf("%+v, stored is %+v", g.Status, r.Attempt)
				}
			})
		}
		group.Wait()
	})
}

// TestRename: a host with a new name, and a machine that becomes a host, go on with their lives, once.
func TestRename(t *testing.T) {
	store := newShaky()
	s := newSite(t, store, "old")
	s.request("old")
	g := s.ask("old", life.EvidenceScript)
	if _, err := s.report(g, boot.ScopeDone, life.Reported, "10.0.0.1"); err != nil {
		t.Fatal(err)
	}
	s = newSite(t, store, "new") // of the same address
	if st := s.request("new"); st.State != life.StateDone {
		t.Errorf("by DHCP: %+v", st)
	}
	if s.boots("new") {
		t.Error("it installs because it was renamed")
	}
	s.eventually("stored under its new name", func() bool { return s.record("new").Done.How == "callback" })
	s.lives.Tick()
	if r := s.record("old"); r.Done.How != "" {
		t.Error("the old name still has a life: another machine of that name would count as installed")
	}
	s = newSite(t, store, "new", "other")
	s.hosts["new"].Match.MACs[0] = nic(9)
	s.hosts["other"].Match.MACs[0] = nic(1) // another host has the card now, and the name is still there
	if !s.boots("other") {
		t.Error("a host took the life of another that is still there")
	}
}

// TestTokens: bound to an address or to the machine that has it, to a scope, and not to be guessed.
func TestTokens(t *testing.T) {
	s := newSite(t, newShaky(), "node1")
	owner := netip.MustParseAddr("10.0.0.77")
	s.lives.o.At = func(a netip.Addr) (Machine, bool) { return s.machine("node1"), a == owner }
	g := s.ask("node1", life.EvidenceScript)
	if again := s.ask("node1", life.EvidenceInitrd); again.Tokens.Key() != g.Tokens.Key() || again.Tokens.Token(boot.ScopeDone) != g.Tokens.Token(boot.ScopeDone) {
		t.Error("two files of an attempt have different tokens")
	}
	stored, _, _ := s.store.Store.Load("host/node1")
	for scope := boot.ScopeFiles; scope <= boot.ScopeDone; scope++ {
		token := g.Tokens.Token(scope)
		if len(token) != 32 || bytes.Contains(stored, []byte(token)) {
			t.Errorf("token %s is stored, or short", token)
		}
		for other := boot.ScopeFiles; other <= boot.ScopeDone; other++ {
			if _, err := s.lives.Bearer(token, life.Scope(other.String()), netip.MustParseAddr("::ffff:10.0.0.1")); (err == nil) != (scope == other) {
				t.Errorf("a token for %s used for %s: %v", scope, other, err)
			}
		}
	}
	if _, err := s.report(g, boot.ScopeDone, life.Reported, "10.0.0.2"); !errors.Is(err, ErrAddress) {
		t.Errorf("from another machine's address: %v", err)
	}
	if o, err := s.report(g, boot.ScopeDone, life.Complained, "10.0.0.77"); err != nil || s.record("node1").Attempt.Why != "no disk" {
		t.Errorf("from an address of its own: %+v, %v", o, err)
	}
	var last error
	for i := range 40 {
		_, last = s.lives.Bearer(fmt.Sprint("guess", i), life.ScopeDone, netip.MustParseAddr(fmt.Sprintf("2001:db8::%x", i)))
	}
	if !errors.Is(last, ErrTooMany) {
		t.Errorf("after 40 guesses: %v", last)
	}
}

// TestReportsWaitForTheStore: what could not be stored is not answered as if it were.
func TestReportsWaitForTheStore(t *testing.T) {
	s := newSite(t, newShaky(), "node1")
	g := s.ask("node1", life.EvidenceScript)
	full := errors.New("full")
	s.store.set(func(s *shaky) { s.swap = func(string) error { return full } })
	if _, err := s.report(g, boot.ScopeDone, life.Reported, "10.0.0.1"); !errors.Is(err, full) {
		t.Errorf("done: %v", err)
	}
	s.store.set(func(s *shaky) { s.swap = nil })
	if _, err := s.report(g, boot.ScopeDone, life.Reported, "10.0.0.1"); err != nil || s.record("node1").Done.How == "" {
		t.Errorf("when it is well again: %v, %+v", err, s.record("node1").Done)
	}
}

// TestWhatNobodyWaitsFor is stored when the store is well again: that a machine is done must not be lost.
func TestWhatNobodyWaitsFor(t *testing.T) {
	s := newSite(t, newShaky(), "node1")
	s.policy.Success = boot.Success{By: boot.SuccessFetch, Path: "done.txt"}
	s.boots("node1")
	s.eventually("the kernel is stored", func() bool { return s.record("node1").Attempt.Strongest() == life.EvidenceInitrd })
	full := errors.New("full")
	s.store.set(func(s *shaky) { s.swap = func(string) error { return full } })
	s.lives.Note(s.machine("node1"), life.Event{Kind: life.Sent, Path: "done.txt"})
	if s.request("node1"); s.ask("node1", life.EvidenceScript).Serve == life.ServeInstall {
		t.Error("it installs while it is not stored that it is done")
	}
	s.store.set(func(s *shaky) { s.swap = nil })
	if g := s.ask("node1", life.EvidenceScript); g.Serve == life.ServeInstall || s.record("node1").Done.How != "fetch" {
		t.Errorf("%+v, stored %+v", g.Status, s.record("node1").Done)
	}
}

// TestAMachineThatInstallsNothing boots what the configuration says, whatever the store does.
func TestAMachineThatInstallsNothing(t *testing.T) {
	store := newShaky()
	if _, err := store.Store.Swap("host/node1", 0, []byte("{")); err != nil {
		t.Fatal(err)
	}
	s := newSite(t, store, "node1", "node2")
	plain := func(host string) Machine {
		m := s.machine(host)
		m.Plan.Install = nil
		return Of(m.Plan)
	}
	if m := plain("node1"); s.lives.Concerns(&m.Plan) {
		t.Error("a damaged record is of interest to it")
	}
	if _, err := s.lives.Order(t.Context(), plain("node2"), life.Order{Verb: life.OrderNext, Profile: "rescue"}); err != nil {
		t.Fatal(err)
	}
	s.store.set(func(s *shaky) { s.swap = func(string) error { return errors.New("full") } })
	if g := s.lives.Grant(t.Context(), plain("node2"), life.Event{What: life.EvidenceScript}, "10.0.0.2"); g.Serve != life.ServeConfigured || s.alarms("") > 0 {
		t.Errorf("%+v, told %+v", g.Status, s.told)
	}
	s.store.set(func(s *shaky) { s.swap = nil })
	if g := s.lives.Grant(t.Context(), plain("node2"), life.Event{What: life.EvidenceScript}, "10.0.0.2"); g.Serve != life.ServeProfile || g.Profile != "rescue" {
		t.Errorf("%+v", g.Status)
	}
}

// TestInventedMachines: packets and names with invented addresses leave nothing behind but what is bounded.
func TestInventedMachines(t *testing.T) {
	s := newSite(t, newShaky(), "node1")
	group := func(i int) Machine {
		m := s.machine("node1")
		m.Plan.Host = nil
		m.Plan.Client.MAC = boot.MAC{2, 0, 0, byte(i >> 16), byte(i >> 8), byte(i)}
		return Of(m.Plan)
	}
	for i := range mostLives + 5000 {
		s.lives.Look(group(i), life.Event{Kind: life.Requested, Fresh: true, Firmware: true, Way: "v4"})
	}
	n := 0
	if err := s.store.List(func(string, []byte, uint64) error { n++; return nil }); err != nil || n != 0 {
		t.Errorf("%d records, %v", n, err)
	}
	if len(s.lives.entries) > mostLives {
		t.Errorf("%d entries", len(s.lives.entries))
	}
	if !s.boots("node1") {
		t.Error("a host finds no room among them")
	}
}

// TestStalled: time goes by, also after a restart, and is told.
func TestStalled(t *testing.T) {
	store := newShaky()
	s := newSite(t, store, "node1")
	s.boots("node1")
	s = newSite(t, store, "node1")
	s.lives.Tick() // from here the new one counts
	s.mu.Lock()
	s.up += 3 * time.Hour
	s.mu.Unlock()
	s.lives.Tick()
	s.eventually("stalled is stored", func() bool { return s.record("node1").Attempt.Ending == life.Stalled })
	if s.alarms("nothing was heard") != 1 {
		t.Errorf("told %+v", s.told)
	}
}
