// SPDX-License-Identifier: Apache-2.0

package boot

import "testing"

func TestStrategyNames(t *testing.T) {
	for _, s := range Strategies() {
		if got, err := ParseStrategy(s.String()); err != nil || got != s {
			t.Errorf("%s: %s, %v", s, got, err)
		}
	}
	if _, err := ParseStrategy("bnil"); err == nil {
		t.Error("bnil is a strategy")
	}
}

// TestStrategyLayers: a host's word stands above its groups', and "auto" is a word too.
func TestStrategyLayers(t *testing.T) {
	pin := func(s Strategy) *Strategy { return &s }
	p := &Draft{}
	p.Name, p.Kind, p.Strategy = "p", EntryLocal, pin(StrategyShim)
	mac := func(last byte) Match { return Match{MACs: []MAC{{2, 0, 0, 0, 0, last}}} }
	c, problems := Build(Spec{
		Profiles: []*Draft{p},
		Groups:   []*Group{{Name: "g", Strategy: pin(StrategyBINL), Match: Match{MACs: []MAC{{2, 0, 0, 0, 0, 1}, {2, 0, 0, 0, 0, 2}}}}},
		Hosts: []*Host{
			{Name: "a", Profile: "p", Match: mac(1), Strategy: pin(StrategyAuto)},
			{Name: "b", Profile: "p", Match: mac(2)},
			{Name: "c", Profile: "p", Match: mac(3)},
		},
	})
	if c == nil {
		t.Fatal(problems)
	}
	for i, want := range []Strategy{StrategyAuto, StrategyBINL, StrategyShim} {
		if got := c.Plan(Client{MAC: MAC{2, 0, 0, 0, 0, byte(i + 1)}}).Strategy; got != want {
			t.Errorf("host %d: %s, want %s", i+1, got, want)
		}
	}
}
