// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package udp

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

// Conn is a datagram socket over package net, one datagram per system call.
type Conn struct {
	udp     *net.UDPConn
	v4      *ipv4.PacketConn // exactly one of v4 and v6 is set
	v6      *ipv6.PacketConn
	local   netip.AddrPort
	pktinfo bool
	closed  atomic.Bool
	woken   atomic.Bool
	waiting sync.Mutex // orders Wake's and Recv's read deadlines

	sendMu sync.Mutex
	join   []byte
}

// Listen opens a socket. The error is a *net.OpError, as from package net.
func Listen(cfg Config) (*Conn, error) {
	if cfg.Device != "" {
		return nil, opError("listen", cfg.Addr, errors.Join(errors.New("binding to a device"), errors.ErrUnsupported))
	}
	if !cfg.Addr.Addr().IsValid() {
		cfg.Addr = netip.AddrPortFrom(netip.IPv6Unspecified(), cfg.Addr.Port())
	}
	sock, err := net.ListenUDP(network(cfg.Addr.Addr()), net.UDPAddrFromAddrPort(cfg.Addr))
	if err != nil {
		return nil, err
	}
	c := &Conn{udp: sock}
	bound, _ := netip.ParseAddrPort(sock.LocalAddr().String())
	c.local = netip.AddrPortFrom(cfg.Addr.Addr().Unmap(), bound.Port())
	c.packetInfo(cfg)
	if cfg.ReadBuffer > 0 {
		_ = sock.SetReadBuffer(cfg.ReadBuffer) // best effort: a small buffer only loses packets sooner
	}
	if cfg.WriteBuffer > 0 {
		_ = sock.SetWriteBuffer(cfg.WriteBuffer)
	}
	return c, nil
}

// packetInfo asks for destination and interface of each datagram; Windows has no such control messages in x/net.
func (c *Conn) packetInfo(cfg Config) {
	if c.local.Addr().Is4() {
		c.v4 = ipv4.NewPacketConn(c.udp)
		c.pktinfo = cfg.PacketInfo && c.v4.SetControlMessage(ipv4.FlagDst|ipv4.FlagInterface, true) == nil
		return
	}
	c.v6 = ipv6.NewPacketConn(c.udp)
	c.pktinfo = cfg.PacketInfo && c.v6.SetControlMessage(ipv6.FlagDst|ipv6.FlagInterface, true) == nil
}

// ListenGroup opens one socket: spreading peers over several needs Linux.
func ListenGroup(cfg Config, _ int) ([]*Conn, error) {
	c, err := Listen(cfg)
	if err != nil {
		return nil, err
	}
	return []*Conn{c}, nil
}

// LocalAddr is the bound address with its real port.
func (c *Conn) LocalAddr() netip.AddrPort { return c.local }

// Capabilities says what this socket can do.
func (c *Conn) Capabilities() Capabilities { return Capabilities{Batch: 1, PacketInfo: c.pktinfo} }

// Wake makes the current or the next Recv return without a datagram (0, nil).
func (c *Conn) Wake() {
	c.woken.Store(true)
	c.waiting.Lock()
	defer c.waiting.Unlock()
	_ = c.udp.SetReadDeadline(time.Unix(1, 0)) // fails only on a closed socket, whose Recv returns anyway
}

// Close ends the current Recv with net.ErrClosed and closes the socket. Further calls do nothing.
func (c *Conn) Close() error {
	if c.closed.Swap(true) {
		return nil
	}
	return c.udp.Close()
}

// Recv fills up to len(in) of the datagrams that are there and says how many. With none there it waits: up to timeout
// (then os.ErrDeadlineExceeded), until Wake (then 0, nil) or Close (then net.ErrClosed). Timeout 0 does not wait, a
// negative one waits forever. Only one goroutine may receive.
func (c *Conn) Recv(in []Incoming, timeout time.Duration) (int, error) {
	if !c.arm(timeout) {
		return 0, nil
	}
	err := c.recvOne(&in[0])
	switch {
	case err == nil:
		return 1, nil
	case errors.Is(err, net.ErrClosed):
		return 0, net.ErrClosed
	case errors.Is(err, os.ErrDeadlineExceeded) && c.woken.Swap(false):
		return 0, nil
	}
	return 0, err
}

