// SPDX-License-Identifier: Apache-2.0

package files

import (
	"context"
	"errors"
	"io/fs"
	"net/netip"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/tftpd"
)

func TestNames(t *testing.T) {
	d, err := OpenDir(tree(t, map[string]string{
		"Boot/BCD": "bcd", "pxelinux.0": "pxe", "hosts/10.0.0.5/conf": "mine", "hosts/52-54-00-12-34-56/conf": "by mac", "conf": "all",
		"two": "lower", "TWO": "upper",
	}))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	rules := func(texts ...string) (rs Rules) {
		for _, s := range texts {
			r, err := ParseRule(s)
			if err != nil {
				t.Fatal(err)
			}
			rs = append(rs, r)
		}
		return rs
	}
	final := func(rs Rules) Rules { rs[0].Final = true; return rs }
	mac := func(*tftpd.Request) (boot.MAC, bool) { return boot.MAC{0x52, 0x54, 0, 0x12, 0x34, 0x56}, true }
	for _, tt := range []struct {
		names Names
		ask   string
		want  string // or error code
	}{
		{Names{}, `\Boot\BCD`, "bcd"},
		{Names{}, "//Boot//BCD", "bcd"},
		{Names{}, "pxelinux.0\xff", "pxe"},
		{Names{}, "pxelinux.0\x01\xff\xff", "pxe"},
		{Names{}, "pxelinux.0\xffleft over", "pxe"},
		{Names{}, "pxelinux.0 \r\n", "pxe"},
		{Names{}, "\xff", "1"},
		{Names{}, "boot/bcd", "1"},
		{Names{FoldCase: true}, "boot/bcd", "bcd"},
		{Names{FoldCase: true}, `\BOOT\BCD`, "bcd"},
		{Names{FoldCase: true}, "Two", "1"},
		{Names{FoldCase: true}, "TWO", "upper"},
		{Names{FoldCase: true}, "../BOOT/bcd", "2"},
		{Names{Rules: final(rules("^tftpboot/=", "x=y"))}, "/tftpboot/pxelinux.0", "pxe"},
		{Names{Rules: rules("^tftpboot/=", "x=y")}, "/tftpboot/pxelinux.0", "1"}, // looks for pyelinuy.0
		{Names{Rules: rules(`^(.*)\.efi$=$1.0`)}, "pxelinux.efi", "pxe"},
		{Names{Rules: rules(`^private=!`)}, "private/key", "2"},
		{Names{Rules: rules("^a$=b", "^b$=pxelinux.0")}, "a", "pxe"}, // each sees what the one before made of it
		{Names{Rules: rules("^a$=private/key", "^private=!")}, "a", "2"},
		{Names{Rules: rules(`^=../`)}, "secret", "2"},
		{Names{PerAddress: "hosts/%a"}, "conf", "mine"},
		{Names{PerAddress: "hosts/%a"}, "pxelinux.0", "pxe"},
		{Names{PerAddress: "hosts/%m"}, "conf", "all"},
		{Names{PerAddress: "hosts/%m", MAC: mac}, "conf", "by mac"},
		{Names{PerAddress: "hosts/%a"}, "../10.0.0.6/conf", "2"},
	} {
		tt.names.Opener = d
		got, err := read(t, &tt.names, tt.ask)
		if err != nil {
			got = tftpd.CodeOf(err).Label()
		}
		if got != tt.want {
			t.Errorf("%q with %+v = %q (%v), want %q", tt.ask, tt.names, got, err, tt.want)
		}
	}
	for _, bad := range []string{"", "x", "(=y"} {
		if _, err := ParseRule(bad); err == nil {
			t.Errorf("rule %q was accepted", bad)
		}
	}
}

// TestRules: one after the other, until one refuses or is final.
func TestRules(t *testing.T) {
	rules := Rules{
		{Match: regexp.MustCompile(`^/?tftpboot/`)},
		{Match: regexp.MustCompile(`(?i)^secret`), Deny: true},
		{Match: regexp.MustCompile(`^([a-z]+)-([0-9]+)$`), Replace: "$1/$2", Final: true},
		{Match: regexp.MustCompile(`/`), Replace: "_"},
	}
	for name, want := range map[string]string{
		"/tftpboot/x": "x", "a-1": "a/1", "b/2/3": "b_2_3", "tftpboot/SECRET": "refused", "other": "other",
	} {
		got, err := rules.Apply(name)
		if errors.Is(err, fs.ErrPermission) {
			got = "refused"
		}
		if got != want {
			t.Errorf("%s: got %s (%v), want %s", name, got, err, want)
		}
	}
}

func FuzzNames(f *testing.F) {
	for _, s := range []string{"a", `\Boot\BCD`, "//a//b", "../a", `..\a`, "a\xff", "....//a", "./../a", "a/..", "C:/a", "%2e%2e/a", "a\x00b", " a ", "/"} {
		f.Add(s)
	}
	rule, err := ParseRule("^x/=../")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if s, err := clean(name); err == nil {
			if again, err := clean(s); again != s || err != nil || strings.Contains(s, "//") || strings.Contains(s, `\`) {
				t.Fatalf("%q is cleaned to %q, and that to %q, %v", name, s, again, err)
			}
		}
		if s, err := clean(name); err == nil && (!fs.ValidPath(s) && strings.ToValidUTF8(s, "") == s || path.IsAbs(s) || s == ".." || strings.HasPrefix(s, "../")) {
			t.Fatalf("%q is cleaned to %q", name, s)
		}
		n := Names{Rules: Rules{rule}, PerAddress: "hosts/%a", Opener: opener(func(r tftpd.Request) {
			if s, err := clean(r.Name); err == nil && strings.Contains("/"+s+"/", "/../") {
				t.Fatalf("%q leads to %q", name, s)
			}
		})}
		n.Open(context.Background(), &tftpd.Request{Name: name, Remote: netip.MustParseAddrPort("10.0.0.5:2000")})
	})
}

type opener func(tftpd.Request)

func (o opener) Open(_ context.Context, r *tftpd.Request) (tftpd.Content, error) {
	o(*r)
	return nil, fs.ErrNotExist
}
