// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"encoding/binary"
	"net/netip"
	"os"
	"testing"
	"time"
)

// captured is a UDP datagram out of a capture file.
type captured struct {
	at       time.Time
	from, to netip.AddrPort
	payload  []byte
}

// readPcap gives the UDP datagrams of an Ethernet capture (libpcap's classic format, little-endian, microseconds).
func readPcap(t testing.TB, path string) []captured {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(b) < 24 || binary.LittleEndian.Uint32(b) != 0xa1b2c3d4 || binary.LittleEndian.Uint32(b[20:]) != 1 {
		t.Fatalf("%s: not a capture this test can read", path)
	}
	var list []captured
	for b = b[24:]; len(b) >= 16; {
		at := time.Unix(int64(binary.LittleEndian.Uint32(b)), int64(binary.LittleEndian.Uint32(b[4:]))*1000).UTC()
		n := int(binary.LittleEndian.Uint32(b[8:]))
		if c, ok := datagram(b[16 : 16+n]); ok {
			c.at = at
			list = append(list, c)
		}
		b = b[16+n:]
	}
	return list
}

func datagram(f []byte) (captured, bool) {
	if len(f) < 14 {
		return captured{}, false
	}
	ip := f[14:]
	var src, dst netip.Addr
	var u []byte
	switch typ := binary.BigEndian.Uint16(f[12:]); {
	case typ == 0x0800 && len(ip) >= 28 && ip[9] == 17:
		src, dst = netip.AddrFrom4([4]byte(ip[12:])), netip.AddrFrom4([4]byte(ip[16:]))
		u = ip[4*int(ip[0]&15):]
	case typ == 0x86dd && len(ip) >= 48 && ip[6] == 17:
		src, dst = netip.AddrFrom16([16]byte(ip[8:])), netip.AddrFrom16([16]byte(ip[24:]))
		u = ip[40:]
	default:
		return captured{}, false
	}
	n := int(binary.BigEndian.Uint16(u[4:]))
	if n < 8 || n > len(u) {
		return captured{}, false
	}
	return captured{
		from:    netip.AddrPortFrom(src, binary.BigEndian.Uint16(u)),
		to:      netip.AddrPortFrom(dst, binary.BigEndian.Uint16(u[2:])),
		payload: u[8:n],
	}, true
}
