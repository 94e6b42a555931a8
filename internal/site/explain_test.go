// SPDX-License-Identifier: Apache-2.0

package site

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/boot"
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
		x := s.Explain(c, netip.Addr{})
		if x.Host != host || x.Offer == nil || (len(x.Offer.Offer) > 0) != answered {
			t.Errorf("%s: %+v %+v, want an offer: %v", host, x, x.Offer, answered)
		}
		relayed := slices.ContainsFunc(x.Offer.Offer, func(l string) bool { return strings.Contains(l, "giaddr "+c.Relay.String()) })
		if relayed != answered {
			t.Errorf("%s: the offer does not go to the relay: %q", host, x.Offer.Offer)
		}
	}
	anywhere := s.Explain(boot.Client{MAC: boot.MAC{2, 0, 0, 0, 0, 1}}, netip.Addr{})
	if anywhere.Offer == nil || len(anywhere.Offer.Offer) == 0 {
		t.Errorf("a machine of which nobody said where it is: %+v", anywhere.Offer)
	}
}

// Firmware with Secure Boot on refuses a loader without a signature, which is said of no other.
func TestExplainSecureBoot(t *testing.T) {
	config := map[string]string{"bootlace.yaml": "unknown: menu\n"}
	plain := siteOf(t, config, nil)
	ipxe, err := ask(t, plain, boot.TFTP, "ipxe.efi", one)
	if err != nil {
		t.Fatal(err)
	}
	signed := []byte(ipxe)
	header := binary.LittleEndian.Uint32(signed[0x3c:]) + 4 + 20   // of the optional header, behind the signature and the COFF header
	binary.LittleEndian.PutUint32(signed[header+112+4*8+4:], 1000) // the size of the certificates
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
		{"signed by the operator", siteOf(t, config, map[string]string{"ipxe.efi": string(signed)}), boot.Client{Archs: []boot.Arch{boot.ArchX64}}, false},
	} {
		tc.c.MAC = boot.MAC{2, 0, 0, 0, 0, 1}
		x := tc.site.Explain(tc.c, netip.Addr{})
		if got := strings.Contains(strings.Join(x.Notes, "\n"), "Secure Boot"); got != tc.want {
			t.Errorf("%s: %q", tc.what, x.Notes)
		}
	}
}

// A machine whose answer is its own disk is sent there at once, without a loader that firmware might refuse.
func TestExplainOfAMachineThatGoesToItsDisk(t *testing.T) {
	s := siteOf(t, map[string]string{"profiles/p.yaml": "local: true\n", "hosts/h.yaml": "hosts: [{name: a, match: {mac: '52:54:00:00:00:01'}, profile: p}]\n"}, nil)
	for _, arch := range []boot.Arch{boot.ArchBIOS, boot.ArchX64, boot.ArchX64HTTP} {
		x := s.Explain(boot.Client{MAC: boot.MAC{0x52, 0x54, 0, 0, 0, 1}, Archs: []boot.Arch{arch}}, netip.Addr{})
		if x.Offer == nil || x.Offer.Why != "its answer is its own disk" || len(x.Offer.Offer) == 0 || len(x.Offer.Port4011) > 0 || len(x.Notes) > 0 {
			t.Errorf("%s: offer %+v, notes %q", arch, x.Offer, x.Notes)
		}
	}
}
