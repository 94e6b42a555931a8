// SPDX-License-Identifier: Apache-2.0

package udp

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"os"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Control space per datagram: receiving needs one packet info, sending a packet info and a segment size.
const (
	rxControl = 64
	txControl = 96
)

// vector is the argument of recvmmsg and sendmmsg: headers that point at names, control space and parts, built once.
type vector struct {
	hdrs    [MaxBatch]unix.Mmsghdr
	names   [MaxBatch]unix.RawSockaddrInet6 // large enough for both families
	control [][]byte
	iovs    []unix.Iovec
}

func newVector(control, parts int) *vector {
	v := &vector{control: make([][]byte, MaxBatch), iovs: make([]unix.Iovec, 0, MaxBatch*parts)}
	if control == 0 {
		return v
	}
	space := make([]uint64, MaxBatch*control/8) // uint64: control messages are read as aligned structures
	for i := range v.control {
		v.control[i] = unsafe.Slice((*byte)(unsafe.Pointer(&space[i*control/8])), control)
	}
	return v
}

// receive takes what is there; 0 datagrams without an error means the queue is empty.
func (v *vector) receive(s *socket, in []Incoming) (int, error) {
	in = in[:min(len(in), MaxBatch)]
	v.iovs = v.iovs[:len(in)]
	for i := range in {
		v.iovs[i].Base = unsafe.SliceData(in[i].Buf)
		v.iovs[i].SetLen(len(in[i].Buf))
		h := &v.hdrs[i].Hdr
		h.Name, h.Namelen = (*byte)(unsafe.Pointer(&v.names[i])), unix.SizeofSockaddrInet6
		h.Iov = &v.iovs[i]
		h.SetIovlen(1)
		h.Control = nil
		h.SetControllen(0)
		if s.pktinfo {
			h.Control = &v.control[i][0]
			h.SetControllen(rxControl)
		}
	}
	n, err := mmsg(unix.SYS_RECVMMSG, s.fd, v.hdrs[:len(in)], unix.MSG_DONTWAIT)
	switch {
	case err == 0:
	case err == unix.EAGAIN || err == unix.EINTR || err == unix.ECONNREFUSED:
		return 0, nil // ECONNREFUSED: an ICMP error of an earlier send, nothing to receive
	default:
		return 0, os.NewSyscallError("recvmmsg", err)
	}
	for i := range n {
		v.arrived(&in[i], i, s.pktinfo)
	}
	return n, nil
}

// arrived translates slot i.
func (v *vector) arrived(in *Incoming, i int, pktinfo bool) {
	h := &v.hdrs[i]
	in.N = int(h.Len)
	in.Truncated = h.Hdr.Flags&unix.MSG_TRUNC != 0
	in.Remote = addrPort(&v.names[i])
	if pktinfo {
		v.packetInfo(in, i)
		return
	}
	in.Local, in.Answer, in.Interface, in.Broadcast = netip.Addr{}, netip.Addr{}, 0, false
}

// sender is what sending in batches needs.
type sender struct {
	*vector
	split []byte // a segmented send that is cut by hand
}

func newSender() *sender { return &sender{vector: newVector(txControl, 2)} }

// send is Conn.Send by a socket.
func (t *sender) send(s *socket, out []Outgoing) (int, error) {
	sent, first := 0, error(nil)
	for len(out) > 0 {
		batch := t.load(s, out)
		n, err := mmsg(unix.SYS_SENDMMSG, s.fd, t.hdrs[:batch], 0)
		out, sent = out[n:], sent+n
		if err == 0 || err == unix.EINTR {
			continue
		}
		ok, failed := t.refused(s, &out[0], err)
		if ok {
			sent++
		} else if first == nil {
			first = failed
		}
		out = out[1:]
	}
	return sent, first
}

