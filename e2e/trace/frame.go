// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"encoding/binary"
	"net/netip"
)

// proto is what a frame carries, as far as it matters here.
type proto uint8

const (
	protoOther proto = iota
	protoARP
	protoUDP
	protoTCP
	protoICMP
	protoICMPv6
	protoFragment // all of an IPv4 fragment but the first
)

func (p proto) String() string {
	return [...]string{"other", "ARP", "UDP", "TCP", "ICMP", "ICMPv6", "IPv4 fragment"}[p]
}

// EtherTypes and IP protocol numbers (IANA).
const (
	etherIPv4, etherARP, etherIPv6       = 0x0800, 0x0806, 0x86dd
	ipHopByHop, ipICMP, ipTCP, ipUDP, v6 = 0, 1, 6, 17, 58
)

// frame is one decoded frame. Payload may be shorter than size when the capture cut it.
type frame struct {
	proto    proto
	src, dst netip.AddrPort
	payload  []byte // of UDP or TCP; of ICMP from its type on
	size     int    // of the payload on the wire
	flags    byte   // of TCP
}

// decode takes a frame apart. Frames it does not know have protoOther.
func decode(raw []byte) frame {
	if len(raw) < 14 {
		return frame{}
	}
	rest := raw[14:]
	switch binary.BigEndian.Uint16(raw[12:]) {
	case etherARP:
		return decodeARP(rest)
	case etherIPv4:
		return decodeIPv4(rest)
	case etherIPv6:
		return decodeIPv6(rest)
	default:
		return frame{}
	}
}

func decodeARP(b []byte) frame {
	if len(b) < 28 {
		return frame{}
	}
	addr := func(at int) netip.AddrPort { return netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[at:at+4])), 0) }
	return frame{proto: protoARP, src: addr(14), dst: addr(24), payload: b, size: len(b)}
}

func decodeIPv4(b []byte) frame {
	if len(b) < 20 || int(b[0]&15)*4 < 20 || len(b) < int(b[0]&15)*4 {
		return frame{}
	}
	head, total := int(b[0]&15)*4, int(binary.BigEndian.Uint16(b[2:]))
	src, dst := netip.AddrFrom4([4]byte(b[12:16])), netip.AddrFrom4([4]byte(b[16:20]))
	if binary.BigEndian.Uint16(b[6:])&0x1fff != 0 { // fragment offset (RFC 791 section 3.1)
		return frame{proto: protoFragment, src: netip.AddrPortFrom(src, 0), dst: netip.AddrPortFrom(dst, 0)}
	}
	body := cut(b, total)
	if len(body) < head { // a total length that does not even hold the header
		return frame{}
	}
	return decodeTransport(b[9], src, dst, body[head:], total-head)
}

func decodeIPv6(b []byte) frame {
	if len(b) < 40 {
		return frame{}
	}
	next, size := b[6], int(binary.BigEndian.Uint16(b[4:]))
	src, dst := netip.AddrFrom16([16]byte(b[8:24])), netip.AddrFrom16([16]byte(b[24:40]))
	body := cut(b[40:], size)
	if next == ipHopByHop && len(body) >= 2 { // as multicast listener reports have it
		skip := 8 * (int(body[1]) + 1)
		if skip > len(body) {
			return frame{}
		}
		next, body, size = body[0], body[skip:], size-skip
	}
	return decodeTransport(next, src, dst, body, size)
}

// cut takes away what Ethernet padded behind n bytes.
func cut(b []byte, n int) []byte {
	if n >= 20 && n < len(b) {
		return b[:n]
	}
	return b
}

func decodeTransport(number byte, src, dst netip.Addr, b []byte, size int) frame {
	f := frame{src: netip.AddrPortFrom(src, 0), dst: netip.AddrPortFrom(dst, 0), payload: b, size: size}
	switch {
	case number == ipICMP && len(b) > 0:
		f.proto = protoICMP
	case number == v6 && len(b) > 0:
		f.proto = protoICMPv6
	case number == ipUDP && len(b) >= 8:
		f.proto = protoUDP
		f.ports(b)
		f.payload, f.size = b[8:], int(binary.BigEndian.Uint16(b[4:]))-8
	case number == ipTCP && len(b) >= 20 && len(b) >= int(b[12]>>4)*4:
		f.proto = protoTCP
		f.ports(b)
		f.flags = b[13]
		f.payload, f.size = b[int(b[12]>>4)*4:], size-int(b[12]>>4)*4
	}
	return f
}

func (f *frame) ports(b []byte) {
	f.src = netip.AddrPortFrom(f.src.Addr(), binary.BigEndian.Uint16(b))
	f.dst = netip.AddrPortFrom(f.dst.Addr(), binary.BigEndian.Uint16(b[2:]))
}

// has tells whether one of the ports is one of these.
func (f frame) has(ports ...uint16) bool {
	for _, p := range ports {
		if f.src.Port() == p || f.dst.Port() == p {
			return true
		}
	}
	return false
}
