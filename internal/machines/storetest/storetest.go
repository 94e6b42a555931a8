// SPDX-License-Identifier: Apache-2.0

// Package storetest is the contract of machines.Store and machines.Archive as tests, which every store has to pass.
package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/internal/machines"
)

// Place is where a store keeps its records, empty at first.
type Place struct {
	Open  func(*testing.T) machines.Store
	Close func(*testing.T, machines.Store) // what was stored stays for the next Open
}

// patience is how long a change may take to be told: etcd's takes a round trip.
const patience = 10 * time.Second

// Store runs the contract of a Store. New makes an empty place.
func Store(t *testing.T, newPlace func(*testing.T) Place) {
	for name, test := range map[string]func(*testing.T, Place){
		"compare and swap": compareAndSwap, "remove": remove, "list": list, "values": values, "size": size,
		"last": lasts, "many swappers": manySwappers, "watch": watch, "watch many": watchMany, "watch ends": watchEnds,
	} {
		t.Run(name, func(t *testing.T) { test(t, newPlace(t)) })
	}
}

// use opens a store until the test ends.
func use(t *testing.T, p Place) machines.Store {
	t.Helper()
	s := p.Open(t)
	t.Cleanup(func() { p.Close(t, s) })
	return s
}

// swap must succeed.
func swap(t *testing.T, s machines.Store, key string, rev uint64, value string) uint64 {
	t.Helper()
	next, err := s.Swap(key, rev, []byte(value))
	if err != nil || next == rev || next == 0 {
		t.Fatalf("Swap(%q, %d): %d, %v", key, rev, next, err)
	}
	return next
}

// holds compares a record.
func holds(t *testing.T, s machines.Store, key, value string, rev uint64) {
	t.Helper()
	got, is, err := s.Load(key)
	if err != nil || string(got) != value || is != rev {
		t.Errorf("Load(%q): %q of revision %d, %v; want %q of %d", key, got, is, err, value, rev)
	}
}

func conflict(t *testing.T, s machines.Store, key string, rev uint64) {
	t.Helper()
	for _, value := range [][]byte{[]byte("other"), nil} {
		if _, err := s.Swap(key, rev, value); !errors.Is(err, machines.ErrConflict) {
			t.Errorf("Swap(%q, %d, %q): %v, want a conflict", key, rev, value, err)
		}
	}
}

func compareAndSwap(t *testing.T, p Place) {
	s := use(t, p)
	if _, rev, err := s.Load("host/a"); !errors.Is(err, machines.ErrNotFound) || rev != 0 {
		t.Errorf("Load of nothing: revision %d, %v", rev, err)
	}
	conflict(t, s, "host/a", 7)
	one := swap(t, s, "host/a", 0, "one")
	holds(t, s, "host/a", "one", one)
	conflict(t, s, "host/a", 0)
	two := swap(t, s, "host/a", one, "two")
	conflict(t, s, "host/a", one)
	holds(t, s, "host/a", "two", two)
	other := swap(t, s, "host/b", 0, "b")
	holds(t, s, "host/a", "two", two)
	holds(t, s, "host/b", "b", other)
	same := swap(t, s, "host/a", two, "two")
	conflict(t, s, "host/a", two)
	holds(t, s, "host/a", "two", same)
}

func remove(t *testing.T, p Place) {
	s := use(t, p)
	one := swap(t, s, "a", 0, "one")
	if rev, err := s.Swap("a", one, nil); err != nil || rev != 0 {
		t.Fatalf("removing: %d, %v", rev, err)
	}
	if _, _, err := s.Load("a"); !errors.Is(err, machines.ErrNotFound) {
		t.Errorf("Load of what was removed: %v", err)
	}
	conflict(t, s, "a", one)
	again := swap(t, s, "a", 0, "again")
	if again == one {
		t.Error("a revision was used twice: who knows the first record would change the second")
	}
	conflict(t, s, "a", one)
}

func list(t *testing.T, p Place) {
	s := use(t, p)
	var want []string
	for i := range 300 {
		key := fmt.Sprintf("host/%03d", (i*7)%300)
		want = append(want, fmt.Sprintf("%s=%d", key, swap(t, s, key, 0, "v"+key)))
	}
	slices.Sort(want)
	var got []string
	if err := s.List(func(key string, value []byte, rev uint64) error {
		got = append(got, fmt.Sprintf("%s=%d", key, rev))
		if string(value) != "v"+key {
			t.Errorf("%s holds %q", key, value)
		}
		return nil
	}); err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	enough := errors.New("enough")
	if err := s.List(func(key string, _ []byte, rev uint64) error {
		if _, err := s.Swap(key, rev, []byte("visited")); err != nil { // a visitor may write
			t.Error(err)
		}
		return enough
	}); !errors.Is(err, enough) {
		t.Errorf("the visitor's error became %v", err)
	}
}

