// SPDX-License-Identifier: Apache-2.0

package udp

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// Conn is a datagram socket.
type Conn struct {
	waiter
	local   netip.AddrPort
	is4     bool
	pktinfo bool
	group   bool
	gso     atomic.Bool // switched off for good when the NIC refuses (EIO)

	rx *vector // the receiver's

	sendMu sync.Mutex // guards tx, split and the order of a batch
	tx     *vector
	split  []byte
}

// Listen opens a socket. The error is a *net.OpError: errors.Is finds syscall.EADDRINUSE, EACCES and EADDRNOTAVAIL in it.
func Listen(cfg Config) (*Conn, error) { return listen(cfg, false) }

func listen(cfg Config, group bool) (*Conn, error) {
	cfg.Addr = netip.AddrPortFrom(cfg.Addr.Addr().Unmap(), cfg.Addr.Port())
	family := unix.AF_INET6
	if cfg.Addr.Addr().Is4() {
		family = unix.AF_INET
	}
	fd, err := unix.Socket(family, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, unix.IPPROTO_UDP)
	if err != nil {
		return nil, opError("listen", cfg.Addr, os.NewSyscallError("socket", err))
	}
	c := &Conn{waiter: waiter{fd: fd, wakefd: -1}, is4: family == unix.AF_INET, pktinfo: cfg.PacketInfo, group: group}
	if err := c.setup(cfg); err != nil {
		return nil, opError("listen", cfg.Addr, errors.Join(err, c.closeFiles()))
	}
	c.gso.Store(probeGSO(fd))
	c.rx, c.tx = newVector(rxControl, 1), newVector(txControl, 2)
	return c, nil
}

// setup sets the options, binds, and learns the port.
func (c *Conn) setup(cfg Config) error {
	if err := c.options(cfg); err != nil {
		return err
	}
	if c.group {
		if err := unix.SetsockoptInt(c.fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1); err != nil {
			return os.NewSyscallError("setsockopt SO_REUSEPORT", err)
		}
	}
	sa, err := sockaddr(cfg.Addr)
	if err != nil {
		return err
	}
	if err := unix.Bind(c.fd, sa); err != nil {
		return os.NewSyscallError("bind", err)
	}
	name, err := unix.Getsockname(c.fd)
	if err != nil {
		return os.NewSyscallError("getsockname", err)
	}
	switch sa := name.(type) {
	case *unix.SockaddrInet4:
		c.local = netip.AddrPortFrom(cfg.Addr.Addr(), uint16(sa.Port))
	case *unix.SockaddrInet6:
		c.local = netip.AddrPortFrom(cfg.Addr.Addr(), uint16(sa.Port))
	}
	if !c.local.Addr().IsValid() {
		c.local = netip.AddrPortFrom(netip.IPv6Unspecified(), c.local.Port())
	}
	return c.wakeable()
}

// options sets everything that comes before bind.
func (c *Conn) options(cfg Config) error {
	set := func(name string, level, opt, value int) error {
		return os.NewSyscallError("setsockopt "+name, unix.SetsockoptInt(c.fd, level, opt, value))
	}
	var errs []error
	if c.is4 {
		// Boot ROMs are confused by DF and cannot answer "fragmentation needed": never set it (RFC 1350 peers predate PMTUD).
		errs = append(errs, set("IP_MTU_DISCOVER", unix.IPPROTO_IP, unix.IP_MTU_DISCOVER, unix.IP_PMTUDISC_DONT))
		if cfg.PacketInfo {
			errs = append(errs, set("IP_PKTINFO", unix.IPPROTO_IP, unix.IP_PKTINFO, 1))
		}
	} else {
		errs = append(errs, set("IPV6_V6ONLY", unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, 1),
			set("IPV6_MTU_DISCOVER", unix.IPPROTO_IPV6, unix.IPV6_MTU_DISCOVER, unix.IPV6_PMTUDISC_DONT))
		if cfg.PacketInfo {
			errs = append(errs, set("IPV6_RECVPKTINFO", unix.IPPROTO_IPV6, unix.IPV6_RECVPKTINFO, 1))
		}
	}
	if cfg.Broadcast {
		errs = append(errs, set("SO_BROADCAST", unix.SOL_SOCKET, unix.SO_BROADCAST, 1))
	}
	if cfg.Device != "" {
		errs = append(errs, os.NewSyscallError("setsockopt SO_BINDTODEVICE", unix.BindToDevice(c.fd, cfg.Device)))
	}
	enlarge(c.fd, unix.SO_RCVBUFFORCE, unix.SO_RCVBUF, cfg.ReadBuffer)
	enlarge(c.fd, unix.SO_SNDBUFFORCE, unix.SO_SNDBUF, cfg.WriteBuffer)
	return errors.Join(errs...)
}

// enlarge asks for a buffer size beyond the system's maximum, and takes the maximum where that is not ours to ask.
func enlarge(fd, force, plain, size int) {
	if size > 0 && unix.SetsockoptInt(fd, unix.SOL_SOCKET, force, size) != nil {
		_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, plain, size) // best effort: a small buffer only loses packets sooner
	}
}

func sockaddr(a netip.AddrPort) (unix.Sockaddr, error) {
	if a.Addr().Is4() {
		return &unix.SockaddrInet4{Port: int(a.Port()), Addr: a.Addr().As4()}, nil
	}
	sa := &unix.SockaddrInet6{Port: int(a.Port())}
	if a.Addr().IsValid() {
		sa.Addr = a.Addr().As16()
	}
	if zone := a.Addr().Zone(); zone != "" {
		sa.ZoneId = scope(zone)
		if sa.ZoneId == 0 {
			return nil, &net.AddrError{Err: "no such interface", Addr: a.String()}
		}
	}
	return sa, nil
}

// LocalAddr is the bound address with its real port.
func (c *Conn) LocalAddr() netip.AddrPort { return c.local }

// Capabilities says what this socket can do now: GSO may turn false after a network card refused it.
func (c *Conn) Capabilities() Capabilities {
	return Capabilities{Batch: MaxBatch, GSO: c.gso.Load(), PacketInfo: c.pktinfo, BindDevice: true, Group: true}
}

// Close ends the current Recv with net.ErrClosed, waits for it, and closes the socket. Further calls do nothing.
func (c *Conn) Close() error {
	if !c.finish() {
		return nil
	}
	defer c.recvMu.Unlock()
	c.sendMu.Lock()
	defer c.sendMu.Unlock()
	return c.closeFiles()
}

// Recv fills up to len(in) of the datagrams that are there and says how many. With none there it waits: up to timeout
// (then os.ErrDeadlineExceeded), until Wake (then 0, nil) or Close (then net.ErrClosed). Timeout 0 does not wait, a
// negative one waits forever. Only one goroutine may receive.
func (c *Conn) Recv(in []Incoming, timeout time.Duration) (int, error) {
	return c.recv(in, timeout, c.recvNow)
}
