// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"io"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/boot"
)

func txt(s string) boot.Text {
	return boot.Text{S: s, Pos: boot.Pos{File: "profiles/p.yaml", Line: 5, Column: 3}}
}

func txts(list ...string) []boot.Text {
	var out []boot.Text
	for _, s := range list {
		out = append(out, txt(s))
	}
	return out
}

// victim is a machine whose variables, facts and titles come from somebody who means ill.
func victim(t testing.TB, value, wire, title string) (*Tree, boot.Plan) {
	t.Helper()
	entry := &boot.Entry{Name: "tiny", Title: title, Kernel: txt("tiny/linux"), Initrd: txts("tiny/initrd.gz"),
		Cmdline: txts("console=ttyS0 quiet", "token={{ .vars.token }}", "name={{ .hostname }}", `say={{ quote .vars.token }}`, "end")}
	prof := &boot.Draft{Profile: boot.Profile{Entry: boot.Entry{Name: "p"}, Vars: boot.Vars{"token": value},
		Start: &boot.Menu{Title: title, Entries: []*boot.Entry{entry, {Name: "disk", Kind: boot.EntryLocal}}, Timeout: 5}}}
	cat, problems := boot.Build(boot.Spec{Profiles: []*boot.Draft{prof},
		Groups: []*boot.Group{{Name: "all", Profile: "p", Match: boot.Match{Archs: []boot.Arch{boot.ArchBIOS}}}}})
	if cat == nil {
		t.Fatal(problems)
	}
	tree, problems := New(cat, Options{})
	for _, p := range problems {
		if !p.Warning { // what the group's example could not have, this machine is about to ask for
			t.Fatal(p)
		}
	}
	return tree, cat.Plan(boot.Client{MAC: boot.MAC{0x52, 0x54, 0, 0, 0, 1}, Hostname: wire, Archs: []boot.Arch{boot.ArchBIOS}})
}

func open(t testing.TB, tree *Tree, p boot.Plan, path string) (string, error) {
	t.Helper()
	n, err := boot.ParseName(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := tree.Open(boot.Visit{Name: n.For(p.Client.MAC), Client: p.Client, Server: boot.Endpoint{Scheme: boot.HTTP, Host: netip.MustParseAddr("192.0.2.1"), Port: 80}}, p)
	if err != nil {
		return "", err
	}
	b, err := io.ReadAll(io.NewSectionReader(f, 0, f.Size()))
	return string(b), err
}

// FuzzValues renders any value and reads it back in all three languages: it is refused, or it is what it was and
// nothing beside it has changed.
func FuzzValues(f *testing.F) {
	for _, s := range []string{
		"abcd1234", "", "a b", "a\nb", "a\r\nshell", "x && shell", "x || reboot", "x ; exit", "#", "#x", "&&", "||", ";", "${net0/mac}",
		"${", "$", "}", "{", "'", `"`, `a"b`, `\`, `a\`, "`id`", "$(id)", "'; halt; '", "^x", "-", "--", "a,b", "\x00", "\x1b[2J", "ä", "\xff",
		"LABEL x", "x\nLABEL y", "a  b", "a ", " a", "=", "%41", "../..", "e1", "\t", "a\tb", "\v", "a\u0085b", "a\u00a0b", "a\u2028b",
	} {
		f.Add(s, s, s)
		f.Add("v", "w", s)
		f.Add("v", s, "t")
	}
	f.Fuzz(func(t *testing.T, value, wire, title string) {
		tree, p := victim(t, value, wire, title)
		script, err := open(t, tree, p, "boot.ipxe")
		if err != nil {
			if harmlessWord(value) && harmlessWord(wire) {
				t.Errorf("harmless values are refused: %v", err)
			}
			return
		}
		say := value
		if value == "" || strings.Contains(value, " ") {
			say = `"` + value + `"`
		}
		want := []string{"console=ttyS0", "quiet", "token=" + value, "name=" + wire, "say=" + say, "end"}

		m := readIPXE(t, script)
		if end := m.run(); end != "boot" {
			t.Errorf("the script ended with %q, events %q", end, m.events)
		}
		wantEvents := []string{
			"kernel http://192.0.2.1/m/52-54-00-00-00-01/tiny/linux initrd=initrd0 " + strings.Join(want, " "),
			"initrd initrd0 http://192.0.2.1/m/52-54-00-00-00-01/tiny/initrd.gz", "boot",
		}
		if diff := cmp.Diff(wantEvents, m.events); diff != "" {
			t.Errorf("iPXE (-want +got):\n%s", diff)
		}
		if n := len(m.menu.items); n != 2 {
			t.Errorf("the menu has %d items", n)
		}

		checkPXELinux(t, tree, p, want)
		checkGRUB(t, tree, p, want)
	})
}

func harmlessWord(s string) bool {
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=,+") == ""
}

func checkPXELinux(t *testing.T, tree *Tree, p boot.Plan, want []string) {
	t.Helper()
	cfg, err := open(t, tree, p, "pxelinux.cfg/default")
	if err != nil {
		t.Fatalf("iPXE can carry it, PXELINUX cannot: %v", err)
	}
	c := readPXELinux(t, cfg)
	if len(c.labels) != 2 || c.label("e2").is["LOCALBOOT"] != "0" {
		t.Errorf("labels: %+v", c.labels)
	}
	l := c.label("e1")
	if l.is["LINUX"] != "tiny/linux" || l.is["INITRD"] != "tiny/initrd.gz" || l.is["APPEND"] != strings.Join(want, " ") {
		t.Errorf("PXELINUX got %+v", l)
	}
	if c.global["DEFAULT"] != "e1" || c.global["TIMEOUT"] != "50" {
		t.Errorf("PXELINUX got %+v", c.global)
	}
}

func checkGRUB(t *testing.T, tree *Tree, p boot.Plan, want []string) {
	t.Helper()
	cfg, err := open(t, tree, p, "grub/grub.cfg")
	if err != nil {
		t.Fatalf("iPXE can carry it, GRUB cannot: %v", err)
	}
	var entries []grubLine
	for _, l := range readGRUB(t, cfg) {
		if l.words[0] == "menuentry" {
			entries = append(entries, l)
		}
	}
	if len(entries) != 2 || len(entries[0].body) != 2 {
		t.Fatalf("GRUB got %+v", entries)
	}
	if strings.ContainsAny(strings.Join(want, ""), `'\`) { // GRUB would change it, and says that it cannot
		if entries[0].body[0].words[0] != "echo" {
			t.Errorf("GRUB got %+v", entries[0])
		}
		return
	}
	line := []string{"linux", "/m/52-54-00-00-00-01/tiny/linux"}
	for _, w := range want {
		line = append(line, strings.ReplaceAll(w, `"`, "")) // GRUB quotes again what needs it
	}
	if diff := cmp.Diff(line, entries[0].body[0].words); diff != "" {
		t.Errorf("GRUB (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"initrd", "/m/52-54-00-00-00-01/tiny/initrd.gz"}, entries[0].body[1].words); diff != "" {
		t.Errorf("GRUB (-want +got):\n%s", diff)
	}
}
