// SPDX-License-Identifier: Apache-2.0

package dhcp4

import (
	"encoding/binary"
	"net/netip"

	"github.com/bootlace-net/bootlace/boot"
)

// Answer is what a server's answer says, as far as booting goes.
type Answer struct {
	Type       MessageType
	XID        uint32
	MAC        boot.MAC
	YIAddr     netip.Addr // the address given; invalid: none, so it is a proxy's offer
	SIAddr     netip.Addr
	Server     netip.Addr // option 54
	Class      string     // option 60
	HeaderFile string
	BootFile   string // option 67
	TFTPServer string // option 66
	UUID       bool   // option 97 is there
	Vendor     []byte // option 43
	Priority   int8   // option 175.1, to an iPXE
	NoProxy    bool   // option 175.176: an iPXE is to take no proxy's offer
	Size       int
}

// ParseAnswer reads an answer; false if it is none.
func ParseAnswer(b []byte) (Answer, bool) {
	var m Message
	if m.Parse(b) != nil || m.Op != OpReply {
		return Answer{}, false
	}
	a := Answer{
		Type: m.Type, XID: m.XID, MAC: m.MAC(), YIAddr: m.YIAddr, SIAddr: m.SIAddr, Server: m.Server(), Class: string(m.Class),
		HeaderFile: string(m.HeaderFile), BootFile: string(text(m.BootFile)), TFTPServer: string(text(m.TFTPServer)),
		UUID: m.UUID != nil, Vendor: append([]byte(nil), m.Vendor...), Size: len(b),
	}
	if v := SubOption(m.IPXE, IPXEPriority); len(v) == 1 {
		a.Priority = int8(v[0])
	}
	v := SubOption(m.IPXE, IPXENoProxy)
	a.NoProxy = len(v) == 1 && v[0] != 0
	return a, true
}

// File is the name that UEFI and iPXE load: option 67, else the header's.
func (p *Answer) File() string {
	if p.BootFile != "" {
		return p.BootFile
	}
	return p.HeaderFile
}

// Host is where the file is: siaddr, else the server itself.
func (p *Answer) Host() netip.Addr {
	if p.SIAddr.IsValid() {
		return p.SIAddr
	}
	return p.Server
}

// PXE reports whether option 43 holds a sub-option of PXE's discovery (6 to 10), which makes an offer one to boot from or
// to choose from, not one to ask port 4011 for more (EDK2 PxeBcDhcp4.h).
func (p *Answer) PXE() bool {
	for code := byte(PXEControl); code <= PXEPrompt; code++ {
		if SubOption(p.Vendor, code) != nil {
			return true
		}
	}
	return false
}

// BootNow reports whether the file is to be loaded without further questions.
func (p *Answer) BootNow() bool {
	v := SubOption(p.Vendor, PXEControl)
	return len(v) == 1 && v[0]&ControlBootNow != 0
}

// MTFTP reports whether all of sub-options 1 to 5 are there, for which EDK2 discards an offer.
func (p *Answer) MTFTP() bool {
	for code := byte(1); code <= 5; code++ {
		if SubOption(p.Vendor, code) == nil {
			return false
		}
	}
	return true
}

// Items lists the types of the boot menu, and its texts.
func (p *Answer) Items() (types []uint16, texts []string) {
	for v := SubOption(p.Vendor, PXEMenu); len(v) >= 3 && len(v) >= 3+int(v[2]); v = v[3+int(v[2]):] {
		types = append(types, binary.BigEndian.Uint16(v))
		texts = append(texts, string(v[3:3+int(v[2])]))
	}
	return types, texts
}
