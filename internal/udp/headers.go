// SPDX-License-Identifier: Apache-2.0

package udp

import (
	"encoding/binary"
	"net/netip"
	"strconv"
)

const (
	sizeIPv4 = 20
	sizeIPv6 = 40
	sizeUDP  = 8
	hops     = 64
	protUDP  = 17
)

// wrap puts IP and UDP headers before a datagram, into room where that is large enough; nil if its addresses do not fit
// together or it is too long.
func wrap(room []byte, o *Outgoing, port uint16) []byte {
	src, dst := o.Local.Unmap(), o.Remote.Addr().Unmap()
	size := sizeUDP
	for _, b := range o.Bufs {
		size += len(b)
	}
	head := sizeIPv4
	if dst.Is6() {
		head = sizeIPv6
	}
	if !src.IsValid() || src.BitLen() != dst.BitLen() || head+size > 0xffff {
		return nil
	}
	p := append(room[:0], make([]byte, head+sizeUDP)...)
	for _, b := range o.Bufs {
		p = append(p, b...)
	}
	ends := header(p, src, dst)
	u := p[head:]
	binary.BigEndian.PutUint16(u, port)
	binary.BigEndian.PutUint16(u[2:], o.Remote.Port())
	binary.BigEndian.PutUint16(u[4:], uint16(size))
	check := ^sum(uint32(sum(uint32(protUDP)+uint32(size), ends)), u)
	if check == 0 {
		check = 0xffff // 0 means "no checksum" (RFC 768)
	}
	binary.BigEndian.PutUint16(u[6:], check)
	return p
}

// header writes the IP header and gives the part of it that has both addresses.
func header(p []byte, src, dst netip.Addr) (ends []byte) {
	if dst.Is6() {
		from, to := src.As16(), dst.As16()
		p[0], p[6], p[7] = 6<<4, protUDP, hops
		binary.BigEndian.PutUint16(p[4:], uint16(len(p)-sizeIPv6))
		copy(p[8:], from[:])
		copy(p[24:], to[:])
		return p[8:sizeIPv6]
	}
	from, to := src.As4(), dst.As4()
	p[0], p[8], p[9] = 4<<4|sizeIPv4/4, hops, protUDP
	binary.BigEndian.PutUint16(p[2:], uint16(len(p)))
	copy(p[12:], from[:])
	copy(p[16:], to[:])
	binary.BigEndian.PutUint16(p[10:], ^sum(0, p[:sizeIPv4]))
	return p[12:sizeIPv4]
}

// unwrap takes the headers off a packet that came by an interface. The UDP checksum is not looked at: on packets from this
// host it is not filled in yet, and what a wire corrupts has failed the frame's own check.
func unwrap(in *Incoming, b []byte, index int) bool {
	var head int
	var src, dst netip.Addr
	switch {
	case len(b) >= sizeIPv4+sizeUDP && b[0]>>4 == 4:
		head = int(b[0]&15) * 4
		src, dst = netip.AddrFrom4([4]byte(b[12:])), netip.AddrFrom4([4]byte(b[16:]))
	case len(b) >= sizeIPv6+sizeUDP && b[0]>>4 == 6 && b[6] == protUDP:
		head = sizeIPv6
		src, dst = netip.AddrFrom16([16]byte(b[8:])), netip.AddrFrom16([16]byte(b[24:]))
		if src.IsLinkLocalUnicast() {
			src = src.WithZone(strconv.Itoa(index))
		}
	}
	if head < sizeIPv4 || len(b) < head+sizeUDP {
		return false
	}
	datagram := b[head:]
	length := int(binary.BigEndian.Uint16(datagram[4:]))
	if length < sizeUDP {
		return false
	}
	in.Truncated = length > len(datagram) || length-sizeUDP > len(in.Buf)
	in.N = copy(in.Buf, datagram[sizeUDP:min(length, len(datagram))])
	in.Remote = netip.AddrPortFrom(src, binary.BigEndian.Uint16(datagram))
	in.Local, in.Answer, in.Interface = dst, netip.Addr{}, index
	return true
}

// broadcast is the address of everybody on one network.
func broadcast() netip.Addr { return netip.AddrFrom4([4]byte{255, 255, 255, 255}) }

// sum is the one's complement sum of RFC 1071, begun with another one.
func sum(n uint32, b []byte) uint16 {
	for ; len(b) >= 2; b = b[2:] {
		n += uint32(b[0])<<8 | uint32(b[1])
	}
	if len(b) == 1 {
		n += uint32(b[0]) << 8
	}
	for n > 0xffff {
		n = n>>16 + n&0xffff
	}
	return uint16(n)
}
