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
		if seen[r] || r.matches(&client, true) {
			continue
		}
		seen[r] = true
		if hit, miss := r.holding(&client); len(hit) > 0 && len(miss) > 0 {
			out = append(out, Step{Pos: r.step.Pos,
				What: "host " + r.name + " has " + strings.Join(hit, ", ") + ", but asks for " + strings.Join(miss, ", ")})
		}
	}
	slices.SortFunc(out, func(a, b Step) int { return strings.Compare(a.What, b.What) })
	return out
}

// holding tells which selectors hold, and which do not.
func (r *rule) holding(c *Client) (hit, miss []string) {
	for _, s := range r.given {
		if s.matches(r.match, c, true) {
			hit = append(hit, s.text(r.match))
		} else {
			miss = append(miss, s.text(r.match))
		}
	}
	return hit, miss
}
