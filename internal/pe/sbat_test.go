// SPDX-License-Identifier: Apache-2.0

package pe_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/internal/pe"
)

func TestSBAT(t *testing.T) {
	got, err := pe.ParseSBAT("sbat,1,SBAT Version,sbat,1,https://x\r\ngrub.debian, 5 ,\"De,bian\",grub2\n" + strings.Repeat("n", 500) + ",4294967295\n\x00\x00garbage")
	want := []pe.Component{{"sbat", 1, "SBAT Version", "sbat", "1", "https://x"}, {"grub.debian", 5, "De,bian", "grub2", "", ""}, {Name: strings.Repeat("n", 256), Generation: 4294967295}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for text, want := range map[string]string{
		"grub": "line 1: expected a name", ",1": "line 1: expected a name", "grub,0": "generation", "grub,-1": "generation", "grub,4294967296": "generation", "a,1\ngrub,x": "line 2",
		strings.Repeat("a,1\n", 200): "more than 128 lines", strings.Repeat("a", 70_000): "70000 bytes",
	} {
		if _, err := pe.ParseSBAT(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: %v, expected %s", text, err, want)
		}
	}
	levels, err := pe.ParseLevels("sbat,1,2025051000\nshim,4\ngrub,5\ngrub.proxmox,2\n")
	if diff := cmp.Diff(pe.Levels{Date: "2025051000", Least: []pe.Level{{"shim", 4}, {"grub", 5}, {"grub.proxmox", 2}}}, levels); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for _, program := range [][]pe.Component{nil, {{Name: "shim", Generation: 4}}, {{Name: "grub.x", Generation: 1}, {Name: "grub", Generation: 6}}} {
		if c, _, refused := levels.Refuse(program); refused {
			t.Errorf("%+v is refused for %+v", program, c)
		}
	}
	if c, least, refused := levels.Refuse([]pe.Component{{Name: "shim", Generation: 4}, {Name: "grub", Generation: 4}}); !refused || c.Name != "grub" || least != 5 {
		t.Errorf("%+v %d %v", c, least, refused)
	}
}

func FuzzSBAT(f *testing.F) {
	f.Add("sbat,1,SBAT Version,sbat,1,https://x\ngrub,5,\"x\ny\",,,\n")
	f.Add("sbat,1,2025051000\nshim,4\n\x00")
	f.Fuzz(func(t *testing.T, text string) {
		all, err := pe.ParseSBAT(text)
		if err == nil && len(all) > 128 {
			t.Errorf("%d lines", len(all))
		}
		for _, c := range all {
			if c.Name == "" || c.Generation == 0 || len(c.Name+c.Vendor+c.Package+c.Version+c.URL) > 5*256 {
				t.Errorf("%+v", c)
			}
		}
		levels, lerr := pe.ParseLevels(text)
		if (lerr == nil) != (err == nil) || len(levels.Least) > len(all) {
			t.Errorf("%v and %v: %d levels", err, lerr, len(levels.Least))
		}
	})
}
