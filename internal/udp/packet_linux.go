// SPDX-License-Identifier: Apache-2.0

package udp

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"

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
	waiter          // of an AF_PACKET socket, which sends broadcasts too
	ip       int    // a raw IP socket for unicasts, for the kernel to find the way and the neighbour
	port     uint16 // the one that is read, and that answers come from
	six      bool
	protocol uint16 // of packets to ask for

	rx      *vector // the receiver's
	arrived [][]byte

	sendMu  sync.Mutex // guards tx, leaving and the order of a batch
	tx      *vector
	leaving [][]byte
}

func newPacketConn(cfg PacketConfig) (*PacketConn, error) {
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	c := &PacketConn{waiter: waiter{polled: fd, wakefd: -1}, ip: -1, port: cfg.Port, six: cfg.IPv6, protocol: unix.ETH_P_IP}
	if err := c.setup(cfg); err != nil {
		return nil, errors.Join(err, c.closeFiles())
	}
	return c, nil
}

// setup filters before it binds: an unbound packet socket of protocol 0 receives nothing, so no unfiltered packet gets in.
func (c *PacketConn) setup(cfg PacketConfig) (err error) {
	domain, filter := unix.AF_INET, received4(cfg.Port)
	if cfg.IPv6 {
		domain, filter, c.protocol = unix.AF_INET6, received6(cfg.Port), unix.ETH_P_IPV6
	}
	if cfg.Sent {
		filter, c.protocol = departing(c.protocol, filter), unix.ETH_P_ALL
	}
	if c.ip, err = unix.Socket(domain, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.IPPROTO_RAW); err != nil {
		return os.NewSyscallError("socket", err)
	}
	if err = errors.Join(attach(c.polled, filter), c.wakeable()); err != nil {
		return err
	}
	enlarge(c.polled, unix.SO_RCVBUFFORCE, unix.SO_RCVBUF, cfg.ReadBuffer)
	c.makeRoom()
	if cfg.Deaf {
		return nil
	}
	return c.Hear()
}

// Hear begins to receive, where that was put off by PacketConfig.Deaf. It needs no privilege.
func (c *PacketConn) Hear() error {
	return os.NewSyscallError("bind", unix.Bind(c.polled, &unix.SockaddrLinklayer{Protocol: swap(c.protocol)}))
}

// Close follows Conn.
func (c *PacketConn) Close() error {
	if !c.finish() {
		return nil
	}
	defer c.recvMu.Unlock()
	c.sendMu.Lock()
	defer c.sendMu.Unlock()
	return c.closeFiles()
}

func (c *PacketConn) closeFiles() error {
	err := errors.Join(c.closeWake(), os.NewSyscallError("close", unix.Close(c.polled)))
	if c.ip >= 0 {
		err = errors.Join(err, os.NewSyscallError("close", unix.Close(c.ip)))
	}
	return err
}

// Recv follows Conn. The port is the configured one.
func (c *PacketConn) Recv(in []Incoming, timeout time.Duration) (int, error) {
	return c.recv(in, timeout, c.recvNow)
}

// Send follows Conn. Broadcasts go out on their interface without asking the routes.
func (c *PacketConn) Send(out []Outgoing) (int, error) {
	c.sendMu.Lock()
	defer c.sendMu.Unlock()
	if c.closed.Load() {
		return 0, net.ErrClosed
	}
	sent, first := 0, error(nil)
	for len(out) > 0 {
		fd, batch := c.load(out)
		n, errno := 0, unix.Errno(0)
		if batch > 0 {
			n, errno = mmsg(unix.SYS_SENDMMSG, fd, c.tx.hdrs[:batch], 0)
		}
		out, sent = out[n:], sent+n
		if batch > 0 && (errno == 0 || errno == unix.EINTR) {
			continue
		}
		if first == nil {
			first = c.refused(&out[0], errno)
		}
		out = out[1:]
	}
	return sent, first
}

// refused says why a datagram did not leave: by the kernel's number, or because it cannot be made.
func (c *PacketConn) refused(o *Outgoing, errno unix.Errno) error {
	if errno == 0 {
		return errors.New("a datagram with a known source address of the socket's family is needed")
	}
	return opError("write", o.Remote, os.NewSyscallError("sendmmsg", errno))
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
