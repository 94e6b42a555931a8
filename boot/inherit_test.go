// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func texts2(words ...string) []Text { return each(words, func(s string) Text { return Text{S: s} }) }

func cmdlineOf(e *Entry) string {
	return strings.Join(each(e.Cmdline, func(t Text) string { return t.S }), " ")
}

func TestCmdline(t *testing.T) {
	for _, tt := range []struct {
		name  string
		under []string
		over  Entry
		want  string
	}{
		{"adds", []string{"quiet"}, Entry{Cmdline: texts2("ro")}, "quiet ro"},
		{"takes the place", []string{"console=tty0", "console=ttyS0", "quiet"}, Entry{Cmdline: texts2("console=hvc0")}, "console=hvc0 quiet"},
		{"several of a key", []string{"a=1", "console=tty0"}, Entry{Cmdline: texts2("console=ttyS0", "a=2", "console=ttyS1")}, "a=2 console=ttyS0 console=ttyS1"},
		{"- is _", []string{"rd-break=x"}, Entry{Cmdline: texts2("rd_break=y")}, "rd_break=y"},
		{"separators stay", []string{"a", "---", "b"}, Entry{Cmdline: texts2("c")}, "a --- b c"},
		{"replaces", []string{"a", "b"}, Entry{Cmdline: texts2("c"), CmdlineReplace: true}, "c"},
		{"replaces by nothing", []string{"a", "b"}, Entry{CmdlineReplace: true}, ""},
		{"removes a key", []string{"a=1", "b", "a=2"}, Entry{CmdlineRemove: []string{"a"}}, "b"},
		{"removes one word", []string{"a=1", "a=2"}, Entry{CmdlineRemove: []string{"a=2"}}, "a=1"},
		{"says nothing", []string{"a"}, Entry{}, "a"},
	} {
		e := Entry{Cmdline: texts2(tt.under...)}
		before := cmdlineOf(&e)
		under := e
		e.apply(&tt.over)
		if got := cmdlineOf(&e); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
		if cmdlineOf(&under) != before {
			t.Errorf("%s: what was inherited has changed", tt.name)
		}
	}
}

func TestInheritance(t *testing.T) {
	base := kernelDraft("base")
	base.Cmdline, base.Initrd = texts2("quiet"), texts2("base.gz")
	base.Vars = Vars{"a": "base", "m": Vars{"x": "base", "y": "base"}}
	base.Destructive = true
	base.ByArch = map[string]*Entry{"arm64": {Kernel: Text{S: "base/Image"}}, "uefi": {Cmdline: texts2("efi")}}
	left := &Draft{NotDestructive: true, InheritsPos: make([]Pos, 1)}
	left.Name, left.Inherits = "left", []string{"base"}
	left.Vars = Vars{"a": "left", "m": Vars{"x": "left"}}
	right := &Draft{InheritsPos: make([]Pos, 1)}
	right.Name, right.Inherits = "right", []string{"base"}
	right.Cmdline = texts2("ro")
	both := &Draft{InheritsPos: make([]Pos, 2)}
	both.Name, both.Inherits = "both", []string{"left", "right"}
	local := &Draft{InheritsPos: make([]Pos, 1)}
	local.Name, local.Inherits, local.Kind = "disk", []string{"both"}, EntryLocal
	own := kernelDraft("own", "base")
	c := mustBuild(t, Spec{Profiles: []*Draft{local, both, right, left, base, own}})

	p := c.Profile("both")
	if diff := cmp.Diff(Vars{"a": "left", "m": Vars{"x": "left", "y": "base"}}, p.Vars); diff != "" {
		t.Errorf("a shared parent must not undo what one parent changed (-want +got):\n%s", diff)
	}
	if p.Destructive || !c.Profile("right").Destructive {
		t.Error("destructive is inherited until a profile says otherwise")
	}
	for a, want := range map[Arch]string{ArchBIOS: "base/linux quiet ro", ArchX64: "base/linux quiet efi ro", ArchARM64: "base/Image quiet efi ro", ArchARM64UBoot: "base/Image quiet ro"} {
		e := p.For(a)
		if got := e.Kernel.S + " " + cmdlineOf(e); got != want || e.Name != "both" || len(e.Initrd) != 1 {
			t.Errorf("%v: got %q (%s), want %q", a, got, e.Name, want)
		}
	}
	if e := c.Profile("own").For(ArchARM64); e.Kernel.S != "own/linux" {
		t.Errorf("a profile has the last word about what it inherits, variants too: got %s", e.Kernel.S)
	}
	disk := c.Profile("disk")
	if disk.Kind != EntryLocal || disk.Kernel.S != "" || len(disk.Cmdline) > 0 {
		t.Errorf("another kind drops what belonged to the old one: %+v", disk.Entry)
	}
}

// TestBIOSIsX64: x86_64 speaks for a BIOS machine unless i386 is spoken of.
func TestBIOSIsX64(t *testing.T) {
	d := kernelDraft("d")
	d.ByArch = map[string]*Entry{"x86_64": {Kernel: Text{S: "amd64/linux"}, Initrd: texts2("amd64/initrd")}}
	old := kernelDraft("old")
	old.ByArch = map[string]*Entry{"i386": {Kernel: Text{S: "i386/linux"}}, "x86_64": {Kernel: Text{S: "amd64/linux"}, Initrd: texts2("amd64/initrd")}}
	c := mustBuild(t, Spec{Profiles: []*Draft{d, old}})
	if e := c.Profile("d").For(ArchBIOS); e.Kernel.S != "amd64/linux" {
		t.Errorf("got %s", e.Kernel.S)
	}
	if e := c.Profile("old").For(ArchBIOS); e.Kernel.S != "i386/linux" || len(e.Initrd) > 0 {
		t.Errorf("got %s %v", e.Kernel.S, e.Initrd)
	}
}

