// SPDX-License-Identifier: Apache-2.0

package site

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"slices"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
)

// mostOfNote bounds the comment above a host, in bytes: a machine writes part of it.
const mostOfNote = 300

// Sighting is what the log says of one machine.
type Sighting struct {
	MAC   boot.MAC `json:"mac"`
	Seen  []Fact   `json:"seen,omitempty"` // what it said of itself, as far as it is any use
	First string   `json:"first"`          // times, as the log writes them
	Last  string   `json:"last"`
	Lines int      `json:"lines"`

	client boot.Client
}

// Fact is something that is known of a machine, in words.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Sightings collects the machines that a log tells of.
type Sightings struct {
	seen map[boot.MAC]*Sighting
	JSON int // lines that were JSON
	Text int // lines that were not
}

// logLine is what matters of a line.
type logLine struct {
	Time, MAC, UUID, Serial, Hostname, Arch, Vendor, IP, Relay, Circuit, Remote, Interface string
}

// Read takes what is JSON and names a machine; all else in a log is not for us.
func (s *Sightings) Read(in io.Reader) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var l logLine
		if json.Unmarshal(lines.Bytes(), &l) != nil {
			s.Text++
			continue
		}
		s.JSON++
		if mac, err := boot.ParseMAC(l.MAC); err == nil && !mac.IsZero() {
			s.note(mac, &l)
		}
	}
	return lines.Err()
}

func (s *Sightings) note(mac boot.MAC, l *logLine) {
	if s.seen == nil {
		s.seen = make(map[boot.MAC]*Sighting)
	}
	if s.seen[mac] == nil {
		s.seen[mac] = &Sighting{MAC: mac, client: boot.Client{MAC: mac}, First: l.Time}
	}
	x := s.seen[mac]
	x.Last, x.Lines = l.Time, x.Lines+1
	c := &x.client
	c.Serial, c.Hostname = cmp.Or(l.Serial, c.Serial), cmp.Or(l.Hostname, c.Hostname)
	c.Vendor, c.Circuit, c.Remote = cmp.Or(l.Vendor, c.Vendor), cmp.Or(l.Circuit, c.Circuit), cmp.Or(l.Remote, c.Remote)
	c.Interface = cmp.Or(l.Interface, c.Interface)
	// What the log says wrongly is left out: it is for people to read.
	keep(&c.UUID, l.UUID, boot.ParseUUID)
	keep(&c.Addr, l.IP, netip.ParseAddr)
	keep(&c.Relay, l.Relay, netip.ParseAddr)
	if a, err := boot.ParseArch(l.Arch); err == nil {
		c.Archs = []boot.Arch{a}
	}
}

// keep takes over what can be read.
func keep[T any](to *T, text string, parse func(string) (T, error)) {
	if v, err := parse(text); err == nil {
		*to = v
	}
}

// Unknown lists those that no host of the site is for, by address.
func (s *Site) Unknown(seen *Sightings) []Sighting {
	var out []Sighting
	for _, x := range seen.seen {
		if s.Plan(x.client).Host == nil {
			x.Seen = factsOf(&x.client)
			out = append(out, *x)
		}
	}
	slices.SortFunc(out, func(a, b Sighting) int { return slices.Compare(a.MAC[:], b.MAC[:]) })
	return out
}

// Newcomer is the machine as a host that is called after its address, if h does not name it.
func (x *Sighting) Newcomer(h configs.NewHost) Newcomer {
	h.Name = cmp.Or(h.Name, x.name())
	h.MAC = x.MAC
	h.Note = fmt.Sprintf("seen first %s, last %s", x.First, x.Last)
	for _, f := range x.Seen {
		h.Note += "; " + f.Name + " " + f.Value
	}
	h.Note = boot.Excerpt(h.Note, mostOfNote)
	return Newcomer{NewHost: h, Client: x.client}
}

// name is what a machine is called of which nothing but its address is known.
func (x *Sighting) name() string { return "new-" + x.MAC.Dash() }
