// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// AdoptRule makes hosts of machines that wait, without anybody being asked.
type AdoptRule struct {
	Name       string
	Match      Match
	Host       string // the name of its hosts, see [AdoptRule.HostName]
	Profile    string
	ProfilePos Pos
	Vars       Vars
	Labels     map[string]string
	Limit      int       // of machines, ever
	Until      time.Time // and no more from then on; zero: for ever
	// AllowDestructive says in words that Profile may be one that installs.
	AllowDestructive bool
	Pos              Pos
}

// AdoptedBy is the label by which a host says which rule made it.
const AdoptedBy = "adopted-by"

// defaultHostName is for rules that say none.
const defaultHostName = "{rule}-{n}"

// HostName gives the name of the n-th host of a rule; "" if the machine does not tell what is in it. {n}, {mac}, {serial} and {rule} are
// replaced. Of a serial number only what a name may hold is left.
func (r *AdoptRule) HostName(n int, c *Client) string {
	pattern := r.Host
	if pattern == "" {
		pattern = defaultHostName
	}
	serial := strings.Trim(strings.Map(nameRune, c.Serial), "-")
	if len(serial) > 40 {
		serial = serial[:40]
	}
	if serial == "" && strings.Contains(pattern, "{serial}") || c.MAC.IsZero() && strings.Contains(pattern, "{mac}") {
		return ""
	}
	return strings.NewReplacer("{n}", strconv.Itoa(n), "{mac}", c.MAC.Dash(), "{serial}", strings.ToLower(serial), "{rule}", r.Name).Replace(pattern)
}

func nameRune(r rune) rune {
	if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
		return r
	}
	return '-'
}

// AdoptRules lists the rules by name.
func (c *Catalog) AdoptRules() []*AdoptRule {
	all := make([]*AdoptRule, 0, len(c.adopt))
	for _, r := range c.adopt {
		all = append(all, r.adopt)
	}
	slices.SortFunc(all, func(x, y *AdoptRule) int { return strings.Compare(x.Name, y.Name) })
	return all
}

// AdoptRulesFor lists the rules that a machine's plan matches, the most specific first.
func (c *Catalog) AdoptRulesFor(p Plan) (all []*AdoptRule) {
	for _, r := range c.adopt {
		if r.matches(&p.Client, p.Host != nil) {
			all = append(all, r.adopt)
		}
	}
	return all
}

func (b *builder) adoptRules(c *Catalog) {
	seen := make(map[string]Pos)
	for _, r := range b.spec.Adopt {
		if old, twice := seen[r.Name]; twice {
			b.errorf(r.Pos, "adopt rule %s: already defined at %s", r.Name, old)
			continue
		}
		seen[r.Name] = r.Pos
		b.reference(r.Profile, r.ProfilePos, r.Pos)
		b.possible("adopt rule "+r.Name, &r.Match, r.Pos)
		b.adoptRule(c, r)
		rule := b.all.newRule("adopt rule", r.Name, &r.Match, r.Pos)
		rule.adopt = r
		c.adopt = append(c.adopt, rule)
	}
	sortRules(c.adopt)
	if len(c.adopt) > 0 && !c.MayWait() {
		b.warn(b.spec.Adopt[0].Pos, "no machine waits, so none is adopted", "expected unknown: wait in bootlace.yaml, or a group with wait: true")
	}
}

// adoptRule checks what is a rule's own.
func (b *builder) adoptRule(c *Catalog, r *AdoptRule) {
	problem := func(what, expected string) {
		b.problems = append(b.problems, Problem{Pos: r.Pos, What: "adopt rule " + r.Name + " " + what, Expected: expected})
	}
	if r.Limit < 1 {
		problem("has no limit", "expected limit: how many machines it may adopt")
	}
	if by := c.installs(r.Profile); by != "" && !r.AllowDestructive {
		problem("would install machines that nobody named by the destructive profile "+by, "expected a harmless profile, or allow_destructive: true")
	}
	one := r.HostName(1, &Client{MAC: MAC{2}, Serial: "S1"})
	switch {
	case !isHostName(one):
		problem(fmt.Sprintf("makes hosts of the name %q", one), "expected letters, digits and . _ -, with {n}, {mac} or {serial} among them")
	case r.Limit > 1 && one == r.HostName(2, &Client{MAC: MAC{4}, Serial: "S2"}):
		problem("gives all its hosts the name "+one, "expected {n}, {mac} or {serial} in host")
	}
}

// isHostName says what the name of a host may be. Whoever reads one checks it, too; what is made of a pattern nobody else reads.
func isHostName(s string) bool {
	return s != "" && len(s) <= 100 && !strings.ContainsRune("._-", rune(s[0])) && strings.IndexFunc(s, func(r rune) bool {
		return nameRune(r) == '-' && !strings.ContainsRune("._-", r)
	}) < 0
}
