// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/bootlace-net/bootlace/boot"
)

var update = flag.Bool("update", false, "write what comes out into the test cases")

// TestCases runs every archive in testdata/cases: the files of a configuration, in "problems" what must be said about it,
// and in "plans" questions ("? mac=… arch=…") each followed by the plan, in "installs" by what it says of an installation, in "powers" by how it is switched.
func TestCases(t *testing.T) {
	names, _ := filepath.Glob("testdata/cases/*.txtar")
	if len(names) == 0 {
		t.Fatal("there are no cases")
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) { runCase(t, name) })
	}
}

func runCase(t *testing.T, name string) {
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{}
	for _, f := range archive.Files {
		if strings.Contains(f.Name, "/") || strings.HasSuffix(f.Name, ".yaml") {
			fsys[f.Name] = &fstest.MapFile{Data: f.Data}
		}
	}
	cfg, problems := check(fsys, "")
	checked := 0
	for i := range archive.Files {
		f := &archive.Files[i]
		var got string
		switch f.Name {
		case "problems":
			got = showProblems(problems)
		case "plans":
			got = showPlans(t, cfg, string(f.Data), showPlan)
		case "installs":
			got = showPlans(t, cfg, string(f.Data), showInstall)
		case "powers":
			got = showPlans(t, cfg, string(f.Data), showPower)
		default:
			continue
		}
		checked++
		if diff := cmp.Diff(string(f.Data), got); diff != "" && !*update {
			t.Errorf("%s (-want +got):\n%s", f.Name, diff)
		}
		f.Data = []byte(got)
	}
	if checked == 0 {
		t.Fatal("the case expects nothing")
	}
	if *update {
		if err := os.WriteFile(name, txtar.Format(archive), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func showProblems(problems []boot.Problem) string {
	var b strings.Builder
	for _, p := range problems {
		if p.Warning {
			b.WriteString("warning: ")
		}
		fmt.Fprintln(&b, p)
	}
	return b.String()
}

func showPlans(t *testing.T, cfg *config, questions string, show func(*bytes.Buffer, boot.Plan)) string {
	if cfg == nil {
		t.Fatal("the configuration has mistakes")
	}
	var b bytes.Buffer
	for line := range strings.Lines(questions) {
		if strings.HasPrefix(line, "?") {
			b.WriteString(line)
			show(&b, cfg.Catalog.Plan(parseClient(t, line[1:])))
		}
	}
	return b.String()
}

func showPlan(b *bytes.Buffer, p boot.Plan) {
	fmt.Fprintf(b, "  %v", p.Action)
	if p.Profile != nil {
		e := p.Profile.For(p.Client.Arch())
		fmt.Fprintf(b, " %s: %v", p.Profile.Name, e.Kind)
		for _, s := range append([]boot.Text{e.Kernel, e.Target, e.Script}, e.Initrd...) {
			if s.S != "" {
				fmt.Fprintf(b, " %q", s.S)
			}
		}
		var words []string
		for _, w := range e.Cmdline {
			words = append(words, w.S)
		}
		fmt.Fprintf(b, "\n  cmdline %q", strings.Join(words, " "))
	}
	vars, _ := json.Marshal(p.Vars)
	fmt.Fprintf(b, "\n  loader %s strategy %q vars %s\n", p.Loader, pinned(p.Strategy), vars)
	for _, s := range p.Why {
		fmt.Fprintf(b, "  %s: %s\n", s.Pos, s.What)
	}
}

func showInstall(b *bytes.Buffer, p boot.Plan) {
	fmt.Fprintf(b, "  %s generation %d", p.Profile.Name, p.Generation)
	if i := p.Install; i != nil {
		fmt.Fprintf(b, ": then %s, attempts %d, within %v, success %v", i.Then, i.Attempts, i.Within, i.Success)
	}
	b.WriteByte('\n')
}

func showPower(b *bytes.Buffer, p boot.Plan) {
	switch w := p.Power(); {
	case w == nil:
		b.WriteString("  no way\n")
	case w.Redfish != nil:
		fmt.Fprintf(b, "  redfish %+v\n", *w.Redfish)
	case w.IPMI != nil:
		fmt.Fprintf(b, "  ipmi %+v\n", *w.IPMI)
	case w.WoL != nil:
		fmt.Fprintf(b, "  wol %+v\n", *w.WoL)
	}
}

func pinned(s boot.Strategy) string {
	if s == boot.StrategyAuto {
		return ""
	}
	return s.String()
}

func parseClient(t *testing.T, line string) (c boot.Client) {
	for _, word := range strings.Fields(line) {
		key, value, _ := strings.Cut(word, "=")
		var err error
		switch key {
		case "mac":
			c.MAC, err = boot.ParseMAC(value)
		case "uuid":
			c.UUID, err = boot.ParseUUID(value)
		case "arch":
			var a boot.Arch
			a, err = boot.ParseArch(value)
			c.Archs = append(c.Archs, a)
		case "addr":
			c.Addr, err = netip.ParseAddr(value)
		case "relay":
			c.Relay, err = netip.ParseAddr(value)
		case "subnet":
			c.Subnet, err = netip.ParsePrefix(value)
		case "serial":
			c.Serial = value
		case "hostname":
			c.Hostname = value
		case "vendor":
			c.Vendor = value
		case "circuit":
			c.Circuit = value
		case "remote":
			c.Remote = value
		case "interface":
			c.Interface = value
		default:
			t.Fatalf("unknown key %q in a question", key)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return c
}
