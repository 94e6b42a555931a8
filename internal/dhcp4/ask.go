// SPDX-License-Identifier: Apache-2.0

package dhcp4

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
	b[offOp], b[offHType], b[offHLen] = OpRequest, 1, byte(len(a.MAC))
	binary.BigEndian.PutUint32(b[offXID:], a.XID)
	binary.BigEndian.PutUint16(b[offSecs:], a.Secs)
	if a.Broadcast {
		binary.BigEndian.PutUint16(b[offFlags:], FlagBroadcast)
	}
	putAddr(b[offCIAddr:], a.CIAddr)
	putAddr(b[offGIAddr:], a.GIAddr)
	copy(b[offCHAddr:], a.MAC[:])
	binary.BigEndian.PutUint32(b[offCookie:], cookie)
	b = putOptions(b, a.options())
	for len(b) < MinSize {
		b = append(b, OptPad)
	}
	return b
}

// wantedOptions is the parameter request list of EDK2 (PxeBcDhcp4.c).
const wantedOptions = "\x01\x02\x03\x04\x05\x06\x0c\x0d\x0f\x11\x12\x16\x17\x1c\x28\x29\x2a\x2b\x32\x33\x36\x3a\x3b\x3c\x42\x43\x61\x80\x81\x82\x83\x84\x85\x86\x87"

// iPXEFeatures are those of an iPXE that can do what matters: HTTP, HTTPS, TFTP, DNS, kernels, PXE and EFI programs, menus.
const iPXEFeatures = "\x13\x01\x01\x14\x01\x01\x15\x01\x01\x17\x01\x01\x18\x01\x01\x21\x01\x01\x24\x01\x01\x27\x01\x01"

func (a Ask) options() []Option {
	arch := binary.BigEndian.AppendUint16(nil, uint16(a.Arch))
	list := []Option{
		{Code: OptType, Value: []byte{byte(a.Type)}},
		{Code: OptMaxSize, Value: []byte{MaxSize >> 8, MaxSize & 0xff}},
		{Code: OptParams, Value: []byte(wantedOptions)},
	}
	if !a.UUID.IsZero() {
		wire := a.UUID.Swapped()
		list = append(list, Option{Code: OptUUID, Value: append([]byte{0}, wire[:]...)})
	}
	if a.Class != boot.ClassNone {
		list = append(list, Option{Code: OptNDI, Value: []byte{1, 3, 0}}, Option{Code: OptArch, Value: arch},
			Option{Code: OptClass, Value: fmt.Appendf(nil, "%s:Arch:%05d:UNDI:003000", a.Class, a.Arch)})
	}
	if a.IPXE {
		list = append(list, Option{Code: OptUserClass, Value: []byte("iPXE")}, Option{Code: OptIPXE, Value: []byte(iPXEFeatures)})
	}
	if a.Server.Is4() {
		list = append(list, Option{Code: OptServerID, Value: a.Server.AsSlice()})
	}
	if a.Requested.Is4() {
		list = append(list, Option{Code: OptRequestedAddr, Value: a.Requested.AsSlice()})
	}
	if a.HasItem {
		list = append(list, Option{Code: OptVendor, Value: []byte{PXEItem, 4, byte(a.Item >> 8), byte(a.Item), 0, 0, OptEnd}})
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
