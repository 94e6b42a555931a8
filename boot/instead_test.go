// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"slices"
	"testing"
	"time"
)

// installs is a catalog with a host that is installed by a profile with a loader of its own, and one that has no profile.
func installs(t *testing.T, then string) (c *Catalog, installed, menu Plan) {
	t.Helper()
	debian := kernelDraft("debian")
	debian.Install, debian.Loader = &Install{Then: then}, map[string]Text{"uefi": {S: "shimx64.efi"}}
	debian.Vars, debian.Files = Vars{"x": "installs"}, map[string]*FileSpec{"preseed.cfg": {Path: "preseed.cfg"}}
	rescue := kernelDraft("rescue")
	rescue.Vars = Vars{"x": "rescue"}
	m := mac(t, "52:54:00:00:00:01")
	c = mustBuild(t, Spec{
		Profiles: []*Draft{debian, rescue},
		Hosts:    []*Host{{Name: "h", Match: Match{MACs: []MAC{m}}, Profile: "debian", Vars: Vars{"y": "host"}, Generation: 3}},
		Unknown:  Unknown{Action: ActionMenu},
	})
	uefi := []Arch{ArchX64}
	return c, c.Plan(Client{MAC: m, Archs: uefi}), c.Plan(Client{MAC: mac(t, "52:54:00:00:00:02"), Archs: uefi})
}

// TestInstallDefaults: what is not said is filled in, and the plan carries it.
func TestInstallDefaults(t *testing.T) {
	_, p, menu := installs(t, "")
	want := Install{Then: ThenLocal, Attempts: 3, Within: 2 * time.Hour, Success: Success{By: SuccessCallback}}
	if p.Install == nil || *p.Install != want || p.Generation != 3 {
		t.Errorf("got %+v, generation %d", p.Install, p.Generation)
	}
	if menu.Install != nil || menu.Generation != 1 {
		t.Errorf("a machine without a profile: %+v, generation %d", menu.Install, menu.Generation)
	}
}

// TestLocal: on the way to its disk a machine keeps its loader, has none of the profile's files, and is not installed.
func TestLocal(t *testing.T) {
	c, p, menu := installs(t, "")
	switch got := c.Local(p); {
	case got.Action != ActionBoot || got.Profile.Kind != EntryLocal || !got.ToDisk || got.Install != nil:
		t.Errorf("not to its disk: %+v", got)
	case got.Loader != p.Loader || got.Script != p.Script || got.Generation != 3 || got.Host != p.Host:
		t.Errorf("another machine: %+v", got)
	case len(got.Profile.Files) != 0 || len(got.Why) != len(p.Why)+1:
		t.Errorf("files %v, why %v", got.Profile.Files, got.Why)
	}
	if got := c.Local(menu); got.Action != ActionBoot || got.Profile.Kind != EntryLocal || !got.ToDisk || got.Loader.Base != "snponly.efi" {
		t.Errorf("from the menu: %+v", got)
	}
	if again := c.Local(c.Local(p)); again.Profile != c.Local(p).Profile {
		t.Errorf("a disk's disk is another one: %+v", again.Profile)
	}
	if got := c.Local(Plan{}); got.Action != ActionIgnore || got.ToDisk {
		t.Errorf("a machine that is to be ignored is not: %+v", got)
	}
}

// TestLocalNamed: a profile that has the name of the disk's is another one.
func TestLocalNamed(t *testing.T) {
	local := kernelDraft(ThenLocal)
	local.Install = &Install{}
	m := mac(t, "52:54:00:00:00:01")
	c := mustBuild(t, Spec{Profiles: []*Draft{local}, Hosts: []*Host{{Name: "h", Match: Match{MACs: []MAC{m}}, Profile: ThenLocal}}})
	p := c.Plan(Client{MAC: m})
	if got := c.Local(p); p.Install == nil || got.Install != nil || got.Profile.Kind != EntryLocal {
		t.Errorf("%+v, on its disk %+v", p.Install, got)
	}
}

// TestInstead: another profile brings its own loader and vars, under those of the host, and is not the disk.
func TestInstead(t *testing.T) {
	c, p, _ := installs(t, "rescue")
	got := c.Instead(p, c.Profile("rescue"), "its installation is over")
	if got.Profile != c.Profile("rescue") || got.ToDisk || got.Install != nil || got.Loader.Base != "snponly.efi" {
		t.Errorf("got %+v", got)
	}
	if got.Vars["x"] != "rescue" || got.Vars["y"] != "host" {
		t.Errorf("vars %v", got.Vars)
	}
	if got.Replaced != p.Profile || c.Local(got).Replaced != p.Profile {
		t.Errorf("replaced %v", got.Replaced)
	}
	back := c.Instead(got, c.Profile("debian"), "an operator said so")
	if back.Install == nil || back.Replaced != nil || back.Loader != p.Loader || back.Reason() != "an operator said so" {
		t.Errorf("back: %+v", back)
	}
	if slices.Equal(p.Why, got.Why) || p.Profile.Name != "debian" {
		t.Errorf("the plan itself was changed: %+v", p)
	}
}

// TestSuccessWords: what is written is what is read.
func TestSuccessWords(t *testing.T) {
	for _, word := range SuccessWords() {
		if s, ok := ParseSuccess(word); !ok || s.String() != word {
			t.Errorf("%s is read as %v, %v", word, s, ok)
		}
	}
	for _, word := range []string{"", "fetch", "fetch: x", "never"} {
		if s, ok := ParseSuccess(word); ok {
			t.Errorf("%q is read as %v", word, s)
		}
	}
	if got := (Success{By: SuccessFetch, Path: "done"}).String(); got != "fetch: done" {
		t.Errorf("got %s", got)
	}
}
