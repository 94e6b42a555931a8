// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"net/netip"
	"net/url"
	"strings"

	"github.com/bootlace-net/bootlace/internal/dhcp4"
)

// judgeBIOS follows PXE 2.1 and what its ROMs say when it fails.
func judgeBIOS(s *session) Verdict {
	o := s.sort()
	haveDHCP := len(o.dhcp)+len(o.dhcpPXE)+len(o.dhcpBINL) > 0
	all := append(append(append(o.proxyPXE, o.dhcpPXE...), o.proxyBINL...), o.dhcpBINL...)
	switch {
	case !haveDHCP && len(all) == 0:
		return fails("PXE-E51", "nobody answered; "+noDHCP)
	case !haveDHCP:
		return fails("PXE-E52", "only a ProxyDHCP server answered; "+noDHCP)
	case len(all) == 0 && o.dhcp[0].HeaderFile != "":
		return loads(o.dhcp[0], o.dhcp[0].HeaderFile, "no proxy's offer: the DHCP server's own boot file")
	case len(all) == 0 && o.dhcp[0].BootFile != "":
		return fails("PXE-E53", "the DHCP server names its boot file in option 67 only: many ROMs read the header's field")
	case len(all) == 0:
		return fails("PXE-E53", "no boot file: no ProxyDHCP server answers this kind of client, and the DHCP server names none")
	}
	if p := all[0]; p.PXE() {
		return s.choosePXE(p)
	}
	return s.askBINL(all[0], "PXE-E55", nil)
}

// judgeHTTP follows HttpBootDhcp4.c: the URL must be in the offer itself.
func judgeHTTP(s *session) Verdict {
	haveDHCP := s.opts.AssumeDHCP
	var http *dhcp4.Answer
	for i := range s.offers {
		p := &s.offers[i].Answer
		haveDHCP = haveDHCP || p.YIAddr.IsValid()
		if http == nil && strings.HasPrefix(p.Class, "HTTPClient") && p.Server.IsValid() && p.File() != "" {
			http = p
		}
	}
	switch {
	case !haveDHCP:
		return fails("no address", "HTTP Boot could not start; "+noDHCP)
	case http == nil:
		return fails("no boot URI", "no offer has option 60 HTTPClient and a URL: the firmware goes on with its next boot device")
	}
	u, err := url.Parse(http.File())
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return fails("no boot URI", "the boot file "+http.File()+" is no URL")
	}
	if _, err := netip.ParseAddr(u.Hostname()); err != nil {
		s.note("the URL's host is a name: UEFI firmware takes it only if DHCP gives a DNS server too")
	}
	if u.Scheme == "http" {
		s.note("some firmware takes https only (PcdAllowHttpConnections)")
	}
	return loads(http, http.File(), "the URL of a proxy's offer")
}

// judgeRPi looks for the one text its ROM knows.
func judgeRPi(s *session) Verdict {
	o := s.sort()
	if len(o.dhcp)+len(o.dhcpPXE)+len(o.dhcpBINL) == 0 {
		return fails("no address", "it asks for ever; "+noDHCP)
	}
	for _, p := range append(o.proxyPXE, o.dhcpPXE...) {
		if _, texts := p.Items(); strings.Contains(strings.Join(texts, "\n"), "Raspberry Pi Boot") {
			return loads(p, "", "option 43 {9} says Raspberry Pi Boot: it looks for its own file names on that server")
		}
	}
	return fails("no boot server", `no offer has "Raspberry Pi Boot" in its menu (option 43 {9}), without which the ROM ignores it`)
}
