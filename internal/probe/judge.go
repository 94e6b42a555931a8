// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"net/netip"
	"net/url"
	"strings"

	"github.com/bootlace-net/bootlace/internal/dhcp4"
)

// Verdict is what a client would do next.
type Verdict struct {
	Code string     // the firmware's error code, if it gives up
	Text string     // why, in words
	Host netip.Addr // where the file is
	File string     // name for TFTP, or a URL
}

func fails(code, text string) Verdict { return Verdict{Code: code, Text: text} }

func loads(p *dhcp4.Answer, file, text string) Verdict {
	return Verdict{Text: text, Host: p.Host(), File: file}
}

// offers sorted as EDK2 does (PxeBcDhcp4.c, PxeBcParseDhcp4Packet).
type sorted struct {
	dhcp, dhcpPXE, dhcpBINL   []*dhcp4.Answer // with an address
	proxyPXE, proxyBINL, both []*dhcp4.Answer // without; both holds all of them
}

func (s *session) sort() (o sorted) {
	for i := range s.offers {
		p := &s.offers[i].Answer
		switch pxe := strings.HasPrefix(p.Class, "PXEClient"); {
		case !p.Server.IsValid():
			s.note("%s sends no option 54 (server identifier): UEFI firmware drops its offer", s.offers[i].from)
		case p.Size > 1472:
			s.note("the offer of %s has %d bytes: UEFI firmware drops what is larger than 1472", p.Server, p.Size)
		case pxe && p.MTFTP():
			s.note("%s sends PXE options 1 to 5 (MTFTP): UEFI firmware drops its offer", p.Server)
		case pxe && p.PXE() && p.YIAddr.IsValid():
			o.dhcpPXE = append(o.dhcpPXE, p)
		case pxe && p.YIAddr.IsValid():
			o.dhcpBINL = append(o.dhcpBINL, p)
		case pxe && p.PXE():
			o.proxyPXE = append(o.proxyPXE, p)
		case pxe:
			o.proxyBINL = append(o.proxyBINL, p)
		case p.YIAddr.IsValid():
			o.dhcp = append(o.dhcp, p)
		default:
			s.note("the offer of %s has neither an address nor option 60 PXEClient: it means nothing to firmware", p.Server)
		}
	}
	o.both = append(append(o.both, o.proxyPXE...), o.proxyBINL...)
	if s.opts.AssumeDHCP && len(o.dhcp)+len(o.dhcpPXE)+len(o.dhcpBINL) == 0 {
		o.dhcp = append(o.dhcp, &dhcp4.Answer{})
	}
	return o
}

const noDHCP = "no DHCP server offered an address. Is one on this network, with addresses left for this machine?"

// judgeUEFI chooses in the order of PxeBcSelectOffer.
func judgeUEFI(s *session) Verdict {
	o := s.sort()
	switch {
	case len(o.dhcpPXE) > 0:
		return s.choosePXE(o.dhcpPXE[0])
	case len(o.dhcp) > 0 && len(o.proxyPXE) > 0:
		return s.choosePXE(o.proxyPXE[0])
	case len(o.dhcpBINL) > 0:
		p := o.dhcpBINL[0]
		s.note("%s", removeOption60(p))
		return s.askBINL(p, "PXE-E16", nil)
	case len(o.dhcp) > 0 && len(o.proxyBINL) > 0:
		return s.askBINL(o.proxyBINL[0], "PXE-E16", nil)
	case len(o.dhcp) > 0 && o.dhcp[0].File() != "":
		return loads(o.dhcp[0], o.dhcp[0].File(), "no proxy's offer: the DHCP server's own boot file")
	case len(o.dhcp) > 0:
		return fails("PXE-E16", "no offer to boot from came: no ProxyDHCP server answers this kind of client, and the DHCP server names no boot file")
	case len(o.both) > 0:
		return fails("PXE-E16", "only a ProxyDHCP server answered; "+noDHCP)
	default:
		return fails("PXE-E16", "nobody answered; "+noDHCP)
	}
}

func removeOption60(p *dhcp4.Answer) string {
	return "the DHCP server " + p.Server.String() + " sends option 60 PXEClient itself: UEFI firmware asks it for the boot file and never takes a proxy's offer. Remove option 60 there"
}

// choosePXE follows an offer with PXE options: the file at once, or an item of the menu.
func (s *session) choosePXE(p *dhcp4.Answer) Verdict {
	file := p.File()
	if s.kind.name == "bios" {
		file = p.HeaderFile
	}
	if p.BootNow() && file != "" {
		return loads(p, file, "the offer says to load its file at once (option 43 {6: 8})")
	}
	types, texts := p.Items()
	if len(types) == 0 {
		return s.askBINL(p, s.silentCode(), nil)
	}
	s.note("the boot menu's first item is %q (type %04x)", texts[0], types[0])
	if types[0] == 0 {
		return fails("PXE-E21", "the menu's first item is the local disk: the firmware goes on with its next boot device")
	}
	return s.askBINL(p, s.silentCode(), &types[0])
}

func (s *session) silentCode() string {
	if s.kind.name == "bios" {
		return "PXE-E55"
	}
	return "PXE-E16"
}

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

// judgeIPXE follows src/net/udp/dhcp.c.
func judgeIPXE(s *session) Verdict {
	o := s.sort()
	dhcp := append(append(o.dhcp, o.dhcpPXE...), o.dhcpBINL...)
	switch {
	case len(dhcp) == 0:
		return fails("no IP configuration (ipxe.org/040ee119)", "iPXE waits for an address; "+noDHCP)
	case len(o.both) == 0 && dhcp[0].File() != "":
		return loads(dhcp[0], dhcp[0].File(), "no proxy's offer: the DHCP server's own boot file")
	case len(o.both) == 0:
		return fails("nothing to boot (ipxe.org/2d03e13b)", "no ProxyDHCP server answered within iPXE's two seconds, and the DHCP server names no boot file")
	}
	p := o.both[0]
	if p.SIAddr.IsValid() && p.File() != "" {
		return loads(p, p.File(), "the offer has siaddr and a file: iPXE takes it at once")
	}
	if types, _ := p.Items(); len(types) > 0 {
		return s.askBINL(p, "no answer from port 4011", &types[0])
	}
	return s.askBINL(p, "no answer from port 4011", nil)
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