// values: what is stored is bytes, and nobody else's memory.
func values(t *testing.T, p Place) {
	s := use(t, p)
	value := []byte{0, 0xff, '"', '\n', 0}
	rev, err := s.Swap("mac/52:54:00:00:00:01", 0, value)
	if err != nil {
		t.Fatal(err)
	}
	value[0] = 'x'
	got, _, err := s.Load("mac/52:54:00:00:00:01")
	if err != nil || !bytes.Equal(got, []byte{0, 0xff, '"', '\n', 0}) {
		t.Errorf("%q, %v", got, err)
	}
	got[0] = 'y'
	holds(t, s, "mac/52:54:00:00:00:01", "\x00\xff\"\n\x00", rev)
	empty, err := s.Swap("empty", 0, []byte{})
	if err != nil {
		t.Fatal(err)
	}
	holds(t, s, "empty", "", empty)
}

func size(t *testing.T, p Place) {
	s := use(t, p)
	most := make([]byte, machines.MaxValue)
	rev, err := s.Swap("a", 0, most)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Swap("a", rev, append(most, 0)); !errors.Is(err, machines.ErrTooLarge) {
		t.Errorf("one byte more: %v", err)
	}
	holds(t, s, "a", string(most), rev)
}

func lasts(t *testing.T, p Place) {
	s := p.Open(t)
	one := swap(t, s, "a", 0, "one")
	gone := swap(t, s, "b", 0, "gone")
	if _, err := s.Swap("b", gone, nil); err != nil {
		t.Fatal(err)
	}
	p.Close(t, s)
	s = use(t, p)
	holds(t, s, "a", "one", one)
	if _, _, err := s.Load("b"); !errors.Is(err, machines.ErrNotFound) {
		t.Errorf("what was removed is back: %v", err)
	}
	if two := swap(t, s, "a", one, "two"); two == gone {
		t.Error("a revision was used twice")
	}
}

// manySwappers count to 400 together: no change is lost, and none is made by two.
func manySwappers(t *testing.T, p Place) {
	s := use(t, p)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for range 50 {
				if err := count(s, fmt.Sprint("key", i%2)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	for _, key := range []string{"key0", "key1"} {
		if got, _, err := s.Load(key); err != nil || string(got) != "200" {
			t.Errorf("%s: %q, %v", key, got, err)
		}
	}
}

// count adds one, whatever others do meanwhile.
func count(s machines.Store, key string) error {
	for {
		value, rev, err := s.Load(key)
		if err != nil && !errors.Is(err, machines.ErrNotFound) {
			return err
		}
		n, _ := strconv.Atoi(string(value)) // nothing is 0
		_, err = s.Swap(key, rev, []byte(strconv.Itoa(n+1)))
		if !errors.Is(err, machines.ErrConflict) {
			return err
		}
	}
}

func watch(t *testing.T, p Place) {
	s := use(t, p)
	one := swap(t, s, "before", 0, "one")
	seen, also := s.Watch(t.Context()), s.Watch(t.Context())
	expect := func(want string) {
		t.Helper()
		for _, ch := range []<-chan string{seen, also} {
			select {
			case got := <-ch:
				if got != want {
					t.Errorf("told of %q, want %q", got, want)
				}
			case <-time.After(patience):
				t.Fatalf("never told of %q", want)
			}
		}
	}
	rev := swap(t, s, "a", 0, "one")
	expect("a")
	conflict(t, s, "a", 0) // nothing changes
	swap(t, s, "before", one, "two")
	expect("before")
	if _, err := s.Swap("a", rev, nil); err != nil {
		t.Fatal(err)
	}
	expect("a")
}

// watchMany: who does not read keeps nobody from writing, and hears of each key, or that it missed some.
func watchMany(t *testing.T, p Place) {
	s := use(t, p)
	slow := s.Watch(t.Context())
	const keys = 200
	for i := range keys {
		key := fmt.Sprint("k", i)
		swap(t, s, key, swap(t, s, key, 0, "one"), "two")
	}
	heard := make(map[string]bool)
	for len(heard) < keys {
		select {
		case key := <-slow:
			if key == "" {
				return
			}
			heard[key] = true
		case <-time.After(patience):
			t.Fatalf("told of %d keys of %d", len(heard), keys)
		}
	}
}

func watchEnds(t *testing.T, p Place) {
	s := use(t, p)
	ctx, cancel := context.WithCancel(t.Context())
	seen := s.Watch(ctx)
	swap(t, s, "a", 0, "one")
	cancel()
	end := time.After(patience)
	for {
		select {
		case _, open := <-seen:
			if !open {
				return
			}
		case <-end:
			t.Fatal("the channel does not end")
		}
	}
}
