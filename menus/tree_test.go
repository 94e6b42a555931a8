// SPDX-License-Identifier: Apache-2.0

package menus_test

import (
	"errors"
	"io"
	"io/fs"
	"net/netip"
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/menus"
)

var (
	vmMAC  = boot.MAC{0x52, 0x54, 0, 0x77, 0, 1}
	server = netip.MustParseAddr("192.0.2.1")
)

func words(list ...string) []boot.Text {
	var out []boot.Text
	for i, s := range list {
		out = append(out, boot.Text{S: s, Pos: boot.Pos{File: "profiles/tiny.yaml", Line: 3 + i, Column: 5}})
	}
	return out
}

func at(s string) boot.Text {
	return boot.Text{S: s, Pos: boot.Pos{File: "profiles/tiny.yaml", Line: 2, Column: 9}}
}

func tiny() *boot.Draft {
	return &boot.Draft{Profile: boot.Profile{
		Entry: boot.Entry{Name: "tiny", Kernel: at("tiny/linux"), Initrd: words("tiny/initrd.gz"),
			Cmdline: words("console=ttyS0 quiet", "token={{ .vars.token }}")},
	}}
}

func vm1() *boot.Host {
	return &boot.Host{Name: "vm1", Profile: "tiny", Match: boot.Match{MACs: []boot.MAC{vmMAC}}, Vars: boot.Vars{"token": "abcd1234"}}
}

func build(t testing.TB, spec boot.Spec) *boot.Catalog {
	t.Helper()
	cat, problems := boot.Build(spec)
	for _, p := range problems {
		if !p.Warning {
			t.Fatal(p)
		}
	}
	return cat
}

func tree(t testing.TB, cat *boot.Catalog, opts menus.Options) *menus.Tree {
	t.Helper()
	tr, problems := menus.New(cat, opts)
	for _, p := range problems {
		t.Fatal(p)
	}
	return tr
}

func name(t testing.TB, s string) boot.Name {
	t.Helper()
	n, err := boot.ParseName(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func get(t testing.TB, tr *menus.Tree, v boot.Visit, p boot.Plan) string {
	t.Helper()
	f, err := tr.Open(v, p)
	if err != nil {
		t.Fatalf("%s: %v", v.Name, err)
	}
	b, err := io.ReadAll(io.NewSectionReader(f, 0, f.Size()))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestFirstLook(t *testing.T) {
	cat := build(t, boot.Spec{Profiles: []*boot.Draft{tiny()}, Hosts: []*boot.Host{vm1()}})
	tr := tree(t, cat, menus.Options{})
	c := boot.Client{MAC: vmMAC, Archs: []boot.Arch{boot.ArchBIOS}}
	p := cat.Plan(c)
	for _, n := range tr.Names(p) {
		v := boot.Visit{Name: n, Client: p.Client, Server: server, HTTPPort: 8080}
		t.Logf("== %s\n%s", n, get(t, tr, v, p))
	}
	_, err := tr.Open(boot.Visit{Name: name(t, "m/52-54-00-77-00-01/pxelinux.cfg/01-52-54-00-00-00-00"), Client: c}, p)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	_ = strings.TrimSpace
}
