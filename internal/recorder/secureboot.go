// SPDX-License-Identifier: Apache-2.0

package recorder

import (
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/bootlace-net/bootlace/boot"
)

// refusedWithin is how soon a machine comes again whose firmware refused a loader: at once for its next boot entry, later if
// somebody has to press a key first.
const refusedWithin = time.Hour

// loaders knows the iPXE builds that were sent whole to UEFI machines and have not asked for anything since: they were not started.
// With Secure Boot on, firmware loads a program that is not signed, says "Access Denied" and goes on to its next boot entry.
type loaders struct {
	mu   sync.Mutex
	sent *simplelru.LRU[boot.MAC, sent]
	from *simplelru.LRU[netip.Addr, boot.MAC] // iPXE may name another NIC than the one that booted: its address is the same
}

type sent struct {
	at   time.Time
	addr netip.Addr
	name string
}

func newLoaders() *loaders {
	l := &loaders{}
	l.sent, _ = simplelru.NewLRU[boot.MAC, sent](machinesRemembered, nil)       // fails only for a size
	l.from, _ = simplelru.NewLRU[netip.Addr, boot.MAC](machinesRemembered, nil) // that is not positive
	return l
}

// see takes an event, and gives what is to be said when a machine comes again without having started its loader.
func (l *loaders) see(e *boot.Event) (notice boot.Event, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e.Exchange != nil && l.sent.Len() == 0 { // most of the time
		return notice, false
	}
	key := e.Client.Key()
	switch x, t := e.Exchange, e.Transfer; {
	case x != nil && x.Fresh && e.Client.Stage == boot.StageROM:
		return l.again(key, e)
	case x != nil && e.Client.Stage != boot.StageROM: // it runs
		l.sent.Remove(key)
	case t == nil || e.Kind != boot.EventFile:
	case isWhole(e):
		if s, had := l.sent.Peek(key); had && sameFile(s.name, t.Name) { // another one is started by the first, as an iPXE by its shim
			notice, ok = l.again(key, e)
		}
		addr := t.Remote.Addr().Unmap()
		l.sent.Add(key, sent{e.Time, addr, t.Name})
		l.from.Add(addr, key)
	case t.Bytes > 0 || !isLoader(t.Name): // it asks for more
		l.forget(key, t.Remote.Addr().Unmap())
	}
	return notice, ok
}

// again reports a machine whose loader did nothing.
func (l *loaders) again(key boot.MAC, e *boot.Event) (boot.Event, bool) {
	s, ok := l.sent.Get(key)
	if !ok {
		return boot.Event{}, false
	}
	l.sent.Remove(key)
	return boot.Event{Time: e.Time, Kind: boot.EventNotice, Level: boot.LevelWarn, Client: e.Client, Host: e.Host, Profile: e.Profile,
		Once: refusedWithin, Text: "Secure Boot? the loader is not signed: it was sent whole, asked for nothing, and its machine comes again",
		Detail: s.name + ": where Secure Boot is on, name a signed loader, such as loader: {uefi: shimx64.efi}; where it is off, iPXE has no network",
	}, e.Time.Sub(s.at) < refusedWithin
}

// sameFile compares names without the machine that they are for.
func sameFile(a, b string) bool {
	x, errX := boot.ParseName(a)
	y, errY := boot.ParseName(b)
	return errX == nil && errY == nil && x.Path() == y.Path()
}

// forget takes a machine off the list that shows that its loader runs.
func (l *loaders) forget(key boot.MAC, addr netip.Addr) {
	l.sent.Remove(key)
	if other, ok := l.from.Get(addr); ok {
		l.sent.Remove(other)
	}
}

// isWhole reports whether a UEFI machine has got an iPXE build from the first to the last byte.
func isWhole(e *boot.Event) bool {
	t := e.Transfer
	return !e.Client.Key().IsZero() && e.Client.Firmware() == boot.FirmwareUEFI && isLoader(t.Name) && t.Good && t.Bytes > 0 && t.Bytes >= t.Size
}

func isLoader(name string) bool {
	n, err := boot.ParseName(name)
	return err == nil && n.IPXE() && strings.HasSuffix(strings.ToLower(n.Base), ".efi")
}
