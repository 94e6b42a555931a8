// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

func all() selectors { return Selectors() }

func rankOf(m *Match) *rank {
	r := all().rank(m)
	return &r
}

func matchOf(m *Match, c *Client) bool { return matches(all().given(m), m, c, true) }

// randomMatch takes few values of each kind, nested in each other, so that random rules often stand in each other's way.
func randomMatch(r *rand.Rand) Match {
	var m Match
	maybe := func() bool { return r.IntN(3) == 0 }
	if maybe() {
		m.MACs = some(r, []MAC{{0x52, 0x54, 0, 0, 0, 1}, {0x52, 0x54, 0, 0, 0, 2}, {0x52, 0x54, 1, 0, 0, 1}})
	}
	if maybe() {
		m.OUIs = some(r, []string{"52", "5254", "525400", "5254000000"})
	}
	if maybe() {
		m.UUIDs = some(r, []UUID{{1, 2, 3, 4}, {4, 3, 2, 1}, {9}})
	}
	if maybe() {
		m.Serials = some(r, []string{"A*", "AB*", "ABC", "*C", "x"})
	}
	if maybe() {
		m.Hostnames = some(r, []string{"web*", "web1", "db*"})
	}
	if maybe() {
		m.Archs = some(r, []Arch{ArchBIOS, ArchX64, ArchARM64})
	}
	if maybe() {
		m.Firmware = some(r, []Firmware{FirmwareBIOS, FirmwareUEFI})
	}
	if maybe() {
		m.Vendors = some(r, []string{"PXE", "PXEClient", "PXEClient:Arch:00007"})
	}
	if maybe() {
		m.Subnets = some(r, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("10.1.2.0/24"), netip.MustParsePrefix("fd00::/64")})
	}
	if maybe() {
		m.Relays = some(r, []netip.Addr{netip.MustParseAddr("10.1.0.1"), netip.MustParseAddr("10.1.2.1")})
	}
	if maybe() {
		m.Circuits = some(r, []string{"ge-*", "ge-0/0/7"})
	}
	if maybe() {
		m.Labels = map[string]string{"rack": some(r, []string{"r*", "r7"})[0]}
		if maybe() {
			m.Labels["role"] = "worker"
		}
	}
	if maybe() {
		known := r.IntN(2) == 0
		m.Known = &known
	}
	return m
}

// some picks one or more values, each once.
func some[T any](r *rand.Rand, from []T) []T {
	picked := slices.Clone(from)
	r.Shuffle(len(picked), func(i, j int) { picked[i], picked[j] = picked[j], picked[i] })
	return picked[:1+r.IntN(len(picked))]
}

func randomRules(r *rand.Rand, n int) []*rule {
	rules := make([]*rule, n)
	for i := range rules {
		rules[i] = all().groupRule(&Group{Name: fmt.Sprintf("g%03d", i), Match: randomMatch(r)})
	}
	return rules
}

// TestOrderIsTotal: any two rules compare, in one way only, and never in a circle.
func TestOrderIsTotal(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		rules := randomRules(r, 12)
		for _, a := range rules {
			for _, b := range rules {
				ab, ba := compareRules(a, b), compareRules(b, a)
				if ab != -ba || ab == 0 && a != b {
					t.Fatalf("%v and %v: %d and %d", a.match, b.match, ab, ba)
				}
				for _, c := range rules {
					if ab < 0 && compareRules(b, c) < 0 && compareRules(a, c) >= 0 {
						t.Fatalf("circle: %v, %v, %v", a.match, b.match, c.match)
					}
				}
			}
		}
	}
}

// TestNarrowerWins: a rule that selects only some of the machines that another selects stands above it. The narrower rule is
// made from the wider one by taking alternatives away or adding selectors.
func TestNarrowerWins(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	narrowed := 0
	for range 6000 {
		wide := randomMatch(r)
		narrow, extra := wide, randomMatch(r)
		changed := take(&narrow.MACs, extra.MACs, len(wide.OUIs) == 0)
		changed = take(&narrow.UUIDs, extra.UUIDs, true) || changed
		changed = take(&narrow.Serials, extra.Serials, true) || changed
		changed = take(&narrow.Hostnames, extra.Hostnames, true) || changed
		changed = take(&narrow.Archs, extra.Archs, true) || changed
		changed = take(&narrow.Relays, extra.Relays, true) || changed
		changed = take(&narrow.Circuits, extra.Circuits, true) || changed
		if !changed {
			continue
		}
		narrowed++
		if compareRank(rankOf(&narrow), rankOf(&wide)) >= 0 {
			t.Fatalf("%v should stand above %v", &narrow, &wide)
		}
	}
	if narrowed < 1000 {
		t.Fatalf("only %d pairs", narrowed)
	}
}

// take narrows a list of alternatives to its first, or takes values over where there were none.
func take[T any](list *[]T, extra []T, may bool) bool {
	switch {
	case !may:
		return false
	case len(*list) > 1:
		*list = (*list)[:1]
		return true
	case len(*list) == 0 && len(extra) > 0:
		*list = extra
		return true
	}
	return false
}

