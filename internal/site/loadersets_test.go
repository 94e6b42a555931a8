// SPDX-License-Identifier: Apache-2.0

package site

import (
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/images/loaders"
	"github.com/bootlace-net/bootlace/internal/pe/petest"
)

// TestLoaderSets: of host, groups and profile the most particular one's set counts, a loader that a profile names comes before all,
// and where a set has nothing for a machine it gets what it gets without. The offer, the tree and explain know the same file.
func TestLoaderSets(t *testing.T) {
	dir := t.TempDir()
	ipxe := petest.Section{Name: ".sbat", Data: []byte("ipxe,1,i,ipxe,2.0.0,u\n")}
	write(t, dir, map[string]string{
		"c/bootlace.yaml": "unknown: {profile: p}\n", "c/profiles/p.yaml": "local: true\nmenu: {entries: [{local: true}]}\nfirmware: {loaders: low}\n",
		"c/profiles/own.yaml": "local: true\nmenu: {entries: [{local: true}]}\nloader: {uefi-x64: own.efi}\nfirmware: {loaders: low}\n",
		"c/hosts/h.yaml": "groups:\n  - {name: all, match: {subnet: 10.0.0.0/8}, firmware: {loaders: middle}}\n  - {name: some, match: {subnet: 10.7.0.0/16}, firmware: {loaders: gone}}\nhosts:\n" +
			"  - {name: top, match: {mac: '02:00:00:00:00:01'}, profile: p, firmware: {loaders: high}}\n  - {name: own, match: {mac: '02:00:00:00:00:02'}, profile: own, firmware: {loaders: high}}\n",
		"images/own.efi": string(petest.Program(0x8664)), "low/snponly.efi": string(petest.Program(0x8664, ipxe)), "low/undionly.kpxe": "bios", "middle/ipxe.efi": string(petest.Program(0x8664, ipxe)),
		"high/shimx64.efi": string(petest.Program(0x8664, petest.Section{Name: ".vendor_cert", Data: make([]byte, 16)})), "high/grubx64.efi": string(petest.Program(0x8664)),
	})
	for _, set := range []string{"low", "middle", "high"} {
		if _, err := loaders.Add(filepath.Join(dir, "images"), set, false, time.Now(), filepath.Join(dir, set)); err != nil {
			t.Fatal(err)
		}
	}
	s, problems, err := Open(filepath.Join(dir, "c"), Overrides{State: dir})
	if err != nil || s == nil {
		t.Fatal(problems, err)
	}
	defer func() { _ = s.Images.Close() }()
	for _, tt := range []struct {
		mac  byte
		ip   string
		arch boot.Arch
		want string
		set  string
	}{
		{1, "10.0.0.1", boot.ArchX64, "loaders/high/shimx64.efi", "high"},
		{2, "10.0.0.1", boot.ArchX64, "own.efi", ""},
		{3, "10.0.0.1", boot.ArchX64, "loaders/middle/ipxe.efi", "middle"},
		{3, "10.0.0.1", boot.ArchX64HTTP, "loaders/middle/ipxe.efi", "middle"},
		{3, "10.7.0.1", boot.ArchX64, "snponly.efi", ""}, // the set of its group is not there
		{3, "192.0.2.9", boot.ArchX64, "loaders/low/snponly.efi", "low"},
		{3, "192.0.2.9", boot.ArchBIOS, "loaders/low/undionly.kpxe", "low"},
		{3, "192.0.2.9", boot.ArchARM64, "snp-arm64.efi", ""}, // it has none for such machines
	} {
		c := boot.Client{MAC: boot.MAC{2, 0, 0, 0, 0, tt.mac}, Archs: []boot.Arch{tt.arch}, Addr: netip.MustParseAddr(tt.ip)}
		x := s.Explain(c, netip.Addr{}, Reported{})
		if got := x.Plan.Loader.Path(); got != tt.want || x.Loaders != tt.set {
			t.Errorf("%+v: %s of set %q", tt, got, x.Loaders)
		}
		if x.Offer == nil || !strings.HasSuffix(x.Offer.File, tt.want) || len(x.Files) == 0 || !x.Files[0].OK || !strings.HasSuffix(x.Files[0].Name, tt.want) {
			t.Errorf("%+v: offer %+v, files %+v", tt, x.Offer, x.Files)
		}
		if got := x.Second; got != "" != (tt.want == "snponly.efi" || tt.want == "snp-arm64.efi") {
			t.Errorf("%+v: then %q", tt, got)
		}
		if local := s.Catalog.Local(x.Plan); local.Loader.Path() != tt.want {
			t.Errorf("%+v: to its disk by %s", tt, local.Loader)
		}
	}
	v := s.Explain(boot.Client{MAC: boot.MAC{2, 0, 0, 0, 0, 1}, Archs: []boot.Arch{boot.ArchX64}}, netip.Addr{}, Reported{}).SecureBoot
	if v == nil || len(v.Steps) != 2 || v.Steps[1].Name != "loaders/high/grubx64.efi" {
		t.Errorf("%+v", v)
	}
	var missing []string
	for _, p := range s.Missing() {
		missing = append(missing, p.What+": "+p.Expected)
	}
	if strings.Join(missing, "\n") != "set of loaders gone is not here: expected it to be added: bootlace loaders add gone SOURCE" {
		t.Errorf("%q", missing)
	}
}

// TestAfterShim: what a shim of a name starts.
func TestAfterShim(t *testing.T) {
	for name, want := range map[string]string{"shimx64.efi": "grubx64.efi", "deb/shimaa64.efi.signed": "deb/grubaa64.efi", "x/snponly-shim.efi": "x/snponly.efi", "ipxe-shimx64.efi": "ipxe.efi"} {
		if got := afterShim(name); got != want {
			t.Errorf("%s starts %s, expected %s", name, got, want)
		}
	}
}
