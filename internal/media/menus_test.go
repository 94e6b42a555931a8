// SPDX-License-Identifier: Apache-2.0

package media

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

func TestWords(t *testing.T) {
	for _, c := range []struct {
		line string
		keep bool
		want []string
	}{
		{`a  b	c`, false, []string{"a", "b", "c"}},
		{`menuentry "Try it" --class 'x y' {`, false, []string{"menuentry", "Try it", "--class", "x y", "{"}},
		{`/vmlinuz "ds=nocloud-net s=x" 'a b' ""`, true, []string{"/vmlinuz", `"ds=nocloud-net s=x"`, "a b", `""`}},
		{`open "quote`, false, []string{"open", "quote"}},
		{``, false, nil},
	} {
		if got := words(c.line, c.keep); !slices.Equal(got, c.want) {
			t.Errorf("%q: %q, want %q", c.line, got, c.want)
		}
	}
}

func TestArguments(t *testing.T) {
	a := arguments{"boot=live", "quiet", "---", "splash"}
	if got := strings.Join(a.without("boot").with("x=1", "quiet"), " "); got != "quiet x=1 --- splash" {
		t.Errorf("%q", got)
	}
	if len(a) != 4 || a[0] != "boot=live" {
		t.Errorf("the entry itself was changed: %v", a)
	}
	if !a.has("boot") || a.has("boo") {
		t.Error("has")
	}
	bad := arguments{"a", "{{x}}", "{url}x", "${net0}", "`id`", "||", "&&", "x;y", "#", "a\\b", "\x1b[31m", "b"}
	if got := bad.harmless(); !slices.Equal(got, arguments{"a", "b"}) {
		t.Errorf("%q is left", got)
	}
}

func TestReadGRUB(t *testing.T) {
	got := readGRUB(`
set kopts="quiet splash"
# menuentry "no" { linux /no }
submenu 'More' {
	menuentry 'Install $name ${release}' --class x {
		linuxefi ($root)/a/vmlinuz root=live:CDLABEL=X ${kopts} ${iso_path}
		initrdefi /a/one /a/two
	}
}
`, map[string]string{"release": "40"})
	want := []entry{{title: "Install  40", kernel: "()/a/vmlinuz", args: arguments{"root=live:CDLABEL=X", "quiet", "splash"}, initrds: []string{"/a/one", "/a/two"}}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(entry{})); diff != "" {
		t.Error(diff)
	}
}

func TestReadSyslinux(t *testing.T) {
	got := readSyslinux("LABEL a\n  MENU LABEL ^Boot it\n  KERNEL vmlinuz\n  APPEND initrd=one,/b/two quiet\nLABEL hdt\n KERNEL hdt.c32\n", "isolinux")
	want := []entry{{title: "Boot it", kernel: "isolinux/vmlinuz", initrds: []string{"isolinux/one", "/b/two"}, args: arguments{"quiet"}}, {title: "hdt"}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(entry{})); diff != "" {
		t.Error(diff)
	}
}

func TestVersion(t *testing.T) {
	for name, want := range map[string]string{
		"Ubuntu-Server 24.04.1 LTS": "24.04.1", "TALOS_V1_8_0": "1.8.0", "Fedora-S-dvd-x86_64-40": "40", "Kali GNU/Linux 2024.3rc3": "2024.3", "CDROM": "",
		"openSUSE-Leap-15.6-DVD-x86_64771": "15.6", "CCCOMA_X64FRE_EN-US_DV9": "", "14_1_RELEASE_AMD64_CD": "14.1",
	} {
		if got := version(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// FuzzMenus reads any text as a menu of each loader: what is left is text, and no more.
func FuzzMenus(f *testing.F) {
	f.Add("menuentry 'x' {\nset a=$a$a\nlinux /vmlinuz ${a} {{ .x }}\ninitrd /i\n}")
	f.Add("LABEL a\nMENU LABEL x\nKERNEL k\nAPPEND initrd=i ${net0/mac} || x")
	f.Add("title x\nlinux k\ninitrd i\noptions \"a b\" c")
	f.Fuzz(func(t *testing.T, text string) {
		all := append(append(readGRUB(text, map[string]string{"a": "b"}), readSyslinux(text, "d")...), readSystemd(text)...)
		for _, e := range all {
			if shown := title(e.title); strings.ContainsFunc(shown, func(r rune) bool { return !unicode.IsPrint(r) }) || len([]rune(shown)) > mostOfATitle {
				t.Errorf("the title %q", shown)
			}
			line := strings.Join(e.args.harmless(), " ")
			if len(line) > mostOfALine || strings.ContainsAny(line, "{}$`;\n\r\x00\x1b") {
				t.Errorf("the arguments %q", line)
			}
		}
	})
}
