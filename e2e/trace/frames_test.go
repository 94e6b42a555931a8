// SPDX-License-Identifier: Apache-2.0

package trace_test

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/e2e/trace"
)

// film adds frames to a trace, a millisecond apart.
type film struct {
	trace.Trace
	at time.Time
}

func newFilm() *film { return &film{at: time.Unix(1_700_000_000, 0)} }

func (f *film) add(raw []byte) {
	f.Add(f.at, raw)
	f.at = f.at.Add(time.Millisecond)
}

// udp4 is a UDP datagram in IPv4 in Ethernet, padded to the smallest Ethernet frame as cards do.
func udp4(src, dst string, payload []byte) []byte {
	s, d := netip.MustParseAddrPort(src), netip.MustParseAddrPort(dst)
	b := binary.BigEndian.AppendUint16(nil, s.Port())
	b = binary.BigEndian.AppendUint16(b, d.Port())
	b = binary.BigEndian.AppendUint16(b, uint16(8+len(payload)))
	b = append(append(b, 0, 0), payload...)
	return ip4(17, s.Addr(), d.Addr(), b)
}

func tcp4(src, dst string, payload string) []byte {
	s, d := netip.MustParseAddrPort(src), netip.MustParseAddrPort(dst)
	b := binary.BigEndian.AppendUint16(nil, s.Port())
	b = binary.BigEndian.AppendUint16(b, d.Port())
	b = append(b, make([]byte, 8)...)
	b = append(b, 5<<4, 0x18, 0, 0, 0, 0, 0, 0) // header of five words; PSH, ACK
	return ip4(6, s.Addr(), d.Addr(), append(b, payload...))
}

func ip4(proto byte, src, dst netip.Addr, body []byte) []byte {
	b := append(make([]byte, 12), 0x08, 0x00, 0x45, 0)
	b = binary.BigEndian.AppendUint16(b, uint16(20+len(body)))
	b = append(b, 0, 0, 0x40, 0, 64, proto, 0, 0)
	b = append(append(append(b, src.AsSlice()...), dst.AsSlice()...), body...)
	return append(b, make([]byte, max(0, 60-len(b)))...)
}

func udp6(src, dst string, payload []byte) []byte {
	s, d := netip.MustParseAddrPort(src), netip.MustParseAddrPort(dst)
	b := append(make([]byte, 12), 0x86, 0xdd, 0x60, 0, 0, 0)
	b = binary.BigEndian.AppendUint16(b, uint16(8+len(payload)))
	b = append(append(append(b, 17, 64), s.Addr().AsSlice()...), d.Addr().AsSlice()...)
	b = binary.BigEndian.AppendUint16(b, s.Port())
	b = binary.BigEndian.AppendUint16(b, d.Port())
	b = binary.BigEndian.AppendUint16(b, uint16(8+len(payload)))
	return append(append(b, 0, 0), payload...)
}

// message describes a DHCP message for the builder.
type message struct {
	reply    bool
	yi, si   string
	file     string
	options  []byte
	src, dst string
}

func (m message) frame() []byte {
	b := make([]byte, 240)
	b[0], b[1], b[2] = 1, 1, 6
	if m.reply {
		b[0] = 2
	}
	copy(b[4:], []byte{0xde, 0xad, 0xbe, 0xef})
	for at, addr := range map[int]string{16: m.yi, 20: m.si} {
		if addr != "" {
			copy(b[at:], netip.MustParseAddr(addr).AsSlice())
		}
	}
	copy(b[28:], []byte{0x52, 0x54, 0, 0x77, 0, 1})
	copy(b[108:], m.file)
	copy(b[236:], []byte{99, 130, 83, 99})
	return udp4(m.src, m.dst, append(append(b, m.options...), 255))
}

func opt(code byte, value string) []byte { return append([]byte{code, byte(len(value))}, value...) }

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// Parts of TFTP packets.
func rrq(words ...string) []byte {
	b := []byte{0, 1}
	for _, w := range words {
		b = append(append(b, w...), 0)
	}
	return b
}

func oack(words ...string) []byte { b := rrq(words...); b[1] = 6; return b }
func ack(n uint16) []byte         { return binary.BigEndian.AppendUint16([]byte{0, 4}, n) }
func data(n uint16, size int) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0, 3}, n), make([]byte, size)...)
}

func tftpError(code byte, text string) []byte {
	return append(append([]byte{0, 5, 0, code}, text...), 0)
}

func steps(t *trace.Trace) []string {
	var out []string
	for _, s := range t.Story() {
		out = append(out, s.Text)
	}
	return out
}

func only[T any](t *testing.T, items []T) T {
	t.Helper()
	if len(items) != 1 {
		t.Fatalf("got %d, want one: %v", len(items), items)
	}
	return items[0]
}
