// SPDX-License-Identifier: Apache-2.0

package udp

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// packetSize is the longest datagram that is read with its headers: DHCP's fit into Ethernet's 1,500 bytes.
const packetSize = 2048

// PacketConn reads and writes UDP below the kernel's UDP: it sees every datagram for one port on every interface, whoever
// has the port, and takes none away from anybody.
//
// It asks for IPv4 packets only (ETH_P_IP, not ETH_P_ALL), so that it gets what the IP layer gets: on a bridge's or VLAN's
// own interface and not a second time on the port below, and nothing that leaves. What leaves is another matter: a socket
// for that must ask for everything (ETH_P_ALL), which costs a little for each packet of this host.
type PacketConn struct {
	file *os.File // AF_PACKET, so that reading waits in the runtime's poller and Close ends it
	raw  syscall.RawConn
	ip   int    // AF_INET raw: unicasts, for the kernel to find the way and the neighbour
	port uint16 // the one that is read, and that answers come from
	one  [packetSize]byte
}

func newPacketConn(cfg PacketConfig) (*PacketConn, error) {
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	c := &PacketConn{file: os.NewFile(uintptr(fd), "packet"), ip: -1, port: cfg.Port}
	if err := c.setup(fd, cfg); err != nil {
		_ = c.Close()
		return nil, err
	}
	return c, nil
}

// setup filters before it binds: an unbound packet socket of protocol 0 receives nothing, so no unfiltered packet gets in.
func (c *PacketConn) setup(fd int, cfg PacketConfig) error {
	code, protocol := received(cfg.Port), uint16(unix.ETH_P_IP)
	if cfg.Sent {
		code, protocol = departing(cfg.Port), unix.ETH_P_ALL
	}
	if err := attach(fd, code); err != nil {
		return err
	}
	enlarge(fd, unix.SO_RCVBUFFORCE, unix.SO_RCVBUF, cfg.ReadBuffer)
	if err := unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: swapped(protocol)}); err != nil {
		return os.NewSyscallError("bind", err)
	}
	ip, err := unix.Socket(unix.AF_INET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.IPPROTO_RAW)
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
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: unix.IPPROTO_UDP, SkipTrue: 6},
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
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: unix.PACKET_OUTGOING, SkipTrue: 1},
		bpf.RetConstant{Val: 0},
		bpf.LoadExtension{Num: bpf.ExtProto},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: unix.ETH_P_IP, SkipTrue: 1},
		bpf.RetConstant{Val: 0},
	}, received(port)...)
}

func attach(fd int, program []bpf.Instruction) error {
	code, err := bpf.Assemble(program)
	if err != nil {
		return err
	}
	filter := make([]unix.SockFilter, len(code))
	for i, c := range code {
		filter[i] = unix.SockFilter{Code: c.Op, Jt: c.Jt, Jf: c.Jf, K: c.K}
	}
	prog := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	return os.NewSyscallError("setsockopt SO_ATTACH_FILTER", unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &prog))
}

// Close ends Recv.
func (c *PacketConn) Close() error {
	err := c.file.Close()
	if c.ip >= 0 {
		err = errors.Join(err, unix.Close(c.ip))
		c.ip = -1
	}
	return err
}

// Recv follows Conn. The port is the configured one.
func (c *PacketConn) Recv(in []Incoming, timeout time.Duration) (int, error) {
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
			size, from, err := unix.Recvfrom(int(fd), c.one[:], unix.MSG_TRUNC)
			switch {
			case errors.Is(err, unix.EAGAIN):
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
func (c *PacketConn) unwrap(in *Incoming, size int, from unix.Sockaddr) bool {
	ll, ok := from.(*unix.SockaddrLinklayer)
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
	in.Broadcast = ll.Pkttype != unix.PACKET_HOST
	return true
}

// Send follows Conn. Broadcasts go out on their interface without asking the routes.
func (c *PacketConn) Send(out []Outgoing) (int, error) {
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

func (c *PacketConn) send(o *Outgoing) error {
	p := wrap(o, c.port)
	if p == nil {
		return errors.New("an IPv4 datagram with a known source address is needed")
	}
	if o.Remote.Addr() != broadcast() {
		return os.NewSyscallError("sendto", unix.Sendto(c.ip, p, 0, &unix.SockaddrInet4{Addr: o.Remote.Addr().As4()}))
	}
	to := &unix.SockaddrLinklayer{Protocol: swapped(unix.ETH_P_IP), Ifindex: o.Interface, Halen: 6,
		Addr: [8]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}}
	var failed error
	err := c.raw.Control(func(fd uintptr) { failed = unix.Sendto(int(fd), p, 0, to) })
	return errors.Join(err, os.NewSyscallError("sendto", failed))
}
