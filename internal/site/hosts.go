// SPDX-License-Identifier: Apache-2.0

package site

import "github.com/bootlace-net/bootlace/boot"

// Host is what the configuration says of one host.
type Host struct {
	Name    string    `json:"name"`
	Match   string    `json:"match"`
	Action  string    `json:"action"`
	Profile string    `json:"profile,omitempty"`
	Groups  []string  `json:"groups,omitempty"`
	At      string    `json:"at"`
	Vars    boot.Vars `json:"vars,omitempty"`
}

// Hosts lists all hosts, without their variables.
func (s *Site) Hosts() []Host {
	hosts := make([]Host, 0, len(s.Catalog.Hosts()))
	for _, h := range s.Catalog.Hosts() {
		row := s.host(h)
		row.Vars = nil
		hosts = append(hosts, row)
	}
	return hosts
}

// Host tells of one host; false if there is none of that name.
func (s *Site) Host(name string) (Host, bool) {
	h := s.Catalog.Host(name)
	if h == nil {
		return Host{}, false
	}
	return s.host(h), true
}

// HostNames lists the names of all hosts.
func (s *Site) HostNames() []string {
	names := make([]string, 0, len(s.Catalog.Hosts()))
	for _, h := range s.Catalog.Hosts() {
		names = append(names, h.Name)
	}
	return names
}

// host asks for the host as if its machine had come, with what its rule says about it.
func (s *Site) host(h *boot.Host) Host {
	p := s.Plan(s.Catalog.Example(&h.Match))
	row := Host{Name: h.Name, Match: h.Match.String(), At: h.Pos.String(), Action: p.Action.String(), Groups: groupsOf(p), Vars: p.Vars}
	if p.Profile != nil {
		row.Profile = p.Profile.Name
	}
	return row
}
