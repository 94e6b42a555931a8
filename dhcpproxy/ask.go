// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"github.com/bootlace-net/bootlace/boot"
)

// Ask is a request as a client's firmware makes it, for tools that play one.
type Ask struct {
	Type      MessageType
	XID       uint32
	MAC       boot.MAC
	UUID      boot.UUID // zero: no option 97
	Class     boot.Class
	Arch      boot.Arch
	IPXE      bool // with user class and features
	Broadcast bool
	Secs      uint16
	CIAddr    netip.Addr
	GIAddr    netip.Addr
	Server    netip.Addr // option 54
	Requested netip.Addr // option 50, the address that was offered
	Item      uint16     // the menu item that was chosen (option 43 {71}); with HasItem
	HasItem   bool
}

// Bytes gives the message in the order EDK2 and iPXE write it, padded to 300 bytes.
func (a Ask) Bytes() []byte {
	b := make([]byte, offOpts, 512)
	b[offOp], b[offHType], b[offHLen] = bootRequest, 1, byte(len(a.MAC))
	binary.BigEndian.PutUint32(b[offXID:], a.XID)
	binary.BigEndian.PutUint16(b[offSecs:], a.Secs)
	if a.Broadcast {
		binary.BigEndian.PutUint16(b[offFlags:], flagBroadcast)
	}
	putAddr(b[offCIAddr:], a.CIAddr)
	putAddr(b[offGIAddr:], a.GIAddr)
	copy(b[offCHAddr:], a.MAC[:])
	binary.BigEndian.PutUint32(b[offCookie:], cookie)
	b = putOptions(b, a.options())
	for len(b) < minReply {
		b = append(b, optPad)
	}
	return b
}

// wantedOptions is the parameter request list of EDK2 (PxeBcDhcp4.c).
const wantedOptions = "\x01\x02\x03\x04\x05\x06\x0c\x0d\x0f\x11\x12\x16\x17\x1c\x28\x29\x2a\x2b\x32\x33\x36\x3a\x3b\x3c\x42\x43\x61\x80\x81\x82\x83\x84\x85\x86\x87"

// iPXEFeatures are those of an iPXE that can do what matters: HTTP, TFTP, DNS, kernels, PXE and EFI programs, menus.
const iPXEFeatures = "\x13\x01\x01\x15\x01\x01\x17\x01\x01\x18\x01\x01\x21\x01\x01\x24\x01\x01\x27\x01\x01"

func (a Ask) options() []option {
	arch := binary.BigEndian.AppendUint16(nil, uint16(a.Arch))
	list := []option{
		{code: optType, value: []byte{byte(a.Type)}},
		{code: optMaxSize, value: []byte{maxReply >> 8, maxReply & 0xff}},
		{code: optParams, value: []byte(wantedOptions)},
	}
	if !a.UUID.IsZero() {
		wire := a.UUID.Swapped()
		list = append(list, option{code: optUUID, value: append([]byte{0}, wire[:]...)})
	}
	if a.Class != boot.ClassNone {
		list = append(list, option{code: optNDI, value: []byte{1, 3, 0}}, option{code: optArch, value: arch},
			option{code: optClass, value: fmt.Appendf(nil, "%s:Arch:%05d:UNDI:003000", a.Class, a.Arch)})
	}
	if a.IPXE {
		list = append(list, option{code: optUserClass, value: []byte("iPXE")}, option{code: optIPXE, value: []byte(iPXEFeatures)})
	}
	if a.Server.Is4() {
		list = append(list, option{code: optServerID, value: a.Server.AsSlice()})
	}
	if a.Requested.Is4() {
		list = append(list, option{code: optRequestedAddr, value: a.Requested.AsSlice()})
	}
	if a.HasItem {
		list = append(list, option{code: optVendor, value: []byte{pxeItem, 4, byte(a.Item >> 8), byte(a.Item), 0, 0, optEnd}})
	}
	return list
}

// AskFor gives the DISCOVER that a machine of which only this is known would send.
func AskFor(c boot.Client) Ask {
	a := Ask{Type: Discover, XID: 0x626f6f74, MAC: c.MAC, UUID: c.UUID, Class: c.Class, Arch: c.Arch(), IPXE: c.Stage != boot.StageROM, Broadcast: true}
	if len(c.Archs) > 0 {
		a.Arch = c.Archs[0]
	}
	switch {
	case a.Class == boot.ClassNone && a.Arch.HTTP():
		a.Class = boot.ClassHTTP
	case a.Class == boot.ClassNone:
		a.Class = boot.ClassPXE
	}
	return a
}

// Packet is what a server's answer says, as far as booting goes.
type Packet struct {
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
	Size       int
}

// Parse reads an answer; false if it is none.
func Parse(b []byte) (Packet, bool) {
	var m message
	if m.parse(b) != verdictNone || m.op != bootReply {
		return Packet{}, false
	}
	return Packet{
		Type: m.typ, XID: m.xid, MAC: m.mac(), YIAddr: m.yiaddr, SIAddr: m.siaddr, Server: m.server(), Class: string(m.class),
		HeaderFile: string(m.headerFile), BootFile: string(text(m.file)), TFTPServer: string(text(m.tftpServer)),
		UUID: m.uuid != nil, Vendor: append([]byte(nil), m.vendor...), Size: len(b),
	}, true
}

// File is the name that UEFI and iPXE load: option 67, else the header's.
func (p *Packet) File() string {
	if p.BootFile != "" {
		return p.BootFile
	}
	return p.HeaderFile
}

// Host is where the file is: siaddr, else the server itself.
func (p *Packet) Host() netip.Addr {
	if p.SIAddr.IsValid() {
		return p.SIAddr
	}
	return p.Server
}

// PXE reports whether option 43 holds a sub-option of PXE's discovery (6 to 10), which makes an offer one to boot from or
// to choose from, not one to ask port 4011 for more (EDK2 PxeBcDhcp4.h).
func (p *Packet) PXE() bool {
	for code := byte(pxeControl); code <= pxePrompt; code++ {
		if subOption(p.Vendor, code) != nil {
			return true
		}
	}
	return false
}

// BootNow reports whether the file is to be loaded without further questions.
func (p *Packet) BootNow() bool {
	v := subOption(p.Vendor, pxeControl)
	return len(v) == 1 && v[0]&controlBootNow != 0
}

// MTFTP reports whether all of sub-options 1 to 5 are there, for which EDK2 discards an offer.
func (p *Packet) MTFTP() bool {
	for code := byte(1); code <= 5; code++ {
		if subOption(p.Vendor, code) == nil {
			return false
		}
	}
	return true
}

// Items lists the types of the boot menu, and its texts.
func (p *Packet) Items() (types []uint16, texts []string) {
	for v := subOption(p.Vendor, pxeMenu); len(v) >= 3 && len(v) >= 3+int(v[2]); v = v[3+int(v[2]):] {
		types = append(types, binary.BigEndian.Uint16(v))
		texts = append(texts, string(v[3:3+int(v[2])]))
	}
	return types, texts
}
