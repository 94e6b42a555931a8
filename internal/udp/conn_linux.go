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

// Conn is a datagram socket. The runtime's poller is not used: a lane that serves thousands of peers wants one blocking
// wait for datagrams and wake-ups together, and the system calls of a batch on the goroutine's own thread.
type Conn struct {
	fd, wakefd int
	local      netip.AddrPort
	is4        bool
	pktinfo    bool
	group      bool
	gso        atomic.Bool // switched off for good when the NIC refuses (EIO)
	closed     atomic.Bool
	asleep     atomic.Bool // the receiver is in, or about to enter, the blocking wait
	woken      atomic.Bool

	recvMu sync.Mutex // held by the receiver; Close takes it to know the socket is no longer in use
	rx     *vector
	poll   [2]unix.PollFd

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
	c := &Conn{fd: fd, wakefd: -1, is4: family == unix.AF_INET, pktinfo: cfg.PacketInfo, group: group}
	if err := c.setup(cfg); err != nil {
		return nil, opError("listen", cfg.Addr, errors.Join(err, c.closeFiles()))
	}
	c.gso.Store(probeGSO(fd))
	c.rx, c.tx = newVector(rxControl, 1), newVector(txControl, 2)
	c.poll = [2]unix.PollFd{{Fd: int32(c.fd), Events: unix.POLLIN}, {Fd: int32(c.wakefd), Events: unix.POLLIN}}
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
	c.wakefd, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	return os.NewSyscallError("eventfd", err)
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

// Wake makes the current or the next Recv return without a datagram (0, nil). Any goroutine may call it; it costs a system
// call only while the receiver sleeps.
func (c *Conn) Wake() {
	c.woken.Store(true)
	if c.asleep.Load() {
		c.kick()
	}
}

func (c *Conn) kick() {
	_, _ = unix.Write(c.wakefd, []byte{1, 0, 0, 0, 0, 0, 0, 0}) // EAGAIN means it is already kicked
}

// Close ends the current Recv with net.ErrClosed, waits for it, and closes the socket. Further calls do nothing.
func (c *Conn) Close() error {
	if c.closed.Swap(true) {
		return nil
	}
	c.kick()
	c.recvMu.Lock()
	defer c.recvMu.Unlock()
	c.sendMu.Lock()
	defer c.sendMu.Unlock()
	return c.closeFiles()
}

func (c *Conn) closeFiles() error {
	if c.wakefd >= 0 {
		_ = unix.Close(c.wakefd) // an eventfd has nothing to lose
	}
	return os.NewSyscallError("close", unix.Close(c.fd))
}

// Recv fills up to len(in) of the datagrams that are there and says how many. With none there it waits: up to timeout
// (then os.ErrDeadlineExceeded), until Wake (then 0, nil) or Close (then net.ErrClosed). Timeout 0 does not wait, a
// negative one waits forever. Only one goroutine may receive.
func (c *Conn) Recv(in []Incoming, timeout time.Duration) (int, error) {
	c.recvMu.Lock()
	defer c.recvMu.Unlock()
	for {
		if c.closed.Load() {
			return 0, net.ErrClosed
		}
		n, err := c.recvNow(in)
		if n > 0 || err != nil {
			return n, err
		}
		if c.woken.Swap(false) {
			return 0, nil
		}
		if timeout == 0 {
			return 0, deadlineExceeded()
		}
		if ready, err := c.wait(timeout); err != nil || !ready {
			return 0, err
		}
	}
}

// wait sleeps until the socket is readable (true), a wake-up (false, nil) or the timeout.
func (c *Conn) wait(timeout time.Duration) (bool, error) {
	c.asleep.Store(true)
	defer c.asleep.Store(false)
	if c.woken.Swap(false) { // Wake came before it could see us asleep
		return false, nil
	}
	var ts *unix.Timespec
	if timeout > 0 {
		spec := unix.NsecToTimespec(int64(timeout))
		ts = &spec
	}
	n, err := unix.Ppoll(c.poll[:], ts, nil)
	switch {
	case errors.Is(err, unix.EINTR):
		return true, nil
	case err != nil:
		return false, os.NewSyscallError("ppoll", err)
	case n == 0:
		return false, deadlineExceeded()
	}
	if c.poll[1].Revents != 0 {
		var b [8]byte
		_, _ = unix.Read(c.wakefd, b[:]) // empties the counter
		c.woken.Store(false)
		if c.closed.Load() {
			return false, net.ErrClosed
		}
		return c.poll[0].Revents != 0, nil
	}
	return true, nil
}
