// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"testing"

	"github.com/bootlace-net/bootlace/boot"
)

func hostMAC(i int) (m boot.MAC) {
	m[0] = 0x52
	binary.BigEndian.PutUint32(m[2:], uint32(i))
	return m
}

// fleet is a configuration of that many hosts and profiles, with a file and a few variables each.
func fleet(t testing.TB, hosts, profiles int) *boot.Catalog {
	t.Helper()
	var s boot.Spec
	for i := range profiles {
		name := fmt.Sprintf("p%03d", i)
		s.Profiles = append(s.Profiles, &boot.Draft{Profile: boot.Profile{
			Entry: boot.Entry{Name: name, Kernel: txt("images/" + name + "/linux"), Initrd: txts("images/" + name + "/initrd.gz"),
				Cmdline: txts("console=ttyS0", "quiet", "host={{ .host.name }}", "rack={{ .vars.rack }}", `ks={{ url "ks.cfg" }}`)},
			Vars: boot.Vars{"rack": "none"},
			Files: map[string]*boot.FileSpec{"ks.cfg": {Path: "ks.cfg", Template: boot.Text{
				S: "hostname {{ .host.name }}\nrack {{ .vars.rack }}\ndisk {{ .vars.disk | default \"/dev/sda\" }}\n", Pos: boot.Pos{File: name, Line: 9, Column: 1}}}},
		}})
	}
	for i := range hosts {
		s.Hosts = append(s.Hosts, &boot.Host{Name: fmt.Sprintf("host%05d", i), Profile: fmt.Sprintf("p%03d", i%profiles),
			Match: boot.Match{MACs: []boot.MAC{hostMAC(i)}}, Vars: boot.Vars{"rack": fmt.Sprintf("r%d", i/40)}})
	}
	cat, problems := boot.Build(s)
	if cat == nil {
		t.Fatal(problems)
	}
	return cat
}

func BenchmarkNew10000x200(b *testing.B) {
	cat := fleet(b, 10_000, 200)
	b.ReportAllocs()
	for b.Loop() {
		if _, problems := New(cat, Options{}); len(problems) > 0 {
			b.Fatal(problems[0])
		}
	}
}

func benchmarkOpen(b *testing.B, path string, cached bool) {
	cat := fleet(b, 1000, 20)
	tree, _ := New(cat, Options{})
	visits := make([]boot.Visit, 1000)
	plans := make([]boot.Plan, 1000)
	for i := range visits {
		n, err := boot.ParseName(path)
		if err != nil {
			b.Fatal(err)
		}
		c := boot.Client{MAC: hostMAC(i), Archs: []boot.Arch{boot.ArchBIOS}}
		plans[i] = cat.Plan(c)
		visits[i] = boot.Visit{Name: n.For(c.MAC), Client: plans[i].Client, Server: boot.Endpoint{Scheme: boot.HTTP, Host: netip.MustParseAddr("192.0.2.1"), Port: 80}}
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if i%len(visits) == 0 && !cached {
			tree.cache = cache{}
		}
		if _, err := tree.Open(visits[i%len(visits)], plans[i%len(visits)]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpenIPXE(b *testing.B)     { benchmarkOpen(b, "boot.ipxe", false) }
func BenchmarkOpenPXELinux(b *testing.B) { benchmarkOpen(b, "pxelinux.cfg/default", false) }
func BenchmarkOpenGRUB(b *testing.B)     { benchmarkOpen(b, "grub/grub.cfg", false) }
func BenchmarkOpenFile(b *testing.B)     { benchmarkOpen(b, "ks.cfg", false) }
func BenchmarkOpenCached(b *testing.B)   { benchmarkOpen(b, "boot.ipxe", true) }

// The cache is bounded, whatever is asked.
func TestCacheIsBounded(t *testing.T) {
	cat := fleet(t, 1, 1)
	tree, _ := New(cat, Options{})
	n, err := boot.ParseName("boot.ipxe")
	if err != nil {
		t.Fatal(err)
	}
	p := cat.Plan(boot.Client{MAC: hostMAC(0)})
	for i := range 3 * maxCached {
		c := p.Client
		c.Hostname = fmt.Sprint(i) // anything that a packet may say
		if _, err := tree.Open(boot.Visit{Name: n.For(c.MAC), Client: c, Server: boot.Endpoint{Host: netip.MustParseAddr("192.0.2.1")}}, p); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(tree.cache.young) + len(tree.cache.old); got > 2*maxCached {
		t.Errorf("%d files are kept, want at most %d", got, 2*maxCached)
	}
}

// Asking twice gives the same bytes, even of the same file: an UEFI ROM asks for the size first.
func TestSameFileTwice(t *testing.T) {
	cat := fleet(t, 1, 1)
	tree, _ := New(cat, Options{})
	p := cat.Plan(boot.Client{MAC: hostMAC(0)})
	n, err := boot.ParseName("boot.ipxe")
	if err != nil {
		t.Fatal(err)
	}
	v := boot.Visit{Name: n.For(p.Client.MAC), Client: p.Client, Server: boot.Endpoint{Host: netip.MustParseAddr("192.0.2.1")}}
	one, err := tree.Open(v, p)
	if err != nil {
		t.Fatal(err)
	}
	two, err := tree.Open(v, p)
	if err != nil {
		t.Fatal(err)
	}
	if one != two || one.Version() != two.Version() || one.Size() == 0 {
		t.Error("the second answer differs from the first")
	}
}
