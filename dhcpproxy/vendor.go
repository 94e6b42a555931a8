// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"encoding/binary"
	"net/netip"
)

// itemBoot is the type of our one boot server; types from 0x8000 on are free for vendors (PXE 2.1 table 2-3), and 0 is the
// local disk.
const (
	itemLocal uint16 = 0
	itemBoot  uint16 = 0x8001
)

// menuItem is a line of a PXE boot menu.
type menuItem struct {
	typ  uint16
	text string
}

// maxMenuText keeps a line on an 80-column screen with the ROM's own frame around it.
const maxMenuText = 60

// vendorOptions builds option 43: sub-options one after the other, ended by 255 (PXE 2.1 section 2.2.4 wants the mark).
// It can hold 255 bytes; what no longer fits is left out whole.
type vendorOptions struct{ b []byte }

func (v *vendorOptions) add(code byte, value ...byte) {
	if len(v.b)+2+len(value)+1 > 255 {
		return
	}
	v.b = append(append(v.b, code, byte(len(value))), value...)
}

func (v *vendorOptions) control(bits byte) { v.add(pxeControl, bits) }

// servers lists one address for one type of boot server.
func (v *vendorOptions) servers(typ uint16, addr netip.Addr) {
	a := addr.As4()
	v.add(pxeServers, byte(typ>>8), byte(typ), 1, a[0], a[1], a[2], a[3])
}

func (v *vendorOptions) menu(items ...menuItem) {
	var value []byte
	for _, it := range items {
		it.text = it.text[:min(len(it.text), maxMenuText)]
		value = append(binary.BigEndian.AppendUint16(value, it.typ), byte(len(it.text)))
		value = append(value, it.text...)
	}
	v.add(pxeMenu, value...)
}

// prompt with a timeout of 0 seconds takes the first item at once; 255 waits for ever.
func (v *vendorOptions) prompt(seconds byte, text string) {
	v.add(pxePrompt, append([]byte{seconds}, text...)...)
}

// bytes ends the option.
func (v *vendorOptions) bytes() []byte {
	if len(v.b) == 0 {
		return nil
	}
	v.b = append(v.b, optEnd)
	return v.b
}

// item reads the menu item a client has chosen; the value is echoed as it came.
func item(vendor []byte) []byte {
	if v := subOption(vendor, pxeItem); len(v) == 4 {
		return v
	}
	return nil
}
