// SPDX-License-Identifier: Apache-2.0

package dhcp4

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
	var m Message
	if err := m.Parse(b); err != nil {
		return []string{err.Error()}
	}
	lines := []string{fmt.Sprintf("%s xid=%08x flags=%04x bytes=%d", m.Type, m.XID, m.Flags, len(b))}
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	for _, f := range []struct {
		name string
		addr fmt.Stringer
		set  bool
	}{
		{"ciaddr", m.CIAddr, m.CIAddr.IsValid()}, {"yiaddr", m.YIAddr, m.YIAddr.IsValid()},
		{"siaddr", m.SIAddr, m.SIAddr.IsValid()}, {"giaddr", m.GIAddr, m.GIAddr.IsValid()},
	} {
		if f.set {
			add("%s %s", f.name, f.addr)
		}
	}
	add("chaddr %s", hexColons(m.CHAddr[:min(int(m.HLen), 16)]))
	if len(m.HeaderFile) > 0 {
		add("file %q", m.HeaderFile)
	}
	if len(m.HeaderSName) > 0 {
		add("sname %q", m.HeaderSName)
	}
	fields := []struct {
		name string
		b    []byte
	}{{"", b[offOpts:]}, {"in file: ", b[offFile : offFile+SizeFile]}, {"in sname: ", b[offSName : offSName+SizeSName]}}
	for i, f := range fields {
		if i == 1 && m.HeaderFile != nil || i == 2 && m.HeaderSName != nil {
			continue
		}
		for _, o := range Options(f.b) {
			add("%s%s", f.name, describeOption(o.Code, o.Value))
		}
	}
	return lines
}

func describeOption(code byte, v []byte) string {
	return fmt.Sprintf("%d %s: %s", code, optionName(code), optionValue(code, v))
}

// optionName names the options that netboot clients and their servers use.
func optionName(code byte) string {
	names := map[byte]string{
		1: "subnet mask", 3: "router", 6: "DNS", OptHostname: "host name", 15: "domain", OptVendor: "PXE", OptRequestedAddr: "address wanted",
		51: "lease time", OptOverload: "overload", OptType: "type", OptServerID: "server", OptParams: "options wanted",
		OptMaxSize: "maximum size", 58: "renewal", 59: "rebinding", OptClass: "class", OptClientID: "client",
		OptTFTPServer: "TFTP server", OptBootFile: "boot file", OptUserClass: "user class", OptRelayAgent: "relay agent",
		OptArch: "architecture", OptNDI: "network interface", OptUUID: "machine", OptIPXE: "iPXE",
	}
	if s, ok := names[code]; ok {
		return s
	}
	return "option"
}

func optionValue(code byte, v []byte) string {
	switch {
	case code == OptType && len(v) == 1:
		return MessageType(v[0]).String()
	case len(v) == 4 && (code == OptServerID || code == OptRequestedAddr || code <= 6):
		if a := addr4(v); a.IsValid() {
			return a.String()
		}
		return "0.0.0.0"
	case code == OptArch:
		var names []string
		for ; len(v) >= 2; v = v[2:] {
			names = append(names, boot.Arch(binary.BigEndian.Uint16(v)).String())
		}
		return strings.Join(names, ", ")
	case code == OptIPXE && len(v) == 3 && v[0] == IPXEPriority:
		return fmt.Sprintf("priority %d", int8(v[2]))
	case code == OptMaxSize && len(v) == 2:
		return fmt.Sprint(binary.BigEndian.Uint16(v))
	case code == OptVendor:
		return describePXE(v)
	case code == OptParams:
		var codes []string
		for _, c := range v {
			codes = append(codes, strconv.Itoa(int(c)))
		}
		return strings.Join(codes, ",")
	case code == OptClass || code == OptTFTPServer || code == OptBootFile || code == OptHostname || code == OptUserClass:
		return fmt.Sprintf("%q", v)
	default:
		return hex.EncodeToString(v)
	}
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
