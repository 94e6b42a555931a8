// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
)

// TestSelectorsAreComplete walks the table: whatever deals with selectors knows each of them.
func TestSelectorsAreComplete(t *testing.T) {
	table := all()
	if len(table) > maxSelectors {
		t.Fatalf("a rank has room for %d selectors", maxSelectors)
	}
	names := map[string]bool{}
	for _, s := range table {
		if s.Name == "" || names[s.Name] {
			t.Errorf("the name %q is empty or there twice", s.Name)
		}
		names[s.Name] = true
		t.Run(s.Name, func(t *testing.T) { complete(t, table, s) })
	}
}

func complete(t *testing.T, table selectors, s *Selector) {
	m := sample(t, s)
	c := Client{MAC: MAC{2}, UUID: UUID{3}, Serial: "-", Archs: []Arch{ArchBIOS}, Addr: netip.MustParseAddr("203.0.113.1")}
	if r := table.rank(&m); table.top(r) != s {
		t.Errorf("rank %b", r.kinds)
	}
	if s.degree() {
		if s.find == nil || !slices.ContainsFunc(table, func(o *Selector) bool { return o.Key == s.Key && !o.degree() }) {
			t.Errorf("a degree of %s, which has no entry, or without a place in the index", s.Key)
		}
	} else {
		written(t, s)
	}
	rules := []*rule{table.hostRule(&Host{Name: "h", Match: m})}
	x := table.index(rules)
	if scanned := len(x.rest) == 1; scanned != (s.scanned != "") || scanned == (s.find != nil) {
		t.Errorf("found by its values %t, scanned because %q", !scanned, s.scanned)
	}
	fits := m.Example()
	if s.Key == "labels" {
		fits.Labels = m.Labels // which machines do not have of their own
	}
	if !rules[0].matches(&fits, true) || !slices.Contains(x.candidates(&fits, nil), rules[0]) {
		t.Errorf("%v does not select %+v, or is not found for it", &m, fits)
	}
	if rules[0].matches(&c, false) {
		t.Errorf("%v selects %+v", &m, c)
	}
	if text := m.String(); !strings.Contains(text, strings.TrimSuffix(s.Key, "s")) {
		t.Errorf("the text is %q", text)
	}
	if _, miss := rules[0].holding(&c); s.Key != "known" && len(miss) != 1 {
		t.Errorf("missing are %v", miss)
	}
	other := differs(s)
	if !table.overlap(&m, &m) || !table.overlap(&m, &Match{}) || !table.overlap(&Match{}, &m) || table.overlap(&m, &other) {
		t.Errorf("%v and %v overlap as if they were not there", &m, &other)
	}
}

// written checks what is for people who write configurations.
func written(t *testing.T, s *Selector) {
	if s.Doc == "" || s.Form.What == "" {
		t.Error("nothing tells of it")
	}
	if s.whole == nil && s.Parse(&Match{}, "*") == nil {
		t.Error("everything may be written")
	}
	if s.example == nil && s.notForHosts == "" {
		t.Error("nothing makes up a machine for it")
	}
}

// sample is a rule of one selector.
func sample(t *testing.T, s *Selector) (m Match) {
	t.Helper()
	yes := true
	switch {
	case s.degree():
		m.OUIs = []string{"525400"}
	case s.Key == "labels":
		m.Labels = map[string]string{"rack": "r7"}
	case s.Key == "known":
		m.Known = &yes
	default:
		if err := s.Parse(&m, s.Form.Example); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

// differs is a rule of the same selector for other machines.
func differs(s *Selector) (m Match) {
	no := false
	switch s.Key {
	case "labels":
		m.Labels = map[string]string{"rack": "r8"}
	case "known":
		m.Known = &no
	default:
		for _, text := range []string{"06:00:00:00:00:01", "11111111-2222-4333-8444-555555555555", "198.51.100.7", "uboot", "riscv64", "zzz"} {
			if s.degree() {
				m.OUIs = []string{"aabbcc"}
			} else if s.Parse(&m, text) == nil {
				break
			}
		}
	}
	return m
}
