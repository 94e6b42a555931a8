// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"strings"
	"testing"
)

// TestWaits: machines wait by the policy for unknown ones or by their group, unless their host or a more specific group says what
// they boot.
func TestWaits(t *testing.T) {
	known := MAC{0x52, 0x54, 0, 0, 0, 1}
	c := mustBuild(t, Spec{
		Profiles: []*Draft{{Profile: Profile{Entry: Entry{Name: "k", Kind: EntryLocal}}}},
		Groups: []*Group{
			{Name: "rack", Match: Match{OUIs: []string{"5254"}}, Wait: true},
			{Name: "slot", Match: Match{OUIs: []string{"525400ff"}}, Profile: "k"},
		},
		Hosts:   []*Host{{Name: "one", Match: Match{MACs: []MAC{known}}, Profile: "k"}},
		Unknown: Unknown{Action: ActionWait},
	})
	for _, tt := range []struct {
		mac  MAC
		want Action
		why  string
	}{
		{known, ActionBoot, "host one boots profile k"},
		{MAC{0x52, 0x54, 0, 0, 0, 2}, ActionWait, "group rack has its machines wait until somebody decides"},
		{MAC{0x52, 0x54, 0, 0xff, 0, 2}, ActionBoot, "group slot gives profile k"},
		{MAC{0x02, 0, 0, 0, 0, 2}, ActionWait, "no host and no group's profile is for this machine; unknown: wait"},
	} {
		p := c.Plan(Client{MAC: tt.mac})
		if p.Action != tt.want || p.Reason() != tt.why || (p.Action == ActionWait) != (p.Profile == nil) {
			t.Errorf("%v: %v, %q", tt.mac, p.Action, p.Reason())
		}
		if tt.want == ActionWait && (p.Loader.Base != "undionly.kpxe" || p.Script.Base != "boot.ipxe" || p.Install != nil) {
			t.Errorf("%v: %+v", tt.mac, p)
		}
	}
	waits := c.Plan(Client{MAC: MAC{0x02, 0, 0, 0, 0, 2}})
	if p := c.Local(waits); !p.ToDisk || p.Action != ActionBoot {
		t.Errorf("sent to its disk: %+v", p)
	}
	if p := c.Instead(waits, c.Profile("k"), "ordered"); p.Profile != c.Profile("k") {
		t.Errorf("ordered to boot something: %+v", p)
	}
}

func TestWaitingGroupsSayNothingElse(t *testing.T) {
	_, problems := Build(Spec{
		Profiles: []*Draft{{Profile: Profile{Entry: Entry{Name: "k", Kind: EntryLocal}}}},
		Groups:   []*Group{{Name: "rack", Profile: "k", Wait: true}},
	})
	if len(problems) != 1 || problems[0].Warning || !strings.Contains(problems[0].Error(), "group rack has its machines wait, and says what they get") {
		t.Errorf("%v", problems)
	}
}
