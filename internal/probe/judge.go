// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"net/netip"
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
	return "the DHCP server " + p.Server.String() + " sends option 60 PXEClient itself: UEFI firmware asks it for the boot file and never takes a proxy's offer. Remove option 60 there, unless Bootlace runs on that server itself"
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
