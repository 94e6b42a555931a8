// SPDX-License-Identifier: Apache-2.0

package udp

import (
	"encoding/binary"
	"net/netip"
)

const (
	sizeIP  = 20
	sizeUDP = 8
	hops    = 64
	protUDP = 17
)

// wrap puts IP and UDP headers before a datagram; nil if it is not one for IPv4.
func wrap(o *Outgoing, port uint16) []byte {
	if !o.Remote.Addr().Is4() || !o.Local.Is4() {
		return nil
	}
	size := sizeIP + sizeUDP
	for _, b := range o.Bufs {
		size += len(b)
	}
	if size > 0xffff {
		return nil
	}
	p := make([]byte, sizeIP+sizeUDP, size)
	for _, b := range o.Bufs {
		p = append(p, b...)
	}
	src, dst := o.Local.As4(), o.Remote.Addr().As4()
	p[0], p[8], p[9] = 4<<4|sizeIP/4, hops, protUDP
	binary.BigEndian.PutUint16(p[2:], uint16(size))
	copy(p[12:], src[:])
	copy(p[16:], dst[:])
	binary.BigEndian.PutUint16(p[10:], ^sum(0, p[:sizeIP]))
	u := p[sizeIP:]
	binary.BigEndian.PutUint16(u, port)
	binary.BigEndian.PutUint16(u[2:], o.Remote.Port())
	binary.BigEndian.PutUint16(u[4:], uint16(len(u)))
	check := ^sum(uint32(sum(uint32(protUDP)+uint32(len(u)), p[12:20])), u)
	if check == 0 {
		check = 0xffff // 0 means "no checksum" (RFC 768)
	}
	binary.BigEndian.PutUint16(u[6:], check)
	return p
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
