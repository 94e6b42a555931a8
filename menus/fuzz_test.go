// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"errors"
	"io/fs"
	"net/netip"
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/boot"
)

// FuzzTemplate compiles and renders any template as a parameter and as a file: it is refused or it renders, and what
// renders as a parameter stands in its line.
func FuzzTemplate(f *testing.F) {
	for _, s := range []string{
		"{{ .vars.a }}", "{{ .vars.b | default .vars.a }}", "{{ default (.vars.x) .vars.y.z }}", `{{ url "x" }}`, `{{ include "p" . }}`,
		`{{ include "p" .vars }}`, `{{ template "p" . }}`, `{{ define "q" }}{{ url "x" }}{{ end }}{{ include "q" . }}`,
		"{{ range $i, $v := .vars.list }}{{ $i }}{{ $v.k | default $i }}{{ end }}", "{{ with .vars.list }}{{ . }}{{ else }}{{ $.mac }}{{ end }}",
		"{{ if .vars.a }}a b{{ else if .vars.b }}c{{ end }}", "{{ $x := .vars.a }}{{ $x }}", "{{ $x := .vars.a }}{{ $x = 1 }}{{ $x | words }}",
		"{{ break }}", "{{ nil }}", "{{ .  }}", "{{ $ }}", "{{ (.vars).a }}", "{{ (url \"x\") | b64 }}", "{{ .vars.list | json }}", "{{ .vars | yaml }}",
		"{{ sha512crypt \"x\" }}", "{{ secret \"x\" }}", "{{ done_url }}", "{{ file_url \"f\" }}", "{{ file_url .vars.a | words }}", "{{- /* c */ -}}", "{{ block \"b\" . }}{{ .mac }}{{ end }}", "{{ printf \"%s\" .mac }}",
		"{{ _words \"x\" \"a b\" }}", "{{ _find . \"vars\" \"a\" }}", "{{ required \"m\" .vars.q }}", "{{ .vars.a.b.c }}", "{{ index .vars \"a\" }}",
		"{{ call .vars.a }}", "{{ len .vars.list }}", "{{ html .vars.a }}", "{{ 1.5 }}", "{{ indent 99999 \"x\" }}", "{{ range 3 }}x{{ end }}",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.Contains(s, "range") && strings.ContainsAny(s, "0123456789") || strings.Contains(s, "indent") || strings.Contains(s, "printf") {
			return // an author may ask for as much as he likes
		}
		prof := &boot.Draft{Profile: boot.Profile{
			Entry: boot.Entry{Name: "p", Kernel: txt("linux"), Cmdline: txts("begin", s, "end")},
			Files: map[string]*boot.FileSpec{"f": {Path: "f", Template: txt(s)}},
			Vars:  boot.Vars{"a": "1", "list": []any{boot.Vars{"k": "v"}, "x"}},
		}}
		host := &boot.Host{Name: "h", Profile: "p", Match: boot.Match{MACs: []boot.MAC{hostMAC(1)}}}
		cat, _ := boot.Build(boot.Spec{Profiles: []*boot.Draft{prof}, Hosts: []*boot.Host{host}})
		if cat == nil {
			return
		}
		tree, problems := New(cat, Options{Templates: map[string]boot.Text{"p": txt("{{ .mac }}")}})
		p := cat.Plan(boot.Client{MAC: hostMAC(1)})
		script, err := open(t, tree, p, "boot.ipxe")
		if err != nil && len(problems) == 0 && !strings.Contains(s, "secret") { // there are none here, which loading does not ask
			t.Errorf("loading has no complaint, a request says %v", err)
		}
		for _, pr := range problems {
			if err == nil && strings.Contains(pr.What, "profile p: cmdline: ") {
				t.Errorf("loading says %v, a request has no complaint", pr)
			}
		}
		if err == nil {
			m := readIPXE(t, script)
			if end := m.run(); end != "boot" || len(m.events) != 2 || !strings.HasPrefix(m.events[0], "kernel "+"http") || !strings.HasSuffix(m.events[0], " end") {
				if !strings.Contains(s, "${") { // which an author may write, and iPXE expands
					t.Errorf("%q ended with %q: %q", s, end, m.events)
				}
			}
		}
		_, _ = open(t, tree, p, "f")
	})
}

// FuzzOpen asks for any name: it exists or it does not, and nothing else happens. What is rendered for a machine that is to be
// installed is never harmless.
func FuzzOpen(f *testing.F) {
	for _, s := range []string{"boot.ipxe", "entry/e1.ipxe", "unlock/e1/00", "unlock//", "p/x/y", "p/", "entry/.ipxe", "pxelinux.cfg/C0", "grub.cfg-", "config.txt"} {
		f.Add(s)
	}
	tree, p := shop(f)
	f.Fuzz(func(t *testing.T, s string) {
		n, err := boot.ParseName(s)
		if err != nil {
			return
		}
		v := boot.Visit{Name: n, Client: p.Client, Server: boot.Endpoint{Host: netip.MustParseAddr("192.0.2.1")}}
		file, err := tree.Open(v, p)
		wanted := p
		wanted.Install = &boot.Install{}
		if role := tree.Role(v, wanted); !tree.Installs(v, wanted) && (err == nil || role != boot.RolePicture) {
			t.Errorf("%q is harmless: %v", s, role)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q: %v", s, err)
		}
		if err == nil && file.Size() == 0 {
			t.Errorf("%q is empty", s)
		}
	})
}
