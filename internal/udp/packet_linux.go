// SPDX-License-Identifier: Apache-2.0

package udp

import (
	"encoding/binary"
	"errors"
	"net"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// packetSize is the longest datagram that is read with its headers: DHCP's fit into Ethernet's 1,500 bytes.
const packetSize = 2048

// PacketConn reads and writes UDP below the kernel's UDP: it sees every datagram for one port on every interface, whoever
// has the port, and takes none away from anybody. What came as several fragments it does not see.
//
// It asks for packets of one protocol (ETH_P_IP or ETH_P_IPV6, not ETH_P_ALL), so that it gets what the IP layer gets: on a
// bridge's or VLAN's own interface and not a second time on the port below, and nothing that leaves.
//
// github.com/mdlayher/packet would not do: it binds to one interface and does not say by which a packet came, nor whether
// it was a broadcast.
type PacketConn struct {
	in       *os.File // AF_PACKET; of package os, so that reading waits in the runtime's poller and Close ends it
	inRaw    syscall.RawConn
	out      *os.File // raw IP for unicasts, for the kernel to find the way and the neighbour
	outRaw   syscall.RawConn
	port     uint16 // the one that is read, and that answers come from
	six      bool
	protocol uint16 // of packets to ask for
	closed   atomic.Bool
	one      [packetSize]byte
}

func newPacketConn(cfg PacketConfig) (*PacketConn, error) {
	c := &PacketConn{port: cfg.Port, six: cfg.IPv6, protocol: unix.ETH_P_IP}
	domain, code := unix.AF_INET, received4(cfg.Port)
	if cfg.IPv6 {
		domain, code, c.protocol = unix.AF_INET6, received6(cfg.Port), unix.ETH_P_IPV6
	}
	if cfg.Sent {
		code, c.protocol = departing(c.protocol, code), unix.ETH_P_ALL
	}
	if err := c.open(domain, code, cfg); err != nil {
		_ = c.Close()
		return nil, err
	}
	return c, nil
}

// open filters before it binds: an unbound packet socket of protocol 0 receives nothing, so no unfiltered packet gets in.
func (c *PacketConn) open(domain int, filter []bpf.Instruction, cfg PacketConfig) (err error) {
	if c.in, c.inRaw, err = rawSocket(unix.AF_PACKET, unix.SOCK_DGRAM, 0, "packet"); err != nil {
		return err
	}
	if c.out, c.outRaw, err = rawSocket(domain, unix.SOCK_RAW, unix.IPPROTO_RAW, "raw IP"); err != nil {
		return err
	}
	failed := c.inRaw.Control(func(fd uintptr) {
		enlarge(int(fd), unix.SO_RCVBUFFORCE, unix.SO_RCVBUF, cfg.ReadBuffer)
		err = attach(int(fd), filter)
	})
	if err = errors.Join(failed, err); err != nil || cfg.Deaf {
		return err
	}
	return c.Hear()
}

// Hear begins to receive, where that was put off by PacketConfig.Deaf. It needs no privilege.
func (c *PacketConn) Hear() (err error) {
	failed := c.inRaw.Control(func(fd uintptr) {
		err = os.NewSyscallError("bind", unix.Bind(int(fd), &unix.SockaddrLinklayer{Protocol: swapped(c.protocol)}))
	})
	return errors.Join(failed, err)
}

func rawSocket(domain, typ, protocol int, name string) (*os.File, syscall.RawConn, error) {
	fd, err := unix.Socket(domain, typ|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, protocol)
	if err != nil {
		return nil, nil, os.NewSyscallError("socket", err)
	}
	f := os.NewFile(uintptr(fd), name)
	raw, err := f.SyscallConn()
	return f, raw, err
}

// swapped turns a number into network byte order.
func swapped(n uint16) uint16 {
	var b [2]byte
	binary.BigEndian.PutUint16(b[:], n)
	return binary.NativeEndian.Uint16(b[:])
}

// Close ends Recv.
func (c *PacketConn) Close() error {
	c.closed.Store(true)
	var errs []error
	for _, f := range []*os.File{c.in, c.out} {
		if f != nil {
			errs = append(errs, f.Close())
		}
	}
	return errors.Join(errs...)
}

// Recv follows Conn. The port is the configured one.
func (c *PacketConn) Recv(in []Incoming, timeout time.Duration) (int, error) {
	var until time.Time
	if timeout >= 0 {
		until = time.Now().Add(timeout)
	}
	if err := c.in.SetReadDeadline(until); err != nil {
		return 0, c.told(err)
	}
	n := 0
	var failed error
	err := c.inRaw.Read(func(fd uintptr) bool {
		for n < len(in) {
			size, from, err := unix.Recvfrom(int(fd), c.one[:], unix.MSG_TRUNC)
			switch {
			case errors.Is(err, unix.EAGAIN):
				return n > 0
			case err != nil:
				failed = os.NewSyscallError("recvfrom", err)
				return true
			}
			if ll, ok := from.(*unix.SockaddrLinklayer); ok && unwrap(&in[n], c.one[:min(size, len(c.one))], ll.Ifindex) {
				in[n].Broadcast = ll.Pkttype != unix.PACKET_HOST
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
	return 0, c.told(err)
}

// told replaces the error of a file that was closed meanwhile, which package os does not export.
func (c *PacketConn) told(err error) error {
	if err != nil && c.closed.Load() {
		return net.ErrClosed
	}
	return err
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
	remote := o.Remote.Addr()
	if p == nil || remote.Is6() != c.six {
		return errors.New("a datagram with a known source address of the socket's family is needed")
	}
	raw, to := c.outRaw, unix.Sockaddr(nil)
	switch {
	case remote == broadcast():
		raw = c.inRaw
		to = &unix.SockaddrLinklayer{Protocol: swapped(unix.ETH_P_IP), Ifindex: o.Interface, Halen: 6,
			Addr: [8]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}}
	case c.six:
		to = &unix.SockaddrInet6{Addr: remote.As16(), ZoneId: zoneOf(o)}
	default:
		to = &unix.SockaddrInet4{Addr: remote.As4()}
	}
	var failed error
	err := raw.Write(func(fd uintptr) bool { // waits while the interface's queue is full
		failed = unix.Sendto(int(fd), p, 0, to)
		return !errors.Is(failed, unix.EAGAIN)
	})
	return c.told(errors.Join(err, os.NewSyscallError("sendto", failed)))
}

// zoneOf is the interface that a link-local address is one of.
func zoneOf(o *Outgoing) uint32 {
	switch a := o.Remote.Addr(); {
	case !a.IsLinkLocalUnicast():
		return 0
	case a.Zone() != "":
		return scope(a.Zone())
	default:
		return uint32(o.Interface)
	}
}
