// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"net/netip"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
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

// frame is one decoded frame. Payload may be shorter than size when the capture cut it.
type frame struct {
	proto    proto
	src, dst netip.AddrPort
	payload  []byte // of UDP or TCP; of ICMP from its type on
	size     int    // of the payload on the wire
}

// decode takes a frame apart, one that the capture cut as far as it goes. Frames it does not know have protoOther.
func decode(raw []byte) frame {
	var eth layers.Ethernet
	if eth.DecodeFromBytes(raw, gopacket.NilDecodeFeedback) != nil {
		return frame{}
	}
	switch eth.EthernetType {
	case layers.EthernetTypeARP:
		return decodeARP(eth.Payload)
	case layers.EthernetTypeIPv4:
		return decodeIPv4(eth.Payload)
	case layers.EthernetTypeIPv6:
		return decodeIPv6(eth.Payload)
	default:
		return frame{}
	}
}

func decodeARP(b []byte) frame {
	var arp layers.ARP
	if arp.DecodeFromBytes(b, gopacket.NilDecodeFeedback) != nil || arp.ProtAddressSize != 4 {
		return frame{}
	}
	f := between(arp.SourceProtAddress, arp.DstProtAddress)
	f.proto, f.payload, f.size = protoARP, b, len(b)
	return f
}

func decodeIPv4(b []byte) frame {
	var ip layers.IPv4
	if ip.DecodeFromBytes(b, gopacket.NilDecodeFeedback) != nil {
		return frame{}
	}
	f := between(ip.SrcIP, ip.DstIP)
	if ip.FragOffset != 0 { // the first fragment has the ports, and so much of a datagram that it can be told
		f.proto = protoFragment
		return f
	}
	f.payload, f.size = ip.Payload, int(ip.Length)-4*int(ip.IHL)
	f.transport(ip.Protocol)
	return f
}

func decodeIPv6(b []byte) frame {
	var ip layers.IPv6
	if ip.DecodeFromBytes(b, gopacket.NilDecodeFeedback) != nil {
		return frame{}
	}
	f, next := between(ip.SrcIP, ip.DstIP), ip.NextHeader
	f.payload, f.size = ip.Payload, int(ip.Length)
	if h := ip.HopByHop; h != nil { // as multicast listener reports have it
		next, f.size = h.NextHeader, f.size-h.ActualLength
	}
	f.transport(next)
	return f
}

// between is a frame of which no more is known yet than two addresses of the same length.
func between(src, dst []byte) frame {
	s, _ := netip.AddrFromSlice(src)
	d, _ := netip.AddrFromSlice(dst)
	return frame{src: netip.AddrPortFrom(s, 0), dst: netip.AddrPortFrom(d, 0)}
}

// transport looks into the payload of an IP packet.
func (f *frame) transport(number layers.IPProtocol) {
	var udp layers.UDP
	var tcp layers.TCP
	switch {
	case number == layers.IPProtocolICMPv4 && len(f.payload) > 0:
		f.proto = protoICMP
	case number == layers.IPProtocolICMPv6 && len(f.payload) > 0:
		f.proto = protoICMPv6
	case number == layers.IPProtocolUDP && udp.DecodeFromBytes(f.payload, gopacket.NilDecodeFeedback) == nil:
		f.proto, f.payload, f.size = protoUDP, udp.Payload, int(udp.Length)-len(udp.Contents)
		f.ports(uint16(udp.SrcPort), uint16(udp.DstPort))
	case number == layers.IPProtocolTCP && tcp.DecodeFromBytes(f.payload, gopacket.NilDecodeFeedback) == nil:
		f.proto, f.payload, f.size = protoTCP, tcp.Payload, f.size-len(tcp.Contents)
		f.ports(uint16(tcp.SrcPort), uint16(tcp.DstPort))
	}
}

func (f *frame) ports(src, dst uint16) {
	f.src = netip.AddrPortFrom(f.src.Addr(), src)
	f.dst = netip.AddrPortFrom(f.dst.Addr(), dst)
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
