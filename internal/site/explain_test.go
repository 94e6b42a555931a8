// SPDX-License-Identifier: Apache-2.0

package site

import (
	"cmp"
	"crypto/x509"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/tinkerbell/ipxedust/binary"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/pe"
	"github.com/bootlace-net/bootlace/internal/pe/petest"
	"github.com/bootlace-net/bootlace/internal/secureboot"
)

// A relayed request tells the relay's address, which dhcp.allow is about.
func TestExplainOfARelayedMachine(t *testing.T) {
	s := siteOf(t, map[string]string{
		"bootlace.yaml":   "unknown: menu\ndhcp: {allow: [10.0.7.0/24]}\n",
		"profiles/p.yaml": "local: true\n",
		"hosts/h.yaml": "hosts:\n  - {name: near, match: {relay: 10.0.7.1, circuit: port1}, profile: p}\n" +
			"  - {name: far, match: {relay: 10.0.8.1, circuit: port1}, profile: p}\n",
	}, nil)
	for host, answered := range map[string]bool{"near": true, "far": false} {
		c := s.Catalog.Host(host).Match.Example()
		x := s.Explain(c, netip.Addr{}, Reported{})
		if x.Host != host || x.Offer == nil || (len(x.Offer.Offer) > 0) != answered {
			t.Errorf("%s: %+v %+v, want an offer: %v", host, x, x.Offer, answered)
		}
		relayed := slices.ContainsFunc(x.Offer.Offer, func(l string) bool { return strings.Contains(l, "giaddr "+c.Relay.String()) })
		if relayed != answered {
			t.Errorf("%s: the offer does not go to the relay: %q", host, x.Offer.Offer)
		}
	}
	anywhere := s.Explain(boot.Client{MAC: boot.MAC{2, 0, 0, 0, 0, 1}}, netip.Addr{}, Reported{})
	if anywhere.Offer == nil || len(anywhere.Offer.Offer) == 0 {
		t.Errorf("a machine of which nobody said where it is: %+v", anywhere.Offer)
	}
}

// Firmware with Secure Boot on refuses a loader without a signature, which is said of no other.
func TestExplainSecureBoot(t *testing.T) {
	config := map[string]string{"bootlace.yaml": "unknown: menu\n"}
	plain := siteOf(t, config, nil)
	owner := petest.New(t, "Owner", nil, true)
	signed, err := pe.Sign(binary.IpxeEFI, owner.Key, owner.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		what string
		site *Site
		c    boot.Client
		want bool
	}{
		{"our iPXE", plain, boot.Client{Archs: []boot.Arch{boot.ArchX64}}, true},
		{"by HTTP Boot", plain, boot.Client{Archs: []boot.Arch{boot.ArchX64HTTP}}, true},
		{"on a BIOS", plain, boot.Client{Archs: []boot.Arch{boot.ArchBIOS}}, false},
		{"an iPXE that is already there", plain, boot.Client{Archs: []boot.Arch{boot.ArchX64}, Stage: boot.StageIPXE}, false},
		{"signed by the operator", siteOf(t, config, map[string]string{"ipxe.efi": string(signed)}), boot.Client{Archs: []boot.Arch{boot.ArchX64}}, false}, // and served as it was signed
	} {
		tc.c.MAC = boot.MAC{2, 0, 0, 0, 0, 1}
		x := tc.site.Explain(tc.c, netip.Addr{}, Reported{})
		if got := strings.Contains(strings.Join(x.Notes, "\n"), "Secure Boot"); got != tc.want {
			t.Errorf("%s: %q", tc.what, x.Notes)
		}
	}
}

// TestExplainSecureBootChain: what the firmware starts, what that starts, and what the profile boots are judged as they are served.
func TestExplainSecureBootChain(t *testing.T) {
	microsoft, distro, owner := petest.New(t, "Microsoft", nil, true), petest.New(t, "Distro", nil, true), petest.New(t, "Owner", nil, true)
	sbat := petest.Section{Name: ".sbat", Data: []byte("grub,5,g,grub2,2.12,u\n")}
	kernel := petest.Program(0x8664, petest.Section{Name: ".text", Data: []byte("6.1.0")})
	copy(kernel[0x202:], "HdrS")
	sign := func(b []byte, by *petest.Identity) string {
		out, err := pe.Sign(b, by.Key, by.Certificate)
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	images := map[string]string{
		"deb/shimx64.efi": sign(petest.Program(0x8664, petest.Vendor(distro.Certificate, nil)), microsoft), "deb/grubx64.efi": sign(petest.Program(0x8664, sbat), distro),
		"good": sign(kernel, distro), "bad": sign(kernel, owner), "arm": sign(petest.Program(0xaa64, sbat), distro),
	}
	config := map[string]string{"profiles/base.yaml": "loader: {uefi: deb/shimx64.efi}\nlocal: true\n", "hosts/h.yaml": "hosts:\n"}
	for i, name := range []string{"good", "bad", "arm", "tmpl"} {
		file := map[string]string{"tmpl": "https://example.net/linux"}[name]
		config["profiles/"+name+".yaml"] = "inherits: base\nkernel: " + cmp.Or(file, name) + "\n"
		config["hosts/h.yaml"] += fmt.Sprintf("  - {name: %s, match: {mac: '02:00:00:00:00:0%d'}, profile: %s}\n", name, i+1, name)
	}
	s := siteOf(t, config, images)
	for i, want := range []string{
		"yes deb/shimx64.efi: the firmware trusts Microsoft", "no bad: it is signed by Owner, shim trusts Distro, and what the machine's owner enrolled with MokManager",
		"no arm: it is for arm64, the machine is x86_64", "unknown https://example.net/linux: it cannot be read: what it is is decided when it is fetched",
	} {
		c := boot.Client{MAC: boot.MAC{2, 0, 0, 0, 0, byte(i + 1)}, Archs: []boot.Arch{boot.ArchX64}}
		f := secureboot.Firmware{DB: &pe.Database{Certificates: []*x509.Certificate{microsoft.Certificate}}}
		v := s.Explain(c, netip.Addr{}, Reported{Firmware: f}).SecureBoot
		if v == nil || string(v.Answer)+" "+v.Why != want || len(v.Steps) != 3 {
			t.Errorf("%+v, expected %s", v, want)
		}
	}
}

// A machine whose answer is its own disk is sent there at once, without a loader that firmware might refuse.
func TestExplainOfAMachineThatGoesToItsDisk(t *testing.T) {
	s := siteOf(t, map[string]string{"profiles/p.yaml": "local: true\n", "hosts/h.yaml": "hosts: [{name: a, match: {mac: '52:54:00:00:00:01'}, profile: p}]\n"}, nil)
	for _, arch := range []boot.Arch{boot.ArchBIOS, boot.ArchX64, boot.ArchX64HTTP} {
		x := s.Explain(boot.Client{MAC: boot.MAC{0x52, 0x54, 0, 0, 0, 1}, Archs: []boot.Arch{arch}}, netip.Addr{}, Reported{})
		if x.Offer == nil || x.Offer.Why != "its answer is its own disk" || len(x.Offer.Offer) == 0 || len(x.Offer.Port4011) > 0 || len(x.Notes) > 0 {
			t.Errorf("%s: offer %+v, notes %q", arch, x.Offer, x.Notes)
		}
	}
}