// TestInheritanceIsAssociative: it makes no difference whether profiles are inherited one by one or some of them through
// another that adds nothing.
func TestInheritanceIsAssociative(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		var drafts []*Draft
		for _, name := range []string{"a", "b", "c"} {
			drafts = append(drafts, randomDraft(r, name))
		}
		flat, ab, bc := emptyDraft("flat", "a", "b", "c"), emptyDraft("ab", "a", "b"), emptyDraft("bc", "b", "c")
		left, right := emptyDraft("left", "ab", "c"), emptyDraft("right", "a", "bc")
		c := mustBuild(t, Spec{Profiles: append(drafts, flat, ab, bc, left, right)})
		want := *c.Profile("flat")
		for _, name := range []string{"left", "right"} {
			got := *c.Profile(name)
			got.Name, got.Inherits = want.Name, want.Inherits
			got.ByArch = renamed(got.ByArch, want.Name)
			if !same(reflect.ValueOf(want), reflect.ValueOf(got)) {
				t.Fatalf("%s: got %+v, want %+v", name, got, want)
			}
		}
	}
}

func renamed(m map[string]*Entry, name string) map[string]*Entry {
	for _, e := range m {
		e.Name = name
	}
	return m
}

func emptyDraft(name string, inherits ...string) *Draft {
	d := &Draft{InheritsPos: make([]Pos, len(inherits))}
	d.Name, d.Inherits = name, inherits
	return d
}

func randomDraft(r *rand.Rand, name string) *Draft {
	d := emptyDraft(name)
	word := func() string { return fmt.Sprintf("k%d=%s%d", r.IntN(3), name, r.IntN(3)) }
	if r.IntN(2) == 0 {
		d.Kernel = Text{S: name + "/linux"}
	} else if r.IntN(3) == 0 {
		d.Kind = EntryLocal
	}
	for range r.IntN(3) {
		d.Cmdline = append(d.Cmdline, Text{S: word()})
	}
	d.CmdlineReplace = r.IntN(5) == 0
	if r.IntN(4) == 0 {
		d.CmdlineRemove = []string{"k1"}
	}
	d.Vars = Vars{fmt.Sprintf("v%d", r.IntN(3)): name, "m": Vars{fmt.Sprintf("v%d", r.IntN(3)): name}}
	d.Loader = map[string]Text{some(r, []string{"bios", "uefi", "default"})[0]: {S: name}}
	if r.IntN(2) == 0 {
		d.ByArch = map[string]*Entry{some(r, []string{"arm64", "uefi", "x86_64"})[0]: {Cmdline: []Text{{S: word()}}}}
	}
	return d
}

func TestVarsMergeIsAssociative(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	for range 1000 {
		a, b, c := randomVars(r, 3), randomVars(r, 3), randomVars(r, 3)
		before := fmt.Sprint(a, b, c)
		left, right := a.Merge(b).Merge(c), a.Merge(b.Merge(c))
		if diff := cmp.Diff(left, right); diff != "" {
			t.Fatal(diff)
		}
		if fmt.Sprint(a, b, c) != before {
			t.Fatal("an operand has changed")
		}
	}
}

func randomVars(r *rand.Rand, depth int) Vars {
	v := Vars{}
	for range r.IntN(4) {
		key := string(rune('a' + r.IntN(3)))
		// A key is always a map or never: between a map and a text, replacing is not associative with merging.
		if key == "a" && depth > 0 {
			v[key] = randomVars(r, depth-1)
		} else if key != "a" {
			v[key] = fmt.Sprint(r.IntN(5))
		}
	}
	return v
}

func TestDiff(t *testing.T) {
	spec := func(hosts int, kernel string, unknown Action) Spec {
		d := kernelDraft("d")
		d.Kernel.S = kernel
		d.Pos.Line = hosts // where things stand makes no difference
		s := Spec{Profiles: []*Draft{d}, Unknown: Unknown{Action: unknown}}
		for i := range hosts {
			s.Hosts = append(s.Hosts, &Host{Name: fmt.Sprint("h", i), Match: Match{MACs: []MAC{{2, 0, 0, 0, 0, byte(i + 1)}}}, Profile: "d", Pos: Pos{Line: i}})
		}
		return s
	}
	one := mustBuild(t, spec(1, "k", ActionIgnore))
	for _, tt := range []struct {
		old  *Catalog
		new  Spec
		want string
	}{
		{one, spec(1, "k", ActionIgnore), "no change"},
		{one, spec(4, "k2", ActionIgnore), "+3 hosts, ~1 profile"},
		{mustBuild(t, spec(3, "k", ActionMenu)), spec(1, "k", ActionIgnore), "-2 hosts, ~policy for unknown machines"},
		{nil, spec(2, "k", ActionIgnore), "+2 hosts, +1 profile"},
	} {
		if got := Diff(tt.old, mustBuild(t, tt.new)).String(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

func TestHint(t *testing.T) {
	names := []string{"debian", "ubuntu", "rescue"}
	for name, want := range map[string]string{
		"debain": "did you mean debian?", "Ubuntu": "did you mean ubuntu?", "zzz": "expected one of debian, ubuntu, rescue",
	} {
		if got := Hint(name, names); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}
