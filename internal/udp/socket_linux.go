// SPDX-License-Identifier: Apache-2.0

package udp

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// socket is what the kernel gives, without what it takes to wait for it and to batch.
type socket struct {
	fd      int
	local   netip.AddrPort
	is4     bool
	pktinfo bool
	gso     atomic.Bool // switched off for good when the NIC refuses (EIO)
}

// open makes a socket; shared lets more of the same program bind the same port.
func open(cfg Config, shared bool) (*socket, error) {
	cfg.Addr = netip.AddrPortFrom(cfg.Addr.Addr().Unmap(), cfg.Addr.Port())
	family := unix.AF_INET6
	if cfg.Addr.Addr().Is4() {
		family = unix.AF_INET
	}
	fd, err := unix.Socket(family, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, unix.IPPROTO_UDP)
	if err != nil {
		return nil, opError("listen", cfg.Addr, os.NewSyscallError("socket", err))
	}
	s := &socket{fd: fd, is4: family == unix.AF_INET, pktinfo: cfg.PacketInfo}
	if err := s.setup(cfg, shared); err != nil {
		return nil, opError("listen", cfg.Addr, errors.Join(err, s.close()))
	}
	s.gso.Store(probeGSO(fd))
	return s, nil
}

func (s *socket) capabilities() Capabilities {
	return Capabilities{Batch: MaxBatch, GSO: s.gso.Load(), PacketInfo: s.pktinfo, BindDevice: true, Group: true}
}

func (s *socket) close() error { return os.NewSyscallError("close", unix.Close(s.fd)) }

// setup sets the options, binds, and learns the port.
func (s *socket) setup(cfg Config, shared bool) error {
	if err := s.options(cfg); err != nil {
		return err
	}
	if shared {
		if err := unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1); err != nil {
			return os.NewSyscallError("setsockopt SO_REUSEPORT", err)
		}
	}
	sa, err := sockaddr(cfg.Addr)
	if err != nil {
		return err
	}
	if err := unix.Bind(s.fd, sa); err != nil {
		return os.NewSyscallError("bind", err)
	}
	name, err := unix.Getsockname(s.fd)
	if err != nil {
		return os.NewSyscallError("getsockname", err)
	}
	switch sa := name.(type) {
	case *unix.SockaddrInet4:
		s.local = netip.AddrPortFrom(cfg.Addr.Addr(), uint16(sa.Port))
	case *unix.SockaddrInet6:
		s.local = netip.AddrPortFrom(cfg.Addr.Addr(), uint16(sa.Port))
	}
	if !s.local.Addr().IsValid() {
		s.local = netip.AddrPortFrom(netip.IPv6Unspecified(), s.local.Port())
	}
	return nil
}

// options sets everything that comes before bind.
func (s *socket) options(cfg Config) error {
	set := func(name string, level, opt, value int) error {
		return os.NewSyscallError("setsockopt "+name, unix.SetsockoptInt(s.fd, level, opt, value))
	}
	var errs []error
	if s.is4 {
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
		errs = append(errs, os.NewSyscallError("setsockopt SO_BINDTODEVICE", unix.BindToDevice(s.fd, cfg.Device)))
	}
	enlarge(s.fd, unix.SO_RCVBUFFORCE, unix.SO_RCVBUF, cfg.ReadBuffer)
	enlarge(s.fd, unix.SO_SNDBUFFORCE, unix.SO_SNDBUF, cfg.WriteBuffer)
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
