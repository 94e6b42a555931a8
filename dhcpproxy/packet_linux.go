// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/net/bpf"

	"github.com/bootlace-net/bootlace/internal/udp"
)

// packetConn reads and writes UDP below the kernel's UDP: it sees every datagram for one port on every interface, whoever
// has the port, and takes none away from anybody.
//
// It asks for IPv4 packets only (ETH_P_IP, not ETH_P_ALL), so that it gets what the IP layer gets: on a bridge's or VLAN's
// own interface and not a second time on the port below, and nothing that leaves. What leaves is another matter: a socket
// for that must ask for everything (ETH_P_ALL), which costs a little for each packet of this host.
type packetConn struct {
	file *os.File // AF_PACKET, so that reading waits in the runtime's poller and Close ends it
	raw  syscall.RawConn
	ip   int    // AF_INET raw: unicasts, for the kernel to find the way and the neighbour
	port uint16 // the one that is read, and that answers come from
	own  bool   // read what this host sends, not what it gets
	one  [bufferedSize]byte
}

func newPacketConn(port uint16, own bool) (*packetConn, error) {
	fd, err := syscall.Socket(syscall.AF_PACKET, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	c := &packetConn{file: os.NewFile(uintptr(fd), "packet"), ip: -1, port: port, own: own}
	if err := c.setup(fd); err != nil {
		_ = c.Close()
		return nil, err
	}
	return c, nil
}

// setup filters before it binds: an unbound packet socket of protocol 0 receives nothing, so no unfiltered packet gets in.
func (c *packetConn) setup(fd int) error {
	code, protocol := received(c.port), uint16(syscall.ETH_P_IP)
	if c.own {
		code, protocol = departing(c.port), syscall.ETH_P_ALL
	}
	if err := attach(fd, code); err != nil {
		return err
	}
	if err := syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_RCVBUF, readBuffer); err != nil {
		return os.NewSyscallError("setsockopt SO_RCVBUF", err)
	}
	if err := syscall.Bind(fd, &syscall.SockaddrLinklayer{Protocol: swapped(protocol)}); err != nil {
		return os.NewSyscallError("bind", err)
	}
	ip, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_RAW|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, syscall.IPPROTO_RAW)
	if err != nil {
		return os.NewSyscallError("socket", err)
	}
	c.ip = ip
	c.raw, err = c.file.SyscallConn()
	return err
}

// swapped turns a number into network byte order.
func swapped(n uint16) uint16 {
	var b [2]byte
	binary.BigEndian.PutUint16(b[:], n)
	return binary.NativeEndian.Uint16(b[:])
}

// received accepts whole UDP datagrams for a port: protocol 17, no later fragment.
func received(port uint16) []bpf.Instruction {
	return []bpf.Instruction{
		bpf.LoadAbsolute{Off: 9, Size: 1},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: syscall.IPPROTO_UDP, SkipTrue: 6},
		bpf.LoadAbsolute{Off: 6, Size: 2},
		bpf.JumpIf{Cond: bpf.JumpBitsSet, Val: 0x1fff, SkipTrue: 4},
		bpf.LoadMemShift{Off: 0},
		bpf.LoadIndirect{Off: 2, Size: 2},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: uint32(port), SkipTrue: 1},
		bpf.RetConstant{Val: 1 << 16},
		bpf.RetConstant{Val: 0},
	}
}

// departing accepts those of them that this host sends.
func departing(port uint16) []bpf.Instruction {
	return append([]bpf.Instruction{
		bpf.LoadExtension{Num: bpf.ExtType},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: syscall.PACKET_OUTGOING, SkipTrue: 1},
		bpf.RetConstant{Val: 0},
		bpf.LoadExtension{Num: bpf.ExtProto},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: syscall.ETH_P_IP, SkipTrue: 1},
		bpf.RetConstant{Val: 0},
	}, received(port)...)
}

func attach(fd int, program []bpf.Instruction) error {
	code, err := bpf.Assemble(program)
	if err != nil {
		return err
	}
	prog := syscall.SockFprog{Len: uint16(len(code)), Filter: (*syscall.SockFilter)(unsafe.Pointer(unsafe.SliceData(code)))}
	_, _, errno := syscall.Syscall6(syscall.SYS_SETSOCKOPT, uintptr(fd), syscall.SOL_SOCKET, syscall.SO_ATTACH_FILTER,
		uintptr(unsafe.Pointer(&prog)), unsafe.Sizeof(prog), 0)
	if errno != 0 {
		return os.NewSyscallError("setsockopt SO_ATTACH_FILTER", errno)
	}
	return nil
}

