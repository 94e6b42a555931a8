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

// header is struct mmsghdr: a message and the number of bytes moved.
type header struct {
	msg unix.Msghdr
	n   uint32
}

// infoSpace holds one IP_PKTINFO control message.
const infoSpace = 40

// In is room for a batch of received datagrams. Their bytes belong to In and are valid until its next Receive.
type In struct {
	headers []header
	names   []unix.RawSockaddrInet4
	iovs    []unix.Iovec
	control [][infoSpace]byte
	buffers [][]byte
}

// NewIn makes room for n datagrams of at most size bytes; longer ones are cut.
func NewIn(n, size int) *In {
	in := &In{
		headers: make([]header, n),
		names:   make([]unix.RawSockaddrInet4, n),
		iovs:    make([]unix.Iovec, n),
		control: make([][infoSpace]byte, n),
		buffers: make([][]byte, n),
	}
	for i := range n {
		in.buffers[i] = make([]byte, size)
		in.iovs[i].Base = &in.buffers[i][0]
		in.iovs[i].SetLen(size)
		h := &in.headers[i].msg
		h.Name = (*byte)(unsafe.Pointer(&in.names[i]))
		h.Iov = &in.iovs[i]
		h.SetIovlen(1)
		h.Control = &in.control[i][0]
	}
	return in
}

// Receive fills in with what waits; with wait it blocks for the first datagram (at most the read timeout). It returns 0 and no error when there was none.
func (s *Socket) Receive(in *In, wait bool) (int, error) {
	for i := range in.headers {
		in.headers[i].msg.Namelen = unix.SizeofSockaddrInet4
		in.headers[i].msg.SetControllen(infoSpace)
	}
	flags := uintptr(unix.MSG_DONTWAIT)
	if wait {
		flags = unix.MSG_WAITFORONE
	}
	n, _, errno := unix.Syscall6(unix.SYS_RECVMMSG, uintptr(s.fd), uintptr(unsafe.Pointer(&in.headers[0])), uintptr(len(in.headers)), flags, 0, 0)
	if errno == 0 {
		return int(n), nil
	}
	if errors.Is(errno, unix.EAGAIN) || errors.Is(errno, unix.EINTR) {
		return 0, nil
	}
	return 0, os.NewSyscallError("recvmmsg", errno)
}

// Data returns the bytes of datagram i.
func (in *In) Data(i int) []byte { return in.buffers[i][:in.headers[i].n] }

// Source returns where datagram i came from.
func (in *In) Source(i int) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4(in.names[i].Addr), in.SourcePort(i))
}

// SourcePort returns the port datagram i came from.
func (in *In) SourcePort(i int) uint16 { return binary.BigEndian.Uint16(portBytes(&in.names[i])) }

// Dest returns the IPv4 address datagram i was sent to, in host order; 0 when the system did not say. The order of struct
// in_pktinfo is interface index, local address, destination.
func (in *In) Dest(i int) uint32 {
	c := &in.control[i]
	h := (*unix.Cmsghdr)(unsafe.Pointer(c))
	if h.Level != unix.IPPROTO_IP || h.Type != unix.IP_PKTINFO {
		return 0
	}
	return binary.BigEndian.Uint32(c[unix.CmsgLen(0)+8:])
}

func portBytes(a *unix.RawSockaddrInet4) []byte {
	return (*[2]byte)(unsafe.Pointer(&a.Port))[:]
}
