// SPDX-License-Identifier: Apache-2.0

package simnet

import (
	"bytes"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/bootlace-net/bootlace/internal/udp"
)

// Conn is a socket of a host, with the methods of udp.Conn.
type Conn struct {
	host      *Host
	local     netip.AddrPort
	device    string
	pktinfo   bool
	broadcast bool

	mu     sync.Mutex
	queue  []arrival
	woken  bool
	closed bool
	bell   chan struct{} // buffered: one ring is enough; in a Set it is the set's
}

type arrival struct {
	data      []byte
	from      netip.AddrPort
	to, own   netip.Addr
	ifi       int
	broadcast bool
}

// queueLimit is how many datagrams wait in a socket, like a kernel's receive buffer.
const queueLimit = 4096

// LocalAddr is the bound address.
func (c *Conn) LocalAddr() netip.AddrPort { return c.local }

// Capabilities are those of a good system.
func (c *Conn) Capabilities() udp.Capabilities {
	return udp.Capabilities{Batch: udp.MaxBatch, GSO: true, PacketInfo: c.pktinfo, BindDevice: true}
}

func (c *Conn) wants(p Packet, i Interface, all bool) bool {
	if c.local.Port() != p.To.Port() || c.local.Addr().Is4() != p.To.Addr().Is4() || c.device != "" && c.device != i.Name {
		return false
	}
	return c.local.Addr().IsUnspecified() || !all && c.local.Addr() == p.To.Addr()
}

// put queues a packet.
func (c *Conn) put(p Packet, i Interface, all bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.queue) < queueLimit && !c.closed {
		c.queue = append(c.queue, arrival{p.Data, p.From, p.To.Addr(), own(p, i, all), i.Index, all})
	}
	c.ring()
}

// own is the address to answer from.
func own(p Packet, i Interface, all bool) netip.Addr {
	if all {
		return i.Prefix.Addr()
	}
	return p.To.Addr()
}

func (c *Conn) ring() {
	select {
	case c.bell <- struct{}{}:
	default:
	}
}

// Wake is udp.Conn.Wake.
func (c *Conn) Wake() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.woken = true
	c.ring()
}

// Close is udp.Conn.Close.
func (c *Conn) Close() error {
	c.mu.Lock()
	c.closed = true
	c.ring()
	c.mu.Unlock()
	n := c.host.net
	n.mu.Lock()
	defer n.mu.Unlock()
	for i, other := range c.host.conns {
		if other == c {
			c.host.conns = append(c.host.conns[:i:i], c.host.conns[i+1:]...)
			break
		}
	}
	return nil
}

// Recv is udp.Conn.Recv.
func (c *Conn) Recv(in []udp.Incoming, timeout time.Duration) (int, error) {
	return receive(c.bell, in, timeout, c.take)
}

// take takes what is there; false when there is nothing to return with.
func (c *Conn) take(in []udp.Incoming) (n int, ok bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		c.ring() // for the next receiver
		return 0, true, net.ErrClosed
	}
	n = min(len(in), len(c.queue), udp.MaxBatch)
	for i := range n {
		a, d := c.queue[i], &in[i]
		d.N = copy(d.Buf, a.data)
		d.Remote, d.Truncated = a.from, d.N < len(a.data)
		d.Local, d.Answer, d.Interface, d.Broadcast = netip.Addr{}, netip.Addr{}, 0, false
		if c.pktinfo {
			d.Local, d.Answer, d.Interface, d.Broadcast = a.to, a.own, a.ifi, a.broadcast
		}
	}
	c.queue = c.queue[n:]
	if n == 0 && c.woken {
		c.woken = false
		return 0, true, nil
	}
	return n, n > 0, nil
}

// Send is udp.Conn.Send.
func (c *Conn) Send(out []udp.Outgoing) (int, error) {
	n := c.host.net
	n.mu.Lock()
	defer n.mu.Unlock()
	sent, first := 0, error(nil)
	for i := range out {
		if err := c.sendOne(n, &out[i]); err == nil {
			sent++
		} else if first == nil {
			first = &net.OpError{Op: "write", Net: "udp", Addr: net.UDPAddrFromAddrPort(out[i].Remote), Err: err}
		}
	}
	return sent, first
}

func (c *Conn) sendOne(n *Net, o *udp.Outgoing) error {
	data := bytes.Join(o.Bufs, nil)
	size := len(data)
	if o.Segment > 0 {
		size = o.Segment
	}
	for {
		k := min(size, len(data))
		if err := n.transmit(c, o, bytes.Clone(data[:k])); err != nil {
			return err
		}
		if data = data[k:]; len(data) == 0 {
			return nil
		}
	}
}
