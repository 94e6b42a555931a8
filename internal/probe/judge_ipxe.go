// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"fmt"
	"strings"
	"time"

	"github.com/bootlace-net/bootlace/internal/dhcp4"
)

// What iPXE says when it gives up.
const (
	noIPConfiguration = "no IP configuration (ipxe.org/040ee119)"
	nothingToBoot     = "Nothing to boot (ipxe.org/2d03e13b)"
)

// iPXE waits two seconds for a proxy's offer when it has one with an address, and looks at the clock when an offer comes, and when
// it repeats its DISCOVER, after one second and after three (DHCP_DISC_PROXY_TIMEOUT_SEC in its config/dhcp.h).
const (
	proxyWait   = 2 * time.Second
	proxyGiveUp = 3 * time.Second
)

// inHand is what an iPXE has when it goes on to ask for its address: the offer with an address, and the one that says PXEClient.
// They may be the same.
type inHand struct{ dhcp, pxe *dhcp4.Answer }

// inHand follows dhcp_discovery_rx in iPXE's src/net/udp/dhcp.c: of equals the later offer counts, until there is one with an
// address and one that says PXEClient.
func (s *session) inHand() (h inHand) {
	for i := range s.offers {
		o := &s.offers[i]
		p := &o.Answer
		if h.dhcp != nil && o.at > proxyGiveUp {
			return h
		}
		if p.YIAddr.IsValid() && o.from.Port() == portServer && better(p, h.dhcp) {
			h.dhcp = p
		}
		if strings.HasPrefix(p.Class, "PXEClient") && p.Server.IsValid() && better(p, h.pxe) {
			h.pxe = p
		}
		if h.dhcp != nil && (h.dhcp.NoProxy || h.pxe != nil || o.at > proxyWait) {
			return h
		}
	}
	if h.dhcp == nil && s.opts.AssumeDHCP {
		h.dhcp = &dhcp4.Answer{}
	}
	return h
}

func better(p, than *dhcp4.Answer) bool { return than == nil || p.Priority >= than.Priority }

// judgeIPXE follows dhcp_request_rx, and autoboot in src/usr/autoboot.c.
func judgeIPXE(s *session) Verdict {
	h := s.inHand()
	switch {
	case h.dhcp == nil:
		return fails(noIPConfiguration, "iPXE waits for an address; "+noDHCP)
	case h.dhcp.NoProxy:
		s.note("the DHCP server says that there is no proxy to wait for (option 175.176)")
		return ownFile(h.dhcp, "the DHCP server allows no proxy, and names no boot file")
	case h.pxe == nil:
		return ownFile(h.dhcp, "no ProxyDHCP server answered within iPXE's two seconds, and the DHCP server names no boot file")
	}
	if s.tellLost(&h); h.pxe.File() != "" && h.pxe.SIAddr.IsValid() {
		return s.settings(&h)
	}
	v := s.askPXE(&h)
	if v.Code != "" && h.dhcp.File() != "" {
		s.note("%s", v.Text)
		return ownFile(h.dhcp, "")
	}
	return v
}

// tellLost says whose offer hides the others.
func (s *session) tellLost(h *inHand) {
	if h.pxe.YIAddr.IsValid() {
		s.note("the DHCP server %s sends option 60 PXEClient itself: of such offers iPXE takes the one with the highest priority (option 175.1), of equals the last, until it has an address. Remove option 60 there", h.pxe.Server)
	}
	for i := range s.offers {
		if p := &s.offers[i].Answer; p != h.pxe && strings.HasPrefix(p.Class, "PXEClient") {
			s.note("the offer of %s is lost: that of %s counts", p.Server, h.pxe.Server)
		}
	}
}

// settings chooses between two files. Blocks of settings are asked in the order of their priorities, and the network card's,
// which has the DHCP server's, was there first (reprioritise_settings in src/core/settings.c).
func (s *session) settings(h *inHand) Verdict {
	if h.dhcp != h.pxe && h.dhcp.File() != "" && h.pxe.Priority <= h.dhcp.Priority {
		return ownFile(h.dhcp, "")
	}
	return loads(h.pxe, h.pxe.File(), "the offer has siaddr and a file: iPXE takes it at once")
}

// askPXE asks port 4011, for the first item of a menu if there is one.
func (s *session) askPXE(h *inHand) Verdict {
	types, texts := h.pxe.Items()
	if len(types) == 0 {
		v := s.askBINL(h.pxe, nothingToBoot, nil)
		if v.Code != "" && h.pxe.YIAddr.IsValid() {
			v.Text = fmt.Sprintf("the DHCP server %s says PXEClient, names no file, and does not answer on port 4011, where its offer sends iPXE", h.pxe.Server)
		}
		return v
	}
	s.note("the boot menu's first item is %q (type %04x)", texts[0], types[0])
	if types[0] == 0 {
		return fails("local boot", "the menu's first item is the local disk: iPXE ends, and the firmware goes on with its next boot device")
	}
	return s.askBINL(h.pxe, nothingToBoot, &types[0])
}

func ownFile(p *dhcp4.Answer, none string) Verdict {
	if p.File() == "" {
		return fails(nothingToBoot, none)
	}
	return loads(p, p.File(), "the DHCP server's own boot file: it goes before a proxy's, unless that has a higher priority (option 175.1)")
}
