// SPDX-License-Identifier: Apache-2.0

package site

import (
	"crypto/x509"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
)

// TestHTTPSIsForThoseWhoKnowUs: each program of a machine gets https:// addresses as far as its host, its group or its profile says
// that it knows the authority, and explain says which and why.
func TestHTTPSIsForThoseWhoKnowUs(t *testing.T) {
	config := map[string]string{
		"bootlace.yaml":      "unknown: menu\nhttp: {tls: {listen: [':8443']}}\n",
		"profiles/p.yaml":    "kernel: linux\ncmdline: ['ks={{ url \"seed\" }}']\nfiles: {seed: {content: x}}\n",
		"profiles/open.yaml": "inherits: [p]\nfirmware: {https: system}\n",
		"hosts/h.yaml": "groups:\n  - {name: rack, match: {labels: {rack: a}}, firmware: {https: loader}}\nhosts:\n" +
			"  - {name: nobody, match: {mac: '52:54:00:00:00:00'}, profile: p}\n" +
			"  - {name: firmware, match: {mac: '52:54:00:00:00:01'}, profile: p, firmware: {https: firmware}}\n" +
			"  - {name: loader, match: {mac: '52:54:00:00:00:02'}, profile: p, labels: {rack: a}}\n" +
			"  - {name: system, match: {mac: '52:54:00:00:00:03'}, profile: open}\n" +
			"  - {name: but, match: {mac: '52:54:00:00:00:04'}, profile: open, labels: {rack: a}, firmware: {https: none}}\n",
	}
	s := siteOf(t, config, map[string]string{"linux": "kernel"})
	for _, tt := range []struct {
		host                     string
		firmware, loader, system string // schemes
		why, at                  string
	}{
		{"nobody", "http", "http", "http", "http, for nobody says", ""},
		{"firmware", "https", "http", "http", "host firmware: https: firmware: ", "hosts/h.yaml"},
		{"loader", "https", "https", "http", "group rack: https: loader: ", "hosts/h.yaml"},
		{"system", "https", "https", "https", "profile open: https: system: ", "profiles/open.yaml"},
		{"but", "http", "http", "http", "host but: https: none: http", "hosts/h.yaml"},
	} {
		c := s.Catalog.Host(tt.host).Match.Example()
		c.Archs, c.Class = []boot.Arch{boot.ArchX64HTTP}, boot.ClassHTTP
		x := s.Explain(c, netip.Addr{}, Reported{})
		if x.Offer == nil || !strings.HasPrefix(x.Offer.File, tt.firmware+"://192.0.2.1") {
			t.Errorf("%s: the firmware is offered %+v, want %s", tt.host, x.Offer, tt.firmware)
		}
		if x.HTTPS == nil || !strings.HasPrefix(x.HTTPS.What, tt.why) || !strings.Contains(x.HTTPS.At, tt.at) {
			t.Errorf("%s: because %+v, want %q", tt.host, x.HTTPS, tt.why)
		}
		c.Stage, c.Class, c.Archs = boot.StageIPXE, boot.ClassPXE, []boot.Arch{boot.ArchX64}
		if x = s.Explain(c, netip.Addr{}, Reported{}); !strings.HasPrefix(x.Offer.File, tt.loader+"://") {
			t.Errorf("%s: its iPXE is offered %+v, want %s", tt.host, x.Offer, tt.loader)
		}
		script, err := ask(t, s, boot.HTTP, "boot.ipxe", c.MAC.String())
		if err != nil || !strings.Contains(script, tt.loader+"://10.0.0.254") || !strings.Contains(script, "ks="+tt.system+"://10.0.0.254") {
			t.Errorf("%s: want a kernel by %s and a seed by %s: %v\n%s", tt.host, tt.loader, tt.system, err, script)
		}
		if loader, _ := ask(t, s, boot.HTTP, "ipxe.efi", c.MAC.String()); !strings.Contains(loader, "chain --replace "+tt.loader+"://10.0.0.254") {
			t.Errorf("%s: the script that is filled into its loader does not go on by %s", tt.host, tt.loader)
		}
	}
	config["bootlace.yaml"] = "unknown: menu\nhttp: {tls: {listen: [':8443'], name: boot.example.org}}\n"
	named := siteOf(t, config, map[string]string{"linux": "kernel"})
	if script, err := ask(t, named, boot.HTTP, "boot.ipxe", "52:54:00:00:00:03"); !strings.Contains(script, "https://boot.example.org:8443/m/") {
		t.Errorf("%v\n%s", err, script)
	}
	config["bootlace.yaml"] = "unknown: menu\n"
	if x := siteOf(t, config, nil).Explain(boot.Client{MAC: boot.MAC{2}}, netip.Addr{}, Reported{}); x.HTTPS != nil {
		t.Errorf("without http.tls something is said of it: %+v", x.HTTPS)
	}
}

// TestDoubts: what keeps machines from taking a certificate is named, with what would help.
func TestDoubts(t *testing.T) {
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	good := x509.Certificate{NotBefore: now.AddDate(0, -1, 0), NotAfter: now.AddDate(1, 0, 0), DNSNames: []string{"boot.example.org"},
		IPAddresses: []net.IP{net.IPv4(10, 0, 0, 2)}}
	for _, tt := range []struct {
		what, name string
		change     func(*x509.Certificate)
		addresses  []string
		want       string
	}{
		{"good", "", func(*x509.Certificate) {}, []string{"10.0.0.2"}, ""},
		{"good by name", "boot.example.org", func(c *x509.Certificate) { c.IPAddresses = nil }, []string{"10.0.0.3"}, ""},
		{"expired", "", func(c *x509.Certificate) { c.NotAfter = now.Add(-time.Hour) }, nil, "expired on 2026-05-31"},
		{"soon", "", func(c *x509.Certificate) { c.NotAfter = now.AddDate(0, 0, 13) }, nil, "expires on 2026-06-14"},
		{"not yet", "", func(c *x509.Certificate) { c.NotBefore = now.Add(time.Hour) }, nil, "is valid from 2026-06-01"},
		{"another address", "", func(*x509.Certificate) {}, []string{"10.0.0.3"}, "is not for 10.0.0.3"},
		{"another name", "tftp.example.org", func(*x509.Certificate) {}, nil, "is not for tftp.example.org"},
		{"no address", "", func(c *x509.Certificate) { c.IPAddresses = nil }, nil, "is for no address"},
	} {
		c, s := good, configs.DefaultSettings()
		tt.change(&c)
		s.HTTP.TLS.Name = tt.name
		var addresses []netip.Addr
		for _, a := range tt.addresses {
			addresses = append(addresses, netip.MustParseAddr(a))
		}
		found := Doubts(&c, &s, addresses, now)
		if tt.want == "" && len(found) > 0 || tt.want != "" && (len(found) != 1 || !strings.Contains(found[0].What, tt.want) || found[0].Expected == "") {
			t.Errorf("%s: %+v, want %q", tt.what, found, tt.want)
		}
	}
}
