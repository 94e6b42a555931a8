// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// Describe puts a DHCPv4 message into lines for people: what it is, the header fields that say something, and every option
// in the order sent, PXE's own ones taken apart.
func Describe(b []byte) []string {
	var m message
	if v := m.parse(b); v != verdictNone {
		return []string{v.Sentence()}
	}
	lines := []string{fmt.Sprintf("%s xid=%08x flags=%04x bytes=%d", m.typ, m.xid, m.flags, len(b))}
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	for _, f := range []struct {
		name string
		addr fmt.Stringer
		set  bool
	}{
		{"ciaddr", m.ciaddr, m.ciaddr.IsValid()}, {"yiaddr", m.yiaddr, m.yiaddr.IsValid()},
		{"siaddr", m.siaddr, m.siaddr.IsValid()}, {"giaddr", m.giaddr, m.giaddr.IsValid()},
	} {
		if f.set {
			add("%s %s", f.name, f.addr)
		}
	}
	add("chaddr %s", hexColons(m.chaddr[:min(int(m.hlen), 16)]))
	if len(m.headerFile) > 0 {
		add("file %q", m.headerFile)
	}
	if len(m.headerSName) > 0 {
		add("sname %q", m.headerSName)
	}
	fields := []struct {
		name string
		b    []byte
	}{{"", b[offOpts:]}, {"in file: ", b[offFile : offFile+sizeFile]}, {"in sname: ", b[offSName : offSName+sizeSName]}}
	for i, f := range fields {
		if i == 1 && m.headerFile != nil || i == 2 && m.headerSName != nil {
			continue
		}
		for _, o := range splitOptions(f.b) {
			add("%s%s", f.name, describeOption(o.code, o.value))
		}
	}
	return lines
}

// splitOptions takes an option field apart, in order.
func splitOptions(b []byte) []option {
	var list []option
	for len(b) > 0 {
		if b[0] == optPad {
			b = b[1:]
			continue
		}
		if b[0] == optEnd || len(b) < 2 || len(b) < 2+int(b[1]) {
			return list
		}
		list = append(list, option{code: b[0], value: b[2 : 2+int(b[1])]})
		b = b[2+int(b[1]):]
	}
	return list
}

func describeOption(code byte, v []byte) string {
	return fmt.Sprintf("%d %s: %s", code, optionName(code), optionValue(code, v))
}

// optionName names the options that netboot clients and their servers use.
func optionName(code byte) string {
	names := map[byte]string{
		1: "subnet mask", 3: "router", 6: "DNS", optHostname: "host name", 15: "domain", optVendor: "PXE", optRequestedAddr: "address wanted",
		51: "lease time", optOverload: "overload", optType: "type", optServerID: "server", optParams: "options wanted",
		optMaxSize: "maximum size", 58: "renewal", 59: "rebinding", optClass: "class", optClientID: "client",
		optTFTPServer: "TFTP server", optBootFile: "boot file", optUserClass: "user class", optRelayAgent: "relay agent",
		optArch: "architecture", optNDI: "network interface", optUUID: "machine", optIPXE: "iPXE",
	}
	if s, ok := names[code]; ok {
		return s
	}
	return "option"
}

func optionValue(code byte, v []byte) string {
	switch {
	case code == optType && len(v) == 1:
		return MessageType(v[0]).String()
	case len(v) == 4 && (code == optServerID || code == optRequestedAddr || code <= 6):
		if a := addr4(v); a.IsValid() {
			return a.String()
		}
		return "0.0.0.0"
	case code == optArch:
		var names []string
		for ; len(v) >= 2; v = v[2:] {
			names = append(names, boot.Arch(binary.BigEndian.Uint16(v)).String())
		}
		return strings.Join(names, ", ")
	case code == optMaxSize && len(v) == 2:
		return fmt.Sprint(binary.BigEndian.Uint16(v))
	case code == optVendor:
		return describePXE(v)
	case code == optParams:
		var codes []string
		for _, c := range v {
			codes = append(codes, strconv.Itoa(int(c)))
		}
		return strings.Join(codes, ",")
	case code == optClass || code == optTFTPServer || code == optBootFile || code == optHostname || code == optUserClass:
		return fmt.Sprintf("%q", v)
	default:
		return hex.EncodeToString(v)
	}
}

// describePXE takes option 43 apart as PXE defines it.
func describePXE(v []byte) string {
	var parts []string
	for _, o := range splitOptions(v) {
		parts = append(parts, describePXEItem(o.code, o.value))
	}
	end := "no END"
	if len(v) > 0 && v[len(v)-1] == optEnd {
		end = "END"
	}
	return strings.Join(append(parts, end), "; ")
}

func describePXEItem(code byte, v []byte) string {
	switch {
	case code == pxeControl && len(v) == 1:
		return fmt.Sprintf("6 discovery control %d", v[0])
	case code == pxeServers:
		return "8 boot servers " + describeServers(v)
	case code == pxeMenu:
		return "9 menu " + describeMenu(v)
	case code == pxePrompt && len(v) >= 1:
		return fmt.Sprintf("10 prompt %ds %q", v[0], v[1:])
	case code == pxeItem && len(v) == 4:
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

func hexColons(b []byte) string {
	s := hex.EncodeToString(b)
	var out strings.Builder
	for i := 0; i+1 < len(s); i += 2 {
		if i > 0 {
			out.WriteByte(':')
		}
		out.WriteString(s[i : i+2])
	}
	return out.String()
}
