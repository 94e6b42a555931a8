// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"slices"
	"strings"
)

// NearMisses tells of hosts that one of their selectors finds the machine by, but that another rules out: what somebody
// who expected one of them wants to know.
func (c *Catalog) NearMisses(client Client) []Step {
	var out []Step
	seen := make(map[*rule]bool)
	for _, r := range c.hostIdx.candidates(&client, nil) {
		if seen[r] || r.match.matches(&client, true) {
			continue
		}
		seen[r] = true
		if hit, miss := r.match.sort(&client); len(hit) > 0 && len(miss) > 0 {
			out = append(out, Step{Pos: r.step.Pos,
				What: "host " + r.name + " has " + strings.Join(hit, ", ") + ", but asks for " + strings.Join(miss, ", ")})
		}
	}
	slices.SortFunc(out, func(a, b Step) int { return strings.Compare(a.What, b.What) })
	return out
}

// sort tells which kinds of selectors hold, and which do not.
func (m *Match) sort(c *Client) (hit, miss []string) {
	for _, part := range m.parts() {
		switch {
		case part.rank().kinds == 0:
		case part.matches(c, true):
			hit = append(hit, part.String())
		default:
			miss = append(miss, part.String())
		}
	}
	return hit, miss
}

// parts takes the kinds of selectors apart, the most decisive first.
func (m *Match) parts() []Match {
	return []Match{
		{MACs: m.MACs, OUIs: m.OUIs}, {UUIDs: m.UUIDs}, {Serials: m.Serials}, {Circuits: m.Circuits}, {Remotes: m.Remotes},
		{Hostnames: m.Hostnames}, {Labels: m.Labels}, {Relays: m.Relays}, {Subnets: m.Subnets}, {Interfaces: m.Interfaces},
		{Vendors: m.Vendors}, {Archs: m.Archs}, {Firmware: m.Firmware}, {Known: m.Known},
	}
}
