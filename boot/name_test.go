// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func comparePrefixes() cmp.Option {
	return cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })
}

func TestParseName(t *testing.T) {
	m := mac(t, "52:54:00:12:34:56")
	u, _ := ParseUUID("4c4c4544-0032-4610-8053-b7c04f4d5031")
	for in, want := range map[string]Name{
		"boot.ipxe":                         {Kind: KindIPXE, Base: "boot.ipxe"},
		"/m/52-54-00-12-34-56/boot.ipxe":    {Kind: KindIPXE, Machine: m, Base: "boot.ipxe"},
		`\Boot\x64\wdsmgfw.efi`:             {Dir: "Boot/x64", Base: "wdsmgfw.efi"},
		"ipxe.efi\xff\xff":                  {Base: "ipxe.efi"},
		"ipxe.efi\xffleft over":             {Base: "ipxe.efi"},
		"ipxe.efi \r\n":                     {Base: "ipxe.efi"},
		"ipxe.efi\x00\x01":                  {Base: "ipxe.efi"},
		"größe":                             {Base: "größe"},
		"größe\xff":                         {Base: "größe"},
		"pxelinux.cfg/01-52-54-00-12-34-56": {Kind: KindPXELinux, Base: "01-52-54-00-12-34-56", By: Search{MAC: m}},
		"deb//pxelinux.cfg/4c4c4544-0032-4610-8053-b7c04f4d5031": {Kind: KindPXELinux, Dir: "deb", Base: u.String(), By: Search{UUID: u}},
		"pxelinux.cfg/C0A8":                    {Kind: KindPXELinux, Base: "C0A8", By: Search{Prefix: netip.MustParsePrefix("192.168.0.0/16")}},
		"pxelinux.cfg/default":                 {Kind: KindPXELinux, Base: "default", By: Search{Default: true}},
		"pxelinux.cfg/default-arm-bcm283x-rpi": {Kind: KindPXELinux, Base: "default-arm-bcm283x-rpi", By: Search{Default: true, Platform: "arm-bcm283x-rpi"}},
		"/grub/grub.cfg-01-52-54-00-12-34-56":  {Kind: KindGRUB, Dir: "grub", Base: "grub.cfg-01-52-54-00-12-34-56", By: Search{MAC: m}},
		"525400123456.ipxe":                    {Kind: KindIPXE, Base: "525400123456.ipxe", By: Search{MAC: m}},
		"extlinux/extlinux.conf":               {Kind: KindExtlinux, Dir: "extlinux", Base: "extlinux.conf"},
		"m/00-00-00-00-00-00/x":                {Dir: "m/00-00-00-00-00-00", Base: "x"},
	} {
		got, err := ParseName(in)
		if err != nil {
			t.Errorf("%q: %v", in, err)
		}
		if diff := cmp.Diff(want, got, comparePrefixes()); diff != "" {
			t.Errorf("%q (-want +got):\n%s", in, diff)
		}
	}
}

func TestParseNameErrors(t *testing.T) {
	for in, want := range map[string]error{
		"": ErrNameEmpty, "/": ErrNameEmpty, "./": ErrNameEmpty, "\xff": ErrNameEmpty,
		"../etc/passwd": ErrNameOutside, `..\..\x`: ErrNameOutside, "a/../b": ErrNameOutside, "a/..\xff": ErrNameOutside,
		"a\x00b": ErrNameBytes, strings.Repeat("x", MaxName+1): ErrNameLong,
	} {
		if _, err := ParseName(in); !errors.Is(err, want) {
			t.Errorf("%q: got %v, want %v", in, err, want)
		}
	}
}

// FuzzName: what is parsed prints as something that parses to the same, and never points outside.
// TestCleanName: a path is cleaned as a name is, and nothing is taken for a machine's prefix.
func TestCleanName(t *testing.T) {
	for in, want := range map[string]string{
		`\\Boot\BCD`: "Boot/BCD", "//a/./b": "a/b", "a\xff\x00": "a", "m/52-54-00-00-00-01/x": "m/52-54-00-00-00-01/x",
		"m/52:54:00:00:00:01/x": "m/52:54:00:00:00:01/x", "pxelinux.cfg/default": "pxelinux.cfg/default",
	} {
		if got, err := CleanName(in); err != nil || got != want {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	if got, err := CleanName("a/../b"); !errors.Is(err, ErrNameOutside) || got != "" {
		t.Errorf("%q, %v", got, err)
	}
}

func FuzzName(f *testing.F) {
	for _, s := range []string{
		"boot.ipxe", "m/52-54-00-12-34-56/pxelinux.cfg/01-52-54-00-12-34-56", `\Boot\BCD`, "a/b\xff/.", "a/..\xff/",
		"grub.cfg-C0A80001", "m/52-54-00-12-34-56/m/52-54-00-12-34-57/x", "pxelinux.cfg/pxelinux.cfg", "ä\xc3", "../x",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := ParseName(s)
		if err != nil {
			return
		}
		again, err := ParseName(n.String())
		if err != nil {
			t.Fatalf("%q became %q: %v", s, n, err)
		}
		if diff := cmp.Diff(n, again, comparePrefixes()); diff != "" {
			t.Fatalf("%q (-first +second):\n%s", s, diff)
		}
		for seg := range strings.SplitSeq(n.String(), "/") {
			if seg == "" || seg == "." || seg == ".." {
				t.Fatalf("%q became %q", s, n)
			}
		}
	})
}
