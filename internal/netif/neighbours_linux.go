// SPDX-License-Identifier: Apache-2.0

package netif

import (
	"encoding/binary"
	"net/netip"
	"syscall"
)

// Neighbour messages of rtnetlink (linux/neighbour.h): struct ndmsg is 12 bytes; attribute 1 is the destination, 2 the
// link-layer address.
const (
	rtmGetNeigh = 30
	ndmsgLen    = 12
	ndaDst      = 1
	ndaLLAddr   = 2
)

// neighbours reads the kernel's table of IPv4 and IPv6 neighbours with an Ethernet address.
func neighbours() (map[netip.Addr]MAC, error) {
	found := map[netip.Addr]MAC{}
	rib, err := syscall.NetlinkRIB(rtmGetNeigh, syscall.AF_UNSPEC)
	if err != nil {
		return nil, err
	}
	msgs, err := syscall.ParseNetlinkMessage(rib)
	if err != nil {
		return nil, err
	}
	for _, m := range msgs {
		if len(m.Data) >= ndmsgLen {
			addNeighbour(found, m.Data[ndmsgLen:])
		}
	}
	return found, nil
}

// addNeighbour walks the attributes of one message.
func addNeighbour(found map[netip.Addr]MAC, attrs []byte) {
	var addr netip.Addr
	var mac MAC
	for len(attrs) >= 4 {
		n := int(binary.NativeEndian.Uint16(attrs))
		if n < 4 || n > len(attrs) {
			break
		}
		value := attrs[4:n]
		switch binary.NativeEndian.Uint16(attrs[2:]) {
		case ndaDst:
			addr, _ = netip.AddrFromSlice(value)
		case ndaLLAddr:
			if len(value) == len(mac) {
				mac = MAC(value)
			}
		}
		attrs = attrs[min((n+3)&^3, len(attrs)):]
	}
	if addr.IsValid() && mac != (MAC{}) {
		found[addr.Unmap()] = mac
	}
}
