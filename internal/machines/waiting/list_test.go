// SPDX-License-Identifier: Apache-2.0

package waiting

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/machines"
	"github.com/bootlace-net/bootlace/internal/machines/memstore"
)

func mac(i int) boot.MAC {
	return boot.MAC{0x52, 0x54, byte(i >> 24), byte(i >> 16), byte(i >> 8), byte(i)}
}

func addr(i int) netip.Addr {
	return netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
}

// TestCodesAreUnique: of as many machines as there is room for none has another one's code, and each keeps its own.
func TestCodesAreUnique(t *testing.T) {
	l := New(nil)
	codes := make(map[string]boot.MAC)
	for i := range Most {
		code, first := l.Join(mac(i), addr(i))
		if other, taken := codes[code]; !first || taken || !valid(code) {
			t.Fatalf("machine %d: code %q, which is %v's", i, code, other)
		}
		codes[code] = mac(i)
	}
	for code, key := range codes {
		if again, first := l.Join(key, addr(1)); first || again != code {
			t.Fatalf("%v: %s, then %s", key, code, again)
		}
		typed := " " + strings.ToLower(code[:2]) + "-" + code[2:]
		if e, ok := l.Find(typed); !ok || e.Key != key {
			t.Fatalf("%s: %v", typed, e)
		}
	}
}

// TestOneCodeTaken: whose code another machine has gets the next one, and neither changes when the list is read again.
func TestOneCodeTaken(t *testing.T) {
	l, store := New(nil), new(memstore.Store)
	if err := l.Recall(store); err != nil {
		t.Fatal(err)
	}
	l.mu.Lock()
	l.add(Entry{Key: mac(2), Code: codeOf(mac(1), 0), Heard: time.Now()}) // as if it were so
	l.mu.Unlock()
	code, _ := l.Join(mac(1), addr(1))
	if code != codeOf(mac(1), 1) {
		t.Fatalf("%s, want the second of %s and %s", code, codeOf(mac(1), 0), codeOf(mac(1), 1))
	}
	if _, first := l.Join(mac(2), addr(2)); first {
		t.Error("the other one is new")
	}
	if err := l.flush(store); err != nil {
		t.Fatal(err)
	}
	l.Leave(mac(2))
	if err := l.flush(store); err != nil {
		t.Fatal(err)
	}
	again := New(nil)
	if err := again.Recall(store); err != nil {
		t.Fatal(err)
	}
	if got, first := again.Join(mac(1), addr(9)); first || got != code {
		t.Errorf("after a restart: %s, was %s", got, code)
	}
	if _, ok := again.Find(codeOf(mac(1), 0)); ok {
		t.Error("a machine that left is there after a restart")
	}
}

// TestInventedMachines: whoever invents machines fills neither the list nor the disk, and pushes nobody out that asks.
func TestInventedMachines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, store := New(nil), new(memstore.Store)
		if err := l.Recall(store); err != nil {
			t.Fatal(err)
		}
		honest, _ := l.Join(mac(-1), addr(-1))
		for i := range 65536 { // from one address
			l.Join(mac(i), addr(1))
		}
		if n := len(l.All()); n != MostOfAddress+1 {
			t.Errorf("%d wait, of one address and another", n)
		}
		for i := range 65536 { // from many
			l.Join(mac(i), addr(i/8))
			if i%64 == 0 {
				l.Join(mac(-1), addr(-1))
			}
		}
		if n := len(l.All()); n != Most {
			t.Errorf("%d wait", n)
		}
		if err := l.flush(store); err != nil {
			t.Fatal(err)
		}
		n := 0
		if err := store.All(kind, func(machines.Entry) error { n++; return nil }); err != nil || n != Most {
			t.Errorf("%d are kept, %v", n, err)
		}
		if e, ok := l.Find(honest); !ok || e.Key != mac(-1) {
			t.Error("who asks was pushed out")
		}
		if code, _ := l.Join(mac(100000), addr(100000)); code != "" {
			t.Error("one more has a place")
		}
		time.Sleep(silent)
		l.Join(mac(-1), addr(-1))
		if code, first := l.Join(mac(100000), addr(100000)); code == "" || !first {
			t.Error("who does not ask any more keeps its place")
		}
		if _, ok := l.Find(honest); !ok {
			t.Error("who asks gave way")
		}
		time.Sleep(Kept + time.Second)
		if n := len(l.All()); n != 0 {
			t.Errorf("%d after a day of silence", n)
		}
	})
}

// TestWhatIsKeptMayBeAnything: entries that are none of ours are left out.
func TestWhatIsKeptMayBeAnything(t *testing.T) {
	now := time.Now()
	store := new(memstore.Store)
	put := func(key, value string) {
		if err := store.Put(kind, []machines.Entry{{Key: key, Value: []byte(value)}}); err != nil {
			t.Fatal(err)
		}
	}
	key := func(i int) string { k := mac(i); return hex.EncodeToString(k[:]) }
	good := codeOf(mac(1), 0)
	put(key(1), fmt.Sprintf(`{"code":%q,"since":"2026-01-02T12:00:00Z","heard":%q}`, good, now.Add(1000*time.Hour).Format(time.RFC3339)))
	put(key(2), fmt.Sprintf(`{"code":%q,"heard":"2999-01-01T00:00:00Z"}`, good))
	put(key(3), `{"code":"\u001b[2J"}`)
	put(key(4), `no JSON`)
	put("no key", fmt.Sprintf(`{"code":%q}`, codeOf(mac(5), 0)))
	l := New(func() time.Time { return now })
	if err := l.Recall(store); err != nil {
		t.Fatal(err)
	}
	if all := l.All(); len(all) != 1 || all[0].Code != good || all[0].Heard.After(now) {
		t.Errorf("%+v", all)
	}
}

// fails is an archive that takes nothing.
type fails struct{ *memstore.Store }

func (fails) Put(string, []machines.Entry) error { return errors.New("full") }

func TestWhatCouldNotBeWrittenIsWrittenLater(t *testing.T) {
	l, store := New(nil), new(memstore.Store)
	if err := l.Recall(store); err != nil {
		t.Fatal(err)
	}
	code, _ := l.Join(mac(1), addr(1))
	if err := l.flush(fails{store}); err == nil {
		t.Fatal("no error")
	}
	if err := l.flush(store); err != nil {
		t.Fatal(err)
	}
	again := New(nil)
	if err := again.Recall(store); err != nil || again.Code(mac(1)) != code {
		t.Errorf("%q, %v, want %q", again.Code(mac(1)), err, code)
	}
}

func FuzzFind(f *testing.F) {
	l := New(nil)
	code, _ := l.Join(mac(1), addr(1))
	f.Add(code)
	f.Add("")
	f.Add("a-b c\x00")
	f.Fuzz(func(t *testing.T, typed string) {
		if e, ok := l.Find(typed); ok && plain(typed) != e.Code {
			t.Errorf("%q finds %s", typed, e.Code)
		}
	})
}
