// SPDX-License-Identifier: Apache-2.0

package mmsg

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ctlSpace holds IP_PKTINFO and UDP_SEGMENT.
const ctlSpace = 64

// Out is a batch of datagrams to send. Bytes given to it must stay unchanged until Send.
type Out struct {
	headers []header
	names   []unix.RawSockaddrInet4
	iovs    []unix.Iovec
	control [][ctlSpace]byte
	n, iov  int
}

// NewOut makes room for n datagrams of at most parts slices each.
func NewOut(n, parts int) *Out {
	return &Out{
		headers: make([]header, n),
		names:   make([]unix.RawSockaddrInet4, n),
		iovs:    make([]unix.Iovec, n*parts),
		control: make([][ctlSpace]byte, n),
	}
}

// Full tells that the next Add needs a Send before.
func (o *Out) Full() bool { return o.n == len(o.headers) }

// Len is the number of datagrams waiting.
func (o *Out) Len() int { return o.n }

// Add queues one datagram to a destination, made of the given slices. from is the source address in host order, 0 for the socket's own.
// With a segment above 0 the kernel cuts the bytes into datagrams of that size (UDP_SEGMENT); the last may be shorter.
func (o *Out) Add(to netip.AddrPort, from uint32, segment int, parts ...[]byte) {
	h := &o.headers[o.n].msg
	name := &o.names[o.n]
	*name = unix.RawSockaddrInet4{Family: unix.AF_INET, Addr: to.Addr().As4()}
	binary.BigEndian.PutUint16(portBytes(name), to.Port())
	h.Name = (*byte)(unsafe.Pointer(name))
	h.Namelen = unix.SizeofSockaddrInet4
	h.Iov = &o.iovs[o.iov]
	used := 0
	for _, p := range parts {
		if len(p) == 0 {
			continue
		}
		o.iovs[o.iov+used].Base = &p[0]
		o.iovs[o.iov+used].SetLen(len(p))
		used++
	}
	h.SetIovlen(used)
	o.iov += used
	o.control[o.n] = [ctlSpace]byte{}
	size := fillControl(&o.control[o.n], from, segment)
	h.Control = nil
	if size > 0 {
		h.Control = &o.control[o.n][0]
	}
	h.SetControllen(size)
	o.n++
}

// fillControl writes the control messages a datagram needs and returns their size.
func fillControl(c *[ctlSpace]byte, from uint32, segment int) int {
	size := 0
	if from != 0 {
		h := (*unix.Cmsghdr)(unsafe.Pointer(&c[size]))
		h.Level, h.Type = unix.IPPROTO_IP, unix.IP_PKTINFO
		h.SetLen(unix.CmsgLen(unix.SizeofInet4Pktinfo))
		binary.BigEndian.PutUint32(c[size+unix.CmsgLen(0)+4:], from) // ipi_spec_dst
		size += unix.CmsgSpace(unix.SizeofInet4Pktinfo)
	}
	if segment > 0 {
		h := (*unix.Cmsghdr)(unsafe.Pointer(&c[size]))
		h.Level, h.Type = unix.SOL_UDP, unix.UDP_SEGMENT
		h.SetLen(unix.CmsgLen(2))
		binary.NativeEndian.PutUint16(c[size+unix.CmsgLen(0):], uint16(segment))
		size += unix.CmsgSpace(2)
	}
	return size
}

// Send sends everything queued and empties the batch, also on error. A destination that refuses does not stop the others.
func (s *Socket) Send(o *Out) error {
	defer func() { o.n, o.iov = 0, 0 }()
	var refused error
	for at := 0; at < o.n; {
		n, _, errno := unix.Syscall6(unix.SYS_SENDMMSG, uintptr(s.fd), uintptr(unsafe.Pointer(&o.headers[at])), uintptr(o.n-at), 0, 0, 0)
		switch {
		case errno == 0:
			at += int(n)
		case errors.Is(errno, unix.EINTR):
		default:
			refused = os.NewSyscallError("sendmmsg", errno)
			at++
		}
	}
	return refused
}
