// SPDX-License-Identifier: Apache-2.0

package udp

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// makeRoom prepares what does not change between batches.
func (c *PacketConn) makeRoom() {
	c.rx, c.tx = newVector(0, 1), newVector(0, 1)
	c.arrived, c.leaving = make([][]byte, MaxBatch), make([][]byte, MaxBatch)
	space := make([]byte, MaxBatch*packetSize)
	c.rx.iovs, c.tx.iovs = c.rx.iovs[:MaxBatch], c.tx.iovs[:MaxBatch]
	for i := range MaxBatch {
		c.arrived[i] = space[i*packetSize : (i+1)*packetSize]
		c.rx.iovs[i].Base = unsafe.SliceData(c.arrived[i])
		c.rx.iovs[i].SetLen(packetSize)
		for _, v := range []*vector{c.rx, c.tx} {
			h := &v.hdrs[i].Hdr
			h.Name, h.Iov = (*byte)(unsafe.Pointer(&v.names[i])), &v.iovs[i]
			h.SetIovlen(1)
		}
	}
}

// recvNow takes what is there, as Conn's does.
func (c *PacketConn) recvNow(in []Incoming) (int, error) {
	v := c.rx
	hdrs := v.hdrs[:min(len(in), MaxBatch)]
	for i := range hdrs {
		hdrs[i].Hdr.Namelen = unix.SizeofSockaddrLinklayer
	}
	n, errno := mmsg(unix.SYS_RECVMMSG, c.polled, hdrs, unix.MSG_DONTWAIT)
	switch {
	case errno == 0:
	case errno == unix.EAGAIN || errno == unix.EINTR:
		return 0, nil
	default:
		return 0, os.NewSyscallError("recvmmsg", errno)
	}
	kept := 0
	for i := range n {
		from := (*unix.RawSockaddrLinklayer)(unsafe.Pointer(&v.names[i]))
		if unwrap(&in[kept], c.arrived[i][:min(int(v.hdrs[i].Len), packetSize)], int(from.Ifindex)) {
			in[kept].Broadcast = from.Pkttype != unix.PACKET_HOST
			kept++
		}
	}
	return kept, nil
}

// load prepares as many of out as leave by one socket, and gives that; none if the first of them cannot be made.
func (c *PacketConn) load(out []Outgoing) (fd, n int) {
	everybody := out[0].Remote.Addr() == broadcast()
	for n < min(len(out), MaxBatch) {
		o := &out[n]
		if (o.Remote.Addr() == broadcast()) != everybody || o.Remote.Addr().Is6() != c.six {
			break
		}
		p := wrap(c.leaving[n][:0], o, c.port)
		if p == nil {
			break
		}
		c.leaving[n] = p
		c.tx.iovs[n].Base = unsafe.SliceData(p)
		c.tx.iovs[n].SetLen(len(p))
		c.tx.hdrs[n].Hdr.Namelen = c.address(&c.tx.names[n], o)
		n++
	}
	if everybody {
		return c.polled, n
	}
	return c.ip, n
}

// address writes where a datagram goes and gives the length of that. Raw sockets know no ports.
func (c *PacketConn) address(name *unix.RawSockaddrInet6, o *Outgoing) uint32 {
	switch to := o.Remote.Addr(); {
	case to == broadcast():
		*(*unix.RawSockaddrLinklayer)(unsafe.Pointer(name)) = unix.RawSockaddrLinklayer{Family: unix.AF_PACKET, Protocol: swap(unix.ETH_P_IP),
			Ifindex: int32(o.Interface), Halen: 6, Addr: [8]uint8{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}}
		return unix.SizeofSockaddrLinklayer
	case c.six:
		*name = unix.RawSockaddrInet6{Family: unix.AF_INET6, Addr: to.As16(), Scope_id: zoneOf(o)}
		return unix.SizeofSockaddrInet6
	default:
		*(*unix.RawSockaddrInet4)(unsafe.Pointer(name)) = unix.RawSockaddrInet4{Family: unix.AF_INET, Addr: to.As4()}
		return unix.SizeofSockaddrInet4
	}
}
