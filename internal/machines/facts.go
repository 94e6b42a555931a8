// SPDX-License-Identifier: Apache-2.0

package machines

import (
	"net/netip"

	"github.com/bootlace-net/bootlace/boot"
)

// facts are a boot.Client as the memory keeps it: an eighth of the size, for machines of one kind in one place share what they
// have in common, and have room for what they do not say only once they say it.
type facts struct {
	mac   boot.MAC
	uuid  boot.UUID
	class boot.Class
	stage boot.Stage
	kind  *kind
	place *place
	more  *more // nil: nothing of it is known
}

// kind is what machines with the same firmware have in common.
type kind struct {
	archs        []boot.Arch
	vendor, user string
}

// place is what machines of one network have in common.
type place struct {
	iface  string
	subnet netip.Prefix
}

type more struct {
	duid, serial, hostname string
	addr, relay            netip.Addr
	circuit, remote        string
}

// client gives the facts as everybody else knows them.
func (f *facts) client() boot.Client {
	c := boot.Client{MAC: f.mac, UUID: f.uuid, Class: f.class, Stage: f.stage}
	if k := f.kind; k != nil {
		c.Archs, c.Vendor, c.User = k.archs, k.vendor, k.user
	}
	if p := f.place; p != nil {
		c.Interface, c.Subnet = p.iface, p.subnet
	}
	if m := f.more; m != nil {
		c.DUID, c.Serial, c.Hostname, c.Addr, c.Relay, c.Circuit, c.Remote = m.duid, m.serial, m.hostname, m.addr, m.relay, m.circuit, m.remote
	}
	return c
}

func (f *facts) duid() string {
	if f.more == nil {
		return ""
	}
	return f.more.duid
}

// mostShared bounds the kinds and the places that are looked for to be shared: whoever invents more of them has each for itself.
const mostShared = 1024

// shared are kinds and places. The zero value is ready.
type shared struct {
	kinds  map[kindKey]*kind
	places map[place]*place
}

// kindKey is a kind, as far as it can be looked for.
type kindKey struct {
	archs        [2]boot.Arch
	count        int
	vendor, user string
}

// facts keeps a client. Labels are never of packets, and are left out.
func (s *shared) facts(c *boot.Client) facts {
	f := facts{mac: c.MAC, uuid: c.UUID, class: c.Class, stage: c.Stage, kind: s.kind(c), place: s.place(c)}
	if m := (more{c.DUID, c.Serial, c.Hostname, c.Addr, c.Relay, c.Circuit, c.Remote}); m != (more{}) {
		f.more = new(more)
		*f.more = m
	}
	return f
}

func (s *shared) kind(c *boot.Client) *kind {
	if len(c.Archs) == 0 && c.Vendor == "" && c.User == "" {
		return nil
	}
	key := kindKey{count: len(c.Archs), vendor: c.Vendor, user: c.User}
	if copy(key.archs[:], c.Archs) < len(c.Archs) {
		return &kind{c.Archs, c.Vendor, c.User}
	}
	if k := s.kinds[key]; k != nil {
		return k
	}
	if s.kinds == nil || len(s.kinds) >= mostShared {
		s.kinds = make(map[kindKey]*kind)
	}
	k := &kind{c.Archs, c.Vendor, c.User}
	s.kinds[key] = k
	return k
}

func (s *shared) place(c *boot.Client) *place {
	key := place{c.Interface, c.Subnet}
	if key == (place{}) {
		return nil
	}
	if p := s.places[key]; p != nil {
		return p
	}
	if s.places == nil || len(s.places) >= mostShared {
		s.places = make(map[place]*place)
	}
	p := &place{c.Interface, c.Subnet}
	s.places[key] = p
	return p
}