// Close ends Recv.
func (c *packetConn) Close() error {
	err := c.file.Close()
	if c.ip >= 0 {
		err = errors.Join(err, syscall.Close(c.ip))
		c.ip = -1
	}
	return err
}

// Recv follows udp.Conn. The port is the one of newPacketConn.
func (c *packetConn) Recv(in []udp.Incoming, timeout time.Duration) (int, error) {
	var until time.Time
	if timeout >= 0 {
		until = time.Now().Add(timeout)
	}
	if err := c.file.SetReadDeadline(until); err != nil {
		return 0, closedError(err)
	}
	n := 0
	var failed error
	err := c.raw.Read(func(fd uintptr) bool {
		for n < len(in) {
			size, from, err := syscall.Recvfrom(int(fd), c.one[:], syscall.MSG_TRUNC)
			switch {
			case errors.Is(err, syscall.EAGAIN):
				return n > 0
			case err != nil:
				failed = os.NewSyscallError("recvfrom", err)
				return true
			}
			if c.unwrap(&in[n], size, from) {
				n++
			}
		}
		return true
	})
	if n > 0 {
		return n, nil
	}
	if err == nil {
		err = failed
	}
	return 0, closedError(err)
}

func closedError(err error) error {
	if errors.Is(err, os.ErrClosed) {
		return net.ErrClosed
	}
	return err
}

// unwrap takes the IP and UDP headers off. The UDP checksum is not looked at: on packets from this host it is not filled
// in yet, and what a wire corrupts has failed the frame's own check.
func (c *packetConn) unwrap(in *udp.Incoming, size int, from syscall.Sockaddr) bool {
	ll, ok := from.(*syscall.SockaddrLinklayer)
	b := c.one[:min(size, len(c.one))]
	if !ok || len(b) < 28 || b[0]>>4 != 4 {
		return false
	}
	head := int(b[0]&15) * 4
	if head < 20 || len(b) < head+8 {
		return false
	}
	datagram := b[head:]
	length := int(binary.BigEndian.Uint16(datagram[4:]))
	if length < 8 {
		return false
	}
	in.Truncated = length > len(datagram) || length-8 > len(in.Buf)
	in.N = copy(in.Buf, datagram[8:min(length, len(datagram))])
	in.Remote = netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[12:])), binary.BigEndian.Uint16(datagram))
	in.Local = netip.AddrFrom4([4]byte(b[16:]))
	in.Interface = ll.Ifindex
	in.Broadcast = ll.Pkttype != syscall.PACKET_HOST
	return true
}

// Send follows udp.Conn. Broadcasts go out on their interface without asking the routes.
func (c *packetConn) Send(out []udp.Outgoing) (int, error) {
	sent := 0
	var first error
	for i := range out {
		if err := c.send(&out[i]); err != nil && first == nil {
			first = err
		} else if err == nil {
			sent++
		}
	}
	return sent, first
}

func (c *packetConn) send(o *udp.Outgoing) error {
	p := wrap(o, c.port)
	if p == nil {
		return errors.New("an IPv4 datagram with a known source address is needed")
	}
	if o.Remote.Addr() != broadcastAddr() {
		return os.NewSyscallError("sendto", syscall.Sendto(c.ip, p, 0, &syscall.SockaddrInet4{Addr: o.Remote.Addr().As4()}))
	}
	to := &syscall.SockaddrLinklayer{Protocol: swapped(syscall.ETH_P_IP), Ifindex: o.Interface, Halen: 6,
		Addr: [8]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}}
	var failed error
	err := c.raw.Control(func(fd uintptr) { failed = syscall.Sendto(int(fd), p, 0, to) })
	return errors.Join(err, os.NewSyscallError("sendto", failed))
}

// ListenPackets reads UDP datagrams for a port on every interface, beside whoever has the port, and sends from it. It
// needs CAP_NET_RAW. What this host sends itself is not heard.
func ListenPackets(port uint16) (Packets, error) { return listenPackets(port, false) }

func listenPackets(port uint16, own bool) (Packets, error) {
	c, err := newPacketConn(port, own)
	if err != nil {
		return nil, fmt.Errorf("packet socket for port %d: %w: it needs root or CAP_NET_RAW", port, err)
	}
	return c, nil
}