// load prepares as many of out as one system call takes. A datagram in segments goes alone through its own slot like any
// other; only without GSO it ends the batch, because it has to be cut by hand.
func (v *vector) load(s *socket, out []Outgoing) int {
	out = out[:min(len(out), MaxBatch)]
	parts := 0
	for i := range out {
		parts += len(out[i].Bufs)
	}
	if cap(v.iovs) < parts {
		v.iovs = make([]unix.Iovec, 0, 2*parts)
	}
	v.iovs = v.iovs[:parts]
	at := 0
	for i := range out {
		o := &out[i]
		h := &v.hdrs[i].Hdr
		h.Name = (*byte)(unsafe.Pointer(&v.names[i]))
		h.Namelen = putAddr(&v.names[i], o.Remote, s.is4)
		h.Iov = nil
		if len(o.Bufs) > 0 {
			h.Iov = &v.iovs[at]
		}
		h.SetIovlen(len(o.Bufs))
		for _, b := range o.Bufs {
			v.iovs[at].Base = unsafe.SliceData(b)
			v.iovs[at].SetLen(len(b))
			at++
		}
		n := s.putControl(v.control[i], o)
		h.Control = nil
		if n > 0 {
			h.Control = &v.control[i][0]
		}
		h.SetControllen(n)
	}
	return len(out)
}

// mmsg is recvmmsg or sendmmsg. The error is the bare number: comparing it must not allocate.
//
// It is first tried without waiting and without telling the scheduler: a batch takes longer than the 20 us after which the
// runtime takes the processor away from a system call, and getting it back costs wake-ups of other threads each time.
func mmsg(call uintptr, fd int, hdrs []unix.Mmsghdr, flags uintptr) (int, unix.Errno) {
	most := uintptr(len(hdrs))
	n, _, errno := unix.RawSyscall6(call, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(hdrs))), most, flags|unix.MSG_DONTWAIT, 0, 0)
	if errno == unix.EAGAIN && flags&unix.MSG_DONTWAIT == 0 { // no room to send: wait for it
		n, _, errno = unix.Syscall6(call, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(hdrs))), most, flags, 0, 0)
	}
	if errno != 0 {
		return 0, errno
	}
	return int(n), 0
}

// putAddr writes a socket address and gives its length.
func putAddr(name *unix.RawSockaddrInet6, a netip.AddrPort, is4 bool) uint32 {
	port := swap(a.Port())
	if is4 {
		n4 := (*unix.RawSockaddrInet4)(unsafe.Pointer(name))
		n4.Family, n4.Port = unix.AF_INET, port
		if ip := a.Addr().Unmap(); ip.Is4() {
			n4.Addr = ip.As4()
		} else {
			n4.Family = unix.AF_INET6 // the wrong family for this socket: the kernel says EAFNOSUPPORT
		}
		return unix.SizeofSockaddrInet4
	}
	name.Family, name.Port, name.Flowinfo, name.Scope_id = unix.AF_INET6, port, 0, 0
	name.Addr = a.Addr().As16()
	if zone := a.Addr().Zone(); zone != "" {
		name.Scope_id = scope(zone)
	}
	return unix.SizeofSockaddrInet6
}

// swap turns a port into or out of network byte order.
func swap(port uint16) uint16 {
	var b [2]byte
	binary.BigEndian.PutUint16(b[:], port)
	return binary.NativeEndian.Uint16(b[:])
}

// addrPort reads a socket address.
func addrPort(name *unix.RawSockaddrInet6) netip.AddrPort {
	port := swap(name.Port)
	if name.Family == unix.AF_INET {
		return netip.AddrPortFrom(netip.AddrFrom4((*unix.RawSockaddrInet4)(unsafe.Pointer(name)).Addr), port)
	}
	ip := netip.AddrFrom16(name.Addr)
	if name.Scope_id != 0 {
		ip = ip.WithZone(strconv.Itoa(int(name.Scope_id)))
	}
	return netip.AddrPortFrom(ip, port)
}

