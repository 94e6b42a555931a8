// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/bootlace-net/bootlace/boot"
)

func source(dir string, files map[string]string) *Spec {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return Directory(fsys, dir)
}

// TestMerge: sources that know of each other's profiles and templates make one configuration, a program's hosts among them.
func TestMerge(t *testing.T) {
	program := &Spec{Spec: boot.Spec{Hosts: []*boot.Host{{Name: "b", Profile: "p", Pos: boot.Pos{File: "api"},
		Match: boot.Match{MACs: []boot.MAC{{2, 0, 0, 0, 0, 2}}}}}}}
	cfg, problems := build(
		source("files", map[string]string{
			"bootlace.yaml": "http: {port: 81}", "profiles/p.yaml": "{kernel: k, files: {x.cfg: x.tmpl}}",
			"hosts/h.yaml": "hosts: [{name: a, ignore: true, match: {mac: 02:00:00:00:00:01}, profile: p}]",
		}),
		source("git", map[string]string{"templates/x.tmpl": "hello"}),
		program,
	)
	if cfg == nil || len(problems) > 0 {
		t.Fatal(problems)
	}
	if cfg.Settings.HTTP.Port != 81 || len(cfg.Catalog.Hosts()) != 2 {
		t.Errorf("port %d, %d hosts", cfg.Settings.HTTP.Port, len(cfg.Catalog.Hosts()))
	}
	p := cfg.Catalog.Plan(boot.Client{MAC: boot.MAC{2, 0, 0, 0, 0, 2}})
	if p.Profile == nil || p.Profile.Files["x.cfg"].Template.S != "hello" || p.Profile.Files["x.cfg"].Template.Pos.File != "git/templates/x.tmpl" {
		t.Errorf("%+v", p)
	}
}

// TestMergeTwice: what two sources say is reported with both places, and all at once.
func TestMergeTwice(t *testing.T) {
	files := map[string]string{
		"bootlace.yaml": "http: {port: 81}\nunknown: menu", "profiles/p.yaml": "local: true", "templates/x": "a",
		"hosts/h.yaml": "hosts: [{name: a, ignore: true, match: {mac: 02:00:00:00:00:01}, profile: p}]\ngroups: [{name: g, profile: q}]",
	}
	cfg, problems := build(source("one", files), source("two", files), &Spec{})
	want := `one/hosts/h.yaml:2:29: no profile is named q: did you mean p?
two/bootlace.yaml:1:1: the settings of the appliance: already defined at one/bootlace.yaml:1:1
two/bootlace.yaml:2:10: the policy for unknown machines: already defined at one/bootlace.yaml:2:10
two/hosts/h.yaml:1:9: host a: already defined at one/hosts/h.yaml:1:9
two/hosts/h.yaml:2:10: group g: already defined at one/hosts/h.yaml:2:10
two/profiles/p.yaml:1:1: profile p: already defined at one/profiles/p.yaml:1:1
two/templates/x:1:1: template x: already defined at one/templates/x:1:1
`
	var got strings.Builder
	for _, p := range problems {
		if !p.Warning {
			got.WriteString(p.Error() + "\n")
		}
	}
	if cfg != nil || got.String() != want {
		t.Errorf("got\n%s", got.String())
	}
}

func TestDefault(t *testing.T) {
	cfg, problems := build(Default())
	if cfg == nil || len(problems) > 0 || cfg.Catalog.Plan(boot.Client{}).Action != boot.ActionMenu || cfg.Settings.TFTP.Limits.Transfers == 0 {
		t.Error(cfg, problems)
	}
}

// TestTooMuch: a file over the limit of values is one mistake, whatever seems to be missing in what was not read.
func TestTooMuch(t *testing.T) {
	host := "{name: a, ignore: true, match: {mac: 02:00:00:00:00:01}, vars: {list: &big [" + strings.Repeat("x, ", 5000) + "x]}}\n"
	var more strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&more, "- {name: b%d, ignore: true, match: {serial: b%d}, vars: {x: *big}}\n", i, i)
	}
	more.WriteString(strings.Repeat("- {}\n", 100_000))
	deep := strings.Repeat("{a: ", 70) + "x" + strings.Repeat("}", 70)
	for name, files := range map[string]map[string]string{
		"hosts":   {"hosts/h.yaml": "hosts:\n- " + host + more.String()},
		"groups":  {"hosts/h.yaml": "groups:\n- {name: g, vars: " + deep + "}\n" + strings.Repeat("- {}\n", 1000)},
		"profile": {"profiles/p.yaml": "vars: " + deep + "\nkernel: x\n---\n{}\n---\nname: q\n"},
	} {
		_, problems := build(source("", files))
		if len(problems) != 1 || problems[0].What != "the file is too big or nested too deep" {
			t.Errorf("%s: %d problems, such as %v", name, len(problems), boot.Bounded(problems)[0])
		}
	}
}
