// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"strings"
	"testing"
)

func TestAdoptRules(t *testing.T) {
	profile := func(name string, destructive bool) *Draft {
		return &Draft{Profile: Profile{Entry: Entry{Name: name, Kind: EntryLocal}, Destructive: destructive}}
	}
	c := mustBuild(t, Spec{
		Profiles: []*Draft{profile("k", false)},
		Groups:   []*Group{{Name: "east", Match: Match{OUIs: []string{"5254"}}, Labels: map[string]string{"row": "east"}}},
		Unknown:  Unknown{Action: ActionWait},
		Adopt: []*AdoptRule{
			{Name: "all", Profile: "k", Limit: 1}, {Name: "serial", Match: Match{Serials: []string{"4C4C*"}}, Profile: "k", Limit: 1},
			{Name: "row", Match: Match{Labels: map[string]string{"row": "east"}}, Profile: "k", Limit: 1},
		},
	})
	names := func(client Client) string {
		var all []string
		for _, r := range c.AdoptRulesFor(c.Plan(client)) {
			all = append(all, r.Name)
		}
		return strings.Join(all, " ")
	}
	if got := names(Client{MAC: MAC{0x52, 0x54}, Serial: "4c4c1"}); got != "serial row all" {
		t.Error(got)
	}
	if got := names(Client{MAC: MAC{0x02}, Serial: "x"}); got != "all" {
		t.Error(got)
	}
	if d := Diff(mustBuild(t, Spec{Profiles: []*Draft{profile("k", false)}, Unknown: Unknown{Action: ActionWait}}), c); !strings.Contains(d.String(), "+3 adopt rules") {
		t.Error(d)
	}
}

func TestAdoptRulesThatAreWrong(t *testing.T) {
	for _, tt := range []struct {
		rule AdoptRule
		wait bool
		want string
	}{
		{AdoptRule{Profile: "k"}, true, "adopt rule r has no limit: expected limit: how many machines it may adopt"},
		{AdoptRule{Profile: "x", Limit: 1}, true, "no profile is named x"},
		{AdoptRule{Profile: "d", Limit: 1}, true, "adopt rule r would install machines that nobody named by the destructive profile d: expected a harmless profile, or allow_destructive: true"},
		{AdoptRule{Profile: "d", Limit: 1, AllowDestructive: true}, true, ""},
		{AdoptRule{Profile: "k", Limit: 2, Host: "one"}, true, "adopt rule r gives all its hosts the name one"},
		{AdoptRule{Profile: "k", Limit: 1, Host: "one"}, true, ""},
		{AdoptRule{Profile: "k", Limit: 2, Host: "{mac} x"}, true, "adopt rule r makes hosts of the name"},
		{AdoptRule{Profile: "k", Limit: 2, Host: "-{n}"}, true, "adopt rule r makes hosts of the name"},
		{AdoptRule{Profile: "k", Limit: 2, Host: "{who}-{n}"}, true, "adopt rule r makes hosts of the name"},
		{AdoptRule{Profile: "k", Limit: 2}, false, "no machine waits, so none is adopted"},
	} {
		r := tt.rule
		r.Name = "r"
		s := Spec{
			Profiles: []*Draft{{Profile: Profile{Entry: Entry{Name: "k", Kind: EntryLocal}}}, {Profile: Profile{Entry: Entry{Name: "d", Kind: EntryLocal}, Destructive: true}}},
			Adopt:    []*AdoptRule{&r},
		}
		if tt.wait {
			s.Unknown.Action = ActionWait
		}
		_, problems := Build(s)
		got := ""
		for _, p := range problems {
			got += p.Error()
		}
		if !strings.Contains(got, tt.want) || (tt.want == "") != (got == "") {
			t.Errorf("%+v: %q, want %q", tt.rule, got, tt.want)
		}
	}
	_, problems := Build(Spec{Unknown: Unknown{Action: ActionWait}, Adopt: []*AdoptRule{{Name: "r", Limit: 1}, {Name: "r", Limit: 1}}})
	if len(problems) != 1 || !strings.Contains(problems[0].Error(), "adopt rule r: already defined at") {
		t.Error(problems)
	}
}

// FuzzHostName: whatever a machine says of itself, what comes of it is a name, or nothing.
func FuzzHostName(f *testing.F) {
	f.Add("4C4C-1", 3)
	f.Add("\x00/../é", 0)
	f.Fuzz(func(t *testing.T, serial string, n int) {
		for _, pattern := range []string{"", "a-{serial}", "{serial}", "{serial}.{mac}-{n}"} {
			r := AdoptRule{Name: "r", Host: pattern}
			name := r.HostName(max(1, n&0xffff), &Client{MAC: MAC{2}, Serial: serial})
			if name != "" && !isHostName(name) {
				t.Errorf("%q of %q: %q", pattern, serial, name)
			}
		}
	})
}