// arm sets the read deadline, unless a wake-up is pending (false).
func (c *Conn) arm(timeout time.Duration) bool {
	c.waiting.Lock()
	defer c.waiting.Unlock()
	if c.woken.Swap(false) {
		return false
	}
	deadline := time.Time{}
	if timeout >= 0 {
		deadline = time.Now().Add(max(timeout, time.Microsecond)) // a deadline in the past would hide what is there
	}
	_ = c.udp.SetReadDeadline(deadline)
	return true
}

func (c *Conn) recvOne(in *Incoming) error {
	in.Local, in.Answer, in.Interface, in.Truncated, in.Broadcast = netip.Addr{}, netip.Addr{}, 0, false, false
	if !c.pktinfo {
		n, from, err := c.udp.ReadFromUDPAddrPort(in.Buf)
		in.N, in.Remote = n, netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
		return err
	}
	if c.v4 != nil {
		n, cm, from, err := c.v4.ReadFrom(in.Buf)
		in.N, in.Remote = n, remote(from)
		if cm != nil {
			in.Local, in.Interface = fromIP(cm.Dst), cm.IfIndex
			in.Broadcast = in.Local.IsMulticast() || in.Local == limitedBroadcast() // a subnet's own is not told apart here
			in.answer()
		}
		return err
	}
	n, cm, from, err := c.v6.ReadFrom(in.Buf)
	in.N, in.Remote = n, remote(from)
	if cm != nil {
		in.Local, in.Interface, in.Broadcast = fromIP(cm.Dst), cm.IfIndex, fromIP(cm.Dst).IsMulticast()
		in.answer()
	}
	return err
}

func (in *Incoming) answer() {
	if !in.Broadcast {
		in.Answer = in.Local
	}
}

func limitedBroadcast() netip.Addr { return netip.AddrFrom4([4]byte{255, 255, 255, 255}) }

func remote(a net.Addr) netip.AddrPort {
	if u, ok := a.(*net.UDPAddr); ok {
		return netip.AddrPortFrom(u.AddrPort().Addr().Unmap(), u.AddrPort().Port())
	}
	return netip.AddrPort{}
}

func fromIP(ip net.IP) netip.Addr {
	a, _ := netip.AddrFromSlice(ip)
	return a.Unmap()
}

// Send sends everything in order and says how many went out. A datagram that is refused does not keep the others from
// leaving: the error is the first refusal.
func (c *Conn) Send(out []Outgoing) (int, error) {
	c.sendMu.Lock()
	defer c.sendMu.Unlock()
	sent, first := 0, error(nil)
	for i := range out {
		if err := c.sendOne(&out[i]); err == nil {
			sent++
		} else if first == nil {
			first = err
		}
	}
	return sent, first
}

// sendOne joins the parts, and cuts them where segments are asked.
func (c *Conn) sendOne(o *Outgoing) error {
	c.join = c.join[:0]
	for _, b := range o.Bufs {
		c.join = append(c.join, b...)
	}
	size := len(c.join)
	if o.Segment > 0 {
		size = o.Segment
	}
	for rest := c.join; ; {
		n := min(size, len(rest))
		if err := c.write(rest[:n], o); err != nil {
			return err
		}
		if rest = rest[n:]; len(rest) == 0 {
			return nil
		}
	}
}

func (c *Conn) write(b []byte, o *Outgoing) error {
	to := net.UDPAddrFromAddrPort(o.Remote)
	var err error
	switch {
	case !c.pktinfo:
		_, err = c.udp.WriteToUDPAddrPort(b, o.Remote)
	case c.v4 != nil:
		_, err = c.v4.WriteTo(b, &ipv4.ControlMessage{Src: o.Local.AsSlice(), IfIndex: o.Interface}, to)
	default:
		_, err = c.v6.WriteTo(b, &ipv6.ControlMessage{Src: o.Local.AsSlice(), IfIndex: o.Interface}, to)
	}
	return err
}

// VerifyGSO says that segmented sends are cut by hand on this system.
func VerifyGSO() error { return errors.ErrUnsupported }
