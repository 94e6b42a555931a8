// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"fmt"
	"slices"
	"strings"
)

// Installs names the destructive profile that a profile comes to when nobody touches a key: itself, or what its menu takes when the
// time runs out; "" if there is none.
func (c *Catalog) Installs(profile string) (by string) { return c.installs(profile) }

func (b *builder) errorf(pos Pos, format string, args ...any) {
	b.problems = append(b.problems, Problem{Pos: pos, What: fmt.Sprintf(format, args...)})
}

func (b *builder) warn(pos Pos, what, expected string) {
	b.problems = append(b.problems, Problem{Pos: pos, What: what, Expected: expected, Warning: true})
}

// hostMatch checks the selectors of one host.
func (b *builder) hostMatch(h *Host) {
	given := b.all.given(&h.Match)
	for _, s := range given {
		if s.notForHosts != "" {
			b.problems = append(b.problems, Problem{Pos: h.Pos, What: "host " + h.Name + " is matched by " + s.Key,
				Expected: "expected facts of the machine: " + s.notForHosts})
			break
		}
	}
	if len(given) == 0 {
		b.problems = append(b.problems, Problem{Pos: h.Pos, What: "host " + h.Name + " has no selector",
			Expected: "expected at least one under match, such as mac: 52:54:00:12:34:56"})
	}
	b.possible("host "+h.Name, &h.Match, h.Pos)
}

// groupMatch checks the selectors of one group, and that it does not install machines nobody named.
func (b *builder) groupMatch(c *Catalog, g *Group) {
	b.possible("group "+g.Name, &g.Match, g.Pos)
	if g.Wait && (g.Profile != "" || g.Ignore) {
		b.problems = append(b.problems, Problem{Pos: g.Pos, What: "group " + g.Name + " has its machines wait, and says what they get",
			Expected: "expected wait: true without profile and ignore"})
	}
	by := c.installs(g.Profile)
	if by == "" || g.AllowDestructive || b.all.named(&g.Match) {
		return
	}
	b.problems = append(b.problems, Problem{Pos: orPos(g.ProfilePos, g.Pos),
		What:     "group " + g.Name + " would install machines that no host names by the destructive profile " + by,
		Expected: "expected known: true under match, or allow_destructive: true"})
}

// installs names the destructive profile that a profile comes to when nobody touches a key: itself, or what its menu takes
// when the time runs out; "" if there is none.
func (c *Catalog) installs(name string) string {
	seen := make(map[string]bool)
	for {
		p := c.byProfile[name]
		switch {
		case p == nil || seen[name]:
			return ""
		case p.Installs():
			return name
		}
		seen[name] = true
		name = p.Start.unattended()
	}
}

// unattended names the profile that a menu takes by itself; "" if it waits, or takes something else.
func (m *Menu) unattended() string {
	e := m.byItself()
	switch {
	case e == nil:
		return ""
	case e.Kind == EntryMenu:
		return e.Menu.unattended()
	}
	return e.Profile
}

// byItself is the entry that a menu takes when time runs out; nil if it waits for ever.
func (m *Menu) byItself() *Entry {
	if m == nil || m.Timeout == 0 || len(m.Entries) == 0 {
		return nil
	}
	at := slices.IndexFunc(m.Entries, func(e *Entry) bool { return e.Name == m.Default || m.Default == "" && !e.Hidden })
	return m.Entries[max(0, at)]
}

func orPos(p, fallback Pos) Pos {
	if p.Line == 0 {
		return fallback
	}
	return p
}

func hasStar(s string) bool { return strings.Contains(s, "*") }

// possible finds selectors that exclude each other and values that add nothing.
func (b *builder) possible(who string, m *Match, pos Pos) {
	if len(m.Archs) > 0 && len(m.Firmware) > 0 && !slices.ContainsFunc(m.Archs, func(a Arch) bool { return slices.Contains(m.Firmware, a.Firmware()) }) {
		b.errorf(pos, "%s can never match: none of its architectures has firmware %s", who, strings.Join(texts(m.Firmware), " or "))
	}
	if m.Known != nil && !*m.Known && len(m.Labels) > 0 {
		b.warn(pos, who+" asks for labels of machines that are not known", "expected labels of hosts, or known: false without them")
	}
	for _, mac := range m.MACs {
		if mac.hasPrefix(m.OUIs) {
			b.warn(pos, fmt.Sprintf("%s: mac %s is inside a prefix beside it", who, mac), "expected only one of them")
		}
	}
	if inner := len(m.Subnets) - len(outermost(m.Subnets)); inner > 0 {
		b.warn(pos, fmt.Sprintf("%s: %d of its subnets lie inside others", who, inner), "expected only the outermost")
	}
}