// packetInfo reads from slot i which address and interface a datagram came to, and whether that address is not ours alone.
func (v *vector) packetInfo(in *Incoming, i int) {
	in.Local, in.Answer, in.Interface, in.Broadcast = netip.Addr{}, netip.Addr{}, 0, false
	control := v.control[i][:v.hdrs[i].Hdr.Controllen]
	for len(control) >= unix.SizeofCmsghdr {
		h := (*unix.Cmsghdr)(unsafe.Pointer(&control[0]))
		n := int(h.Len)
		if n < unix.SizeofCmsghdr || n > len(control) {
			return
		}
		data := control[unix.CmsgLen(0):n]
		switch {
		case h.Level == unix.IPPROTO_IP && h.Type == unix.IP_PKTINFO && len(data) >= unix.SizeofInet4Pktinfo:
			// Addr is the destination in the header, Spec_dst our address that the kernel would answer from.
			p := (*unix.Inet4Pktinfo)(unsafe.Pointer(&data[0]))
			in.Local, in.Answer = netip.AddrFrom4(p.Addr), netip.AddrFrom4(p.Spec_dst)
			in.Interface, in.Broadcast = int(p.Ifindex), p.Addr != p.Spec_dst
			if in.Answer.IsUnspecified() {
				in.Answer = netip.Addr{}
			}
			return
		case h.Level == unix.IPPROTO_IPV6 && h.Type == unix.IPV6_PKTINFO && len(data) >= unix.SizeofInet6Pktinfo:
			p := (*unix.Inet6Pktinfo)(unsafe.Pointer(&data[0]))
			in.Local, in.Interface = netip.AddrFrom16(p.Addr), int(p.Ifindex)
			if in.Broadcast = in.Local.IsMulticast(); !in.Broadcast {
				in.Answer = in.Local
			}
			return
		}
		control = control[min(len(control), (n+unix.SizeofPtr-1)&^(unix.SizeofPtr-1)):]
	}
}

// putControl writes packet info and segment size and gives the bytes used.
func (s *socket) putControl(space []byte, o *Outgoing) int {
	n := 0
	if s.pktinfo && (o.Local.IsValid() || o.Interface != 0) {
		if s.is4 {
			data := putHeader(space, unix.IPPROTO_IP, unix.IP_PKTINFO, unix.SizeofInet4Pktinfo)
			p := unix.Inet4Pktinfo{Ifindex: int32(o.Interface)}
			if ip := o.Local.Unmap(); ip.Is4() {
				p.Spec_dst = ip.As4()
			}
			*(*unix.Inet4Pktinfo)(unsafe.Pointer(&data[0])) = p
			n += unix.CmsgSpace(unix.SizeofInet4Pktinfo)
		} else {
			data := putHeader(space, unix.IPPROTO_IPV6, unix.IPV6_PKTINFO, unix.SizeofInet6Pktinfo)
			p := unix.Inet6Pktinfo{Ifindex: uint32(o.Interface)}
			if o.Local.IsValid() {
				p.Addr = o.Local.As16()
			}
			*(*unix.Inet6Pktinfo)(unsafe.Pointer(&data[0])) = p
			n += unix.CmsgSpace(unix.SizeofInet6Pktinfo)
		}
	}
	if o.Segment > 0 {
		data := putHeader(space[n:], unix.IPPROTO_UDP, unix.UDP_SEGMENT, 2)
		*(*uint16)(unsafe.Pointer(&data[0])) = uint16(o.Segment)
		n += unix.CmsgSpace(2)
	}
	return n
}

func putHeader(space []byte, level, typ int32, size int) []byte {
	h := (*unix.Cmsghdr)(unsafe.Pointer(&space[0]))
	h.Level, h.Type = level, typ
	h.SetLen(unix.CmsgLen(size))
	return space[unix.CmsgLen(0):]
}

// refused decides about a datagram the kernel did not take: one in segments is cut by hand, and after EIO (the network card
// cannot checksum segments) no more are tried on this socket.
func (t *sender) refused(s *socket, o *Outgoing, err unix.Errno) (bool, error) {
	if o.Segment == 0 {
		return false, opError("write", o.Remote, os.NewSyscallError("sendmmsg", err))
	}
	if err == unix.EIO {
		s.gso.Store(false)
	}
	if e := t.sendSplit(s, o); e != nil {
		return false, opError("write", o.Remote, os.NewSyscallError("sendmsg", errors.Join(e, err)))
	}
	return true, nil
}
