// SPDX-License-Identifier: Apache-2.0

package dhcp4

import (
	"encoding/binary"
	"net/netip"
)

// MenuItem is a line of a PXE boot menu. Types from 0x8000 on are free for vendors (PXE 2.1 table 2-3); 0 is the local disk.
type MenuItem struct {
	Type uint16
	Text string
}

// MaxMenuText keeps a line on an 80-column screen with the ROM's own frame around it.
const MaxMenuText = 60

// VendorOptions builds option 43: sub-options one after the other, ended by 255 (PXE 2.1 section 2.2.4 wants the mark).
// It can hold 255 bytes; what no longer fits is left out whole.
type VendorOptions struct{ b []byte }

func (v *VendorOptions) add(code byte, value ...byte) {
	if len(v.b)+2+len(value)+1 > 255 {
		return
	}
	v.b = append(append(v.b, code, byte(len(value))), value...)
}

// Control says how to look for boot servers.
func (v *VendorOptions) Control(bits byte) { v.add(PXEControl, bits) }

// Servers lists one address for one type of boot server.
func (v *VendorOptions) Servers(typ uint16, addr netip.Addr) {
	a := addr.As4()
	v.add(PXEServers, byte(typ>>8), byte(typ), 1, a[0], a[1], a[2], a[3])
}

// Menu lists what there is to choose.
func (v *VendorOptions) Menu(items ...MenuItem) {
	var value []byte
	for _, it := range items {
		it.Text = it.Text[:min(len(it.Text), MaxMenuText)]
		value = append(binary.BigEndian.AppendUint16(value, it.Type), byte(len(it.Text)))
		value = append(value, it.Text...)
	}
	v.add(PXEMenu, value...)
}

// Prompt with a timeout of 0 seconds takes the first item at once; 255 waits for ever.
func (v *VendorOptions) Prompt(seconds byte, text string) {
	v.add(PXEPrompt, append([]byte{seconds}, text...)...)
}

// Bytes ends the option.
func (v *VendorOptions) Bytes() []byte {
	if len(v.b) == 0 {
		return nil
	}
	v.b = append(v.b, OptEnd)
	return v.b
}

// Item reads the menu item a client has chosen; the value is to be echoed as it came.
func (m *Message) Item() []byte {
	if v := SubOption(m.Vendor, PXEItem); len(v) == 4 {
		return v
	}
	return nil
}

// Chosen repeats the menu item of a request.
func (v *VendorOptions) Chosen(item []byte) { v.add(PXEItem, item...) }
