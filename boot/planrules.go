// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"cmp"
	"maps"
	"slices"
)

// question is a client on its way through the selectors, in memory that is used again: they are called by their table, so what they
// are given lives on the heap.
type question struct {
	client Client
	room   [16]*rule
}

func (c *Catalog) ask(client Client) *question {
	q, ok := c.questions.Get().(*question)
	if !ok {
		q = &question{}
	}
	q.client = client
	return q
}

func (c *Catalog) bestHost(p *Plan, q *question) *rule {
	var best, second *rule
	for _, r := range c.hostIdx.candidates(&q.client, q.room[:0]) {
		switch {
		case r == best || r == second || !r.matches(&q.client, true):
		case best == nil || r.order < best.order:
			best, second = r, best
		case second == nil || r.order < second.order:
			second = r
		}
	}
	if best == nil {
		return nil
	}
	p.Host = best.host
	if len(best.host.Labels) > 0 {
		q.client.Labels = mergeLabels(q.client.Labels, best.host.Labels)
	}
	p.Why = append(make([]Step, 0, 4), best.step)
	if second != nil {
		p.Why = append(p.Why, tieBreak(best, second))
	}
	return best
}

// tieBreak says why the first of two rules won.
func tieBreak(won, lost *rule) Step {
	what := "host " + lost.name + " matches too, but is less specific"
	if compareRank(&won.rank, &lost.rank) == 0 {
		what = "host " + lost.name + " matches just as well, but comes later by name"
	}
	return Step{What: what, Pos: lost.step.Pos}
}

// matchingGroups finds the groups of a client, the most specific first. Groups that select by labels are asked after the
// others, so that they see the labels those give.
func (c *Catalog) matchingGroups(p *Plan, q *question) []*rule {
	all := c.groupIdx.candidates(&q.client, q.room[:0])
	if len(all) == 0 {
		return nil
	}
	found := make([]*rule, 0, 4)
	for _, labels := range [...]bool{false, true} {
		for _, r := range all {
			if r.labels == labels && r.matches(&q.client, p.Host != nil) && !slices.Contains(found, r) {
				found = append(found, r)
			}
		}
		if !labels {
			slices.SortFunc(found, func(a, b *rule) int { return cmp.Compare(b.order, a.order) })
			q.groupLabels(p.Host, found)
		}
	}
	slices.SortFunc(found, func(a, b *rule) int { return cmp.Compare(a.order, b.order) })
	return found
}

// groupLabels adds the labels of groups, least specific first, under those of the host.
func (q *question) groupLabels(host *Host, groups []*rule) {
	for _, r := range groups {
		if len(r.group.Labels) > 0 {
			q.client.Labels = mergeLabels(q.client.Labels, r.group.Labels)
		}
	}
	if host != nil && len(host.Labels) > 0 && len(groups) > 0 {
		q.client.Labels = mergeLabels(q.client.Labels, host.Labels)
	}
}

func mergeLabels(under, over map[string]string) map[string]string {
	if len(under) == 0 {
		return over
	}
	out := maps.Clone(under)
	maps.Copy(out, over)
	return out
}