func TestNarrower(t *testing.T) {
	for _, tt := range []struct{ narrow, wide Match }{
		{Match{Subnets: prefixes("10.1.2.0/24")}, Match{Subnets: prefixes("10.1.0.0/16")}},
		{Match{Subnets: prefixes("10.0.0.0/8", "192.168.1.0/24")}, Match{Subnets: prefixes("10.0.0.0/8", "192.168.0.0/16")}},
		{Match{OUIs: []string{"525400"}}, Match{OUIs: []string{"5254"}}},
		{Match{MACs: []MAC{{1}}}, Match{OUIs: []string{"52540012345"}}},
		{Match{Serials: []string{"ABC"}}, Match{Serials: []string{"ABC*"}}},
		{Match{Serials: []string{"ABC*"}}, Match{Serials: []string{"A*"}}},
		{Match{Vendors: []string{"PXEClient:Arch:00007"}}, Match{Vendors: []string{"PXEClient"}}},
		{Match{Archs: []Arch{ArchX64}}, Match{Firmware: []Firmware{FirmwareUEFI}}},
		{Match{Labels: map[string]string{"a": "1", "b": "1"}}, Match{Labels: map[string]string{"a": "1"}}},
		{Match{Labels: map[string]string{"a": "1"}}, Match{}},
	} {
		if compareRank(rankOf(&tt.narrow), rankOf(&tt.wide)) >= 0 {
			t.Errorf("%v should stand above %v", &tt.narrow, &tt.wide)
		}
	}
}

func prefixes(list ...string) []netip.Prefix { return each(list, netip.MustParsePrefix) }

// TestIndexFindsAll: the index gives the same answer as asking every rule.
func TestIndexFindsAll(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	matched := 0
	for range 2000 {
		rules := randomRules(r, 20)
		sortRules(rules)
		x := all().index(rules)
		c := randomClient(r)
		var want, got []*rule
		for _, rule := range rules {
			if rule.matches(&c, true) {
				want = append(want, rule)
			}
		}
		for _, rule := range x.candidates(&c, nil) {
			if rule.matches(&c, true) && !slices.Contains(got, rule) {
				got = append(got, rule)
			}
		}
		slices.SortFunc(got, compareRules)
		if !slices.Equal(got, want) {
			t.Fatalf("client %+v: got %d rules, want %d", c, len(got), len(want))
		}
		matched += len(want)
	}
	if matched < 100 {
		t.Fatalf("only %d matches: the test proves nothing", matched)
	}
}

func randomClient(r *rand.Rand) Client {
	pick := func(values ...string) string { return values[r.IntN(len(values))] }
	c := Client{
		MAC: MAC{0x52, 0x54, byte(r.IntN(2)), 0, 0, byte(1 + r.IntN(2))}, UUID: []UUID{{}, {1, 2, 3, 4}, {4, 3, 2, 1}}[r.IntN(3)],
		Serial: pick("", "abc", "ABD", "x"), Hostname: pick("", "web1", "WEB2", "db1"), Circuit: pick("", "ge-0/0/7", "ge-0/0/8"),
		Vendor: pick("", "PXEClient:Arch:00007:UNDI:003000", "HTTPClient"), Archs: []Arch{[]Arch{ArchBIOS, ArchX64, ArchARM64}[r.IntN(3)]},
		Labels: map[string]string{"rack": pick("r7", "r8"), "role": pick("worker", "head")},
	}
	if r.IntN(2) == 0 {
		c.Addr = netip.MustParseAddr(pick("10.1.2.3", "10.2.0.1", "fd00::1", "::ffff:10.1.2.3"))
	}
	if r.IntN(2) == 0 {
		c.Relay = netip.MustParseAddr(pick("10.1.0.1", "10.1.2.1"))
	}
	return c
}

// TestOverlapErrsTowardsYes: two rules that both select some client overlap.
func TestOverlapErrsTowardsYes(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	table, both := all(), 0
	for range 20000 {
		a, b, c := randomMatch(r), randomMatch(r), randomClient(r)
		if matchOf(&a, &c) && matchOf(&b, &c) {
			both++
			if !table.overlap(&a, &b) || !table.overlap(&b, &a) {
				t.Fatalf("%v and %v both select %+v", &a, &b, c)
			}
		}
	}
	if both < 100 {
		t.Fatalf("only %d pairs: the test proves nothing", both)
	}
}

func TestTieBreakIsShown(t *testing.T) {
	c := mustBuild(t, Spec{Profiles: []*Draft{kernelDraft("a")}, Hosts: []*Host{
		{Name: "by-port", Match: Match{Circuits: []string{"ge-0/0/7"}}, Profile: "a"},
		{Name: "by-net", Match: Match{Subnets: prefixes("10.0.0.0/8")}, Profile: "a"},
	}})
	p := c.Plan(Client{Circuit: "ge-0/0/7", Addr: netip.MustParseAddr("10.1.1.1")})
	if p.Host.Name != "by-port" || !strings.Contains(fmt.Sprint(p.Why), "host by-net matches too, but is less specific") {
		t.Errorf("host %s, why %v", p.Host.Name, p.Why)
	}
}

func TestGlob(t *testing.T) {
	for _, tt := range []struct {
		pattern, s string
		want       bool
	}{
		{"abc", "ABC", true}, {"abc", "abcd", false}, {"a*", "a", true}, {"*c", "abc", true}, {"a*c", "ac", true},
		{"a*b*c", "axxbyyc", true}, {"a*b*c", "axxc", false}, {"aa*aa", "aaa", false}, {"*a*b*", "ba", false}, {"**", "", true},
		{"*a*a*a*a*a*a*a*a*b", strings.Repeat("a", 255), false},
	} {
		if got := glob(tt.pattern, tt.s); got != tt.want {
			t.Errorf("%q, %q: got %t", tt.pattern, tt.s, got)
		}
	}
}

// TestExample: the machine made up for a rule is one that it selects.
func TestExample(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for range 5000 {
		m := randomMatch(r)
		m.Labels, m.Known = nil, nil
		if len(m.Archs) > 0 && len(m.Firmware) > 0 && !slices.ContainsFunc(m.Archs, m.fits) {
			continue // it can never match
		}
		if c := m.Example(); !matchOf(&m, &c) {
			t.Fatalf("%v does not select %+v", &m, c)
		}
	}
}
