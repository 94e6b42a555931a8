// SPDX-License-Identifier: Apache-2.0

package dhcp4

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// describePXE takes option 43 apart as PXE defines it.
func describePXE(v []byte) string {
	var parts []string
	for _, o := range Options(v) {
		parts = append(parts, describePXEItem(o.Code, o.Value))
	}
	end := "no END"
	if len(v) > 0 && v[len(v)-1] == OptEnd {
		end = "END"
	}
	return strings.Join(append(parts, end), "; ")
}

func describePXEItem(code byte, v []byte) string {
	switch {
	case code == PXEControl && len(v) == 1:
		return fmt.Sprintf("6 discovery control %d", v[0])
	case code == PXEServers:
		return "8 boot servers " + describeServers(v)
	case code == PXEMenu:
		return "9 menu " + describeMenu(v)
	case code == PXEPrompt && len(v) >= 1:
		return fmt.Sprintf("10 prompt %ds %q", v[0], v[1:])
	case code == PXEItem && len(v) == 4:
		return fmt.Sprintf("71 item %04x layer %d", binary.BigEndian.Uint16(v), binary.BigEndian.Uint16(v[2:]))
	case code >= 1 && code <= 5:
		return fmt.Sprintf("%d MTFTP %x", code, v)
	default:
		return fmt.Sprintf("%d %x", code, v)
	}
}

func describeServers(v []byte) string {
	var parts []string
	for len(v) >= 3 && len(v) >= 3+4*int(v[2]) {
		s := fmt.Sprintf("%04x", binary.BigEndian.Uint16(v))
		n := int(v[2])
		for v = v[3:]; n > 0; n-- {
			s += fmt.Sprintf(" %d.%d.%d.%d", v[0], v[1], v[2], v[3])
			v = v[4:]
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, ", ")
}

func describeMenu(v []byte) string {
	var parts []string
	for len(v) >= 3 && len(v) >= 3+int(v[2]) {
		parts = append(parts, fmt.Sprintf("%04x %q", binary.BigEndian.Uint16(v), v[3:3+int(v[2])]))
		v = v[3+int(v[2]):]
	}
	return strings.Join(parts, ", ")
}
