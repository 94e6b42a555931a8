// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/boot"
)

func newHost(name string) NewHost {
	return NewHost{Name: name, MAC: boot.MAC{0x52, 0x54, 0, 0, 0, 9}, Profile: "tiny"}
}

const newItem = `  - name: "new"
    match: {mac: "52:54:00:00:00:09"}
    profile: "tiny"
`

func TestAddHosts(t *testing.T) {
	for _, tt := range []struct{ name, src, want string }{
		{"no file yet", "", "hosts:\n" + newItem},
		{"only a comment", "# of rack 7\n", "# of rack 7\nhosts:\n" + newItem},
		{"below the last", "hosts:\n  # the first\n  - {name: a, match: {mac: '52:54:00:00:00:01'}} # in front\n\n  - name: b\n    match: {serial: x}\n# the end\n",
			"hosts:\n  # the first\n  - {name: a, match: {mac: '52:54:00:00:00:01'}} # in front\n\n  - name: b\n    match: {serial: x}\n# the end\n" + newItem},
		{"before what follows", "hosts:\n  - {name: a}\n\n# rules\ngroups:\n  - {name: g}\n", "hosts:\n  - {name: a}\n" + newItem + "\n# rules\ngroups:\n  - {name: g}\n"},
		{"another layout", "hosts:\n- name:   a\n", "hosts:\n  - name: a\n" + newItem},
		{"groups only", "groups:\n  - {name: g}\n", "groups:\n  - {name: g}\nhosts:\n" + newItem},
		{"several documents", "groups:\n  - {name: g}\n---\nhosts:\n  - {name: a}\n---\nhosts:\n  - {name: b}\n",
			"groups:\n  - {name: g}\n---\nhosts:\n  - {name: a}\n" + newItem + "---\nhosts:\n  - {name: b}\n"},
		{"a text at the end", "hosts:\n  - name: a\n    vars:\n      t: |\n        one\n        two\n", "hosts:\n  - name: a\n    vars:\n      t: |\n        one\n        two\n" + newItem},
	} {
		got, err := AddHosts([]byte(tt.src), []NewHost{newHost("new")})
		if diff := cmp.Diff(tt.want, string(got)); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", tt.name, err, diff)
		}
	}
}

func TestAddHostsIsRefused(t *testing.T) {
	for _, tt := range []struct {
		name, src, host string
		want            error
	}{
		{"a list in one line", "hosts: [{name: a}]\n", "new", errNoPlace}, {"an empty one", "hosts: []\n", "new", errNoPlace},
		{"nothing behind it", "hosts:\n", "new", errNoPlace}, {"no mapping", "- a\n", "new", errNoPlace},
		{"a name that is none", "", "a\n  - b", ErrHostName}, {"no name", "", "", ErrHostName},
	} {
		if got, err := AddHosts([]byte(tt.src), []NewHost{newHost(tt.host)}); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v\n%s", tt.name, err, got)
		}
	}
	if _, err := AddHosts([]byte("hosts: {\n"), []NewHost{newHost("new")}); err == nil {
		t.Error("what is no YAML is taken")
	}
}

// hostile is a host with a text wherever there can be one.
func hostile(text string) NewHost {
	h := newHost("new")
	h.Note, h.Labels, h.Vars = text, map[string]string{"k" + text: text}, boot.Vars{"v": text, text + "w": []any{text}}
	return h
}

func hostsIn(text []byte) *Spec {
	return HostsFile(fstest.MapFS{"h.yaml": {Data: text}}, "h.yaml", "")
}

// addedTo checks that of a file all is as it was, and that the host is read as it was meant.
func addedTo(t *testing.T, src, text string) {
	t.Helper()
	out, err := AddHosts([]byte(src), []NewHost{hostile(text)})
	if err != nil {
		return // refused
	}
	before, after := hostsIn([]byte(src)), hostsIn(out)
	if len(before.Problems) > 0 {
		return
	}
	if len(after.Problems) > 0 || len(after.Hosts) != len(before.Hosts)+1 || len(after.Groups) != len(before.Groups) {
		t.Fatalf("%q in %q: %v\n%s", text, src, after.Problems, out)
	}
	found := false
	for _, h := range after.Hosts {
		found = found || h.Name == "new" && h.Labels["k"+text] == text && h.Vars["v"] == text
	}
	if !found {
		t.Fatalf("%q in %q: it is not there\n%s", text, src, out)
	}
}

func TestAddHostsHostile(t *testing.T) {
	for _, text := range []string{
		"a\nhosts:\n  - name: evil", "\x1b[2J", "#", " # x", "- ", "{{ secret \"a\" }}", "\"", "'", "\\", "\u2028\u0085", ": ", "%YAML", "---", "&a", "*a", "!!x", "é",
	} {
		addedTo(t, "", text)
		addedTo(t, "hosts:\n  - {name: a, match: {serial: x}}\n", text)
		out, err := AddHosts(nil, []NewHost{hostile(text)})
		if err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if strings.ContainsAny(string(out), "\x1b\r\u2028\u0085") {
			t.Errorf("%q is written as it is:\n%q", text, out)
		}
	}
}

func FuzzAddHosts(f *testing.F) {
	f.Add("hosts:\n  - {name: a, match: {serial: x}}\n", "text")
	f.Add("groups:\n- name: b # c\n---\nhosts:\n# d\n- name: a\n", "a\n# b")
	f.Add("hosts:\n  - &a {name: a}\n  - <<: *a\n", "\x00")
	f.Fuzz(func(t *testing.T, src, text string) { addedTo(t, src, text) })
}
