// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"slices"
	"strings"
	"testing"
)

// images are two for kernels, a medium, a program, and one that cannot be booted.
func testImages(name string) *Image {
	return map[string]*Image{
		"debian/12": {Kernel: "debian/12/linux", Initrd: []string{"debian/12/initrd.gz"}, Cmdline: []string{"quiet", "mirror=one"}},
		"debian/13": {Kernel: "debian/13/linux", Initrd: []string{"debian/13/initrd.gz"}, Cmdline: []string{"mirror=two"}},
		"medium/1":  {Kind: EntryISO, Target: "medium/1/medium.iso"},
		"broken/1":  {Kernel: "broken/1/kernel", Trouble: "is hidden", Expected: "expected something"},
	}[name]
}

func imageDraft(name, image string, own ...string) *Draft {
	d := &Draft{}
	d.Name, d.Image = name, Text{S: image, Pos: Pos{File: name, Line: 1}}
	for _, w := range own {
		d.Cmdline = append(d.Cmdline, Text{S: w})
	}
	return d
}

func inheriting(d *Draft, parents ...string) *Draft {
	d.Inherits, d.InheritsPos = parents, make([]Pos, len(parents))
	return d
}

func wordsOf(e *Entry) string {
	var words []string
	for _, t := range e.Cmdline {
		words = append(words, t.S)
	}
	return strings.Join(words, " ")
}

// An image brings its kernel, initrds and arguments; what profiles say themselves wins, in whatever order they say it.
func TestImages(t *testing.T) {
	serial := &Draft{}
	serial.Name, serial.Cmdline = "serial", []Text{{S: "console=ttyS0"}, {S: "mirror=mine"}}
	disk := &Draft{}
	disk.Name, disk.Kind = "disk", EntryLocal
	kernel := imageDraft("kernel", "debian/12")
	kernel.Kernel = Text{S: "mine/linux"}
	clean := imageDraft("clean", "debian/12", "only")
	clean.CmdlineReplace = true
	arm := imageDraft("arm", "debian/12")
	arm.ByArch = map[string]*Entry{"arm64": {Image: Text{S: "debian/13"}}}
	menu := &Draft{}
	menu.Name, menu.Start = "menu", &Menu{Entries: []*Entry{{Name: "e", Image: Text{S: "debian/12"}, Cmdline: []Text{{S: "mirror=entry"}}}}}
	c := mustBuild(t, Spec{Images: testImages, Profiles: []*Draft{
		serial, disk, kernel, clean, arm, menu,
		imageDraft("plain", "debian/12"), imageDraft("own", "debian/12", "mirror=own", "more"),
		inheriting(imageDraft("later", "debian/13"), "own", "serial"), inheriting(imageDraft("over", "medium/1"), "plain"),
		inheriting(imageDraft("ondisk", "debian/12"), "disk"), inheriting(&Draft{Profile: Profile{Entry: Entry{Name: "child"}}}, "plain"),
		inheriting(imageDraft("again", "debian/12"), "menu", "over"),
	}})
	for name, want := range map[string]string{
		"plain":  "kernel debian/12/linux debian/12/initrd.gz: quiet mirror=one",
		"own":    "kernel debian/12/linux debian/12/initrd.gz: quiet mirror=own more",
		"later":  "kernel debian/13/linux debian/13/initrd.gz: mirror=mine more console=ttyS0",
		"over":   "iso medium/1/medium.iso :",
		"ondisk": "kernel debian/12/linux debian/12/initrd.gz: quiet mirror=one",
		"child":  "kernel debian/12/linux debian/12/initrd.gz: quiet mirror=one",
		"kernel": "kernel mine/linux debian/12/initrd.gz: quiet mirror=one",
		"clean":  "kernel debian/12/linux debian/12/initrd.gz: only",
		"again":  "kernel debian/12/linux debian/12/initrd.gz: quiet mirror=one",
	} {
		e := &c.Profile(name).Entry
		initrd := ""
		if len(e.Initrd) > 0 {
			initrd = e.Initrd[0].S
		}
		if got := strings.TrimSpace(e.Kind.String() + " " + e.Kernel.S + e.Target.S + " " + initrd + ": " + wordsOf(e)); got != want {
			t.Errorf("%s: %s\nwant %s", name, got, want)
		}
	}
	if e := c.Profile("arm").For(ArchARM64); e.Kernel.S != "debian/13/linux" || wordsOf(e) != "mirror=two" {
		t.Errorf("for arm64: %s %s", e.Kernel.S, wordsOf(e))
	}
	if e := c.Profile("arm").For(ArchX64); e.Kernel.S != "debian/12/linux" {
		t.Errorf("for x86_64: %s", e.Kernel.S)
	}
	if e := c.Profile("menu").Start.Entries[0]; e.Kernel.S != "debian/12/linux" || wordsOf(e) != "quiet mirror=entry" || e.Name != "e" {
		t.Errorf("in a menu: %+v", e)
	}
}

// What cannot be booted is told of once, in the place of its files; it is no reason not to have a catalog.
func TestImagesThatAreNotThere(t *testing.T) {
	c := mustBuild(t, Spec{Images: testImages, Profiles: []*Draft{imageDraft("a", "debian/99"), inheriting(imageDraft("b", "broken/1"), "a"), imageDraft("c", "debian/12")}})
	var got []string
	for _, f := range c.Files() {
		got = append(got, f.What+" "+f.As+" "+f.Trouble+": "+f.Expected)
	}
	want := []string{"image debian/99 is not here: expected it to be pulled: bootlace images pull debian/99", "image broken/1 is hidden: expected something", "kernel debian/12/linux : ", "file debian/12/initrd.gz : "}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	none := mustBuild(t, Spec{Profiles: []*Draft{imageDraft("a", "debian/12")}})
	if f := none.Files(); len(f) != 1 || f[0].Trouble == "" {
		t.Errorf("without any images: %+v", f)
	}
}
