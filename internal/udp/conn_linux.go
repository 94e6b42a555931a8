// SPDX-License-Identifier: Apache-2.0

package udp

import (
	"errors"
	"net/netip"
	"os"
	"sync"
	"time"
)

// Conn is a datagram socket.
type Conn struct {
	waiter
	*socket
	rx *vector // the receiver's

	sendMu sync.Mutex // guards tx and the order of a batch
	tx     *sender
}

// Listen opens a socket. The error is a *net.OpError: errors.Is finds syscall.EADDRINUSE, EACCES and EADDRNOTAVAIL in it.
func Listen(cfg Config) (*Conn, error) { return listen(cfg, false) }

func listen(cfg Config, shared bool) (*Conn, error) {
	s, err := open(cfg, shared)
	if err != nil {
		return nil, err
	}
	c := &Conn{waiter: waiter{polled: s.fd, wakefd: -1}, socket: s, rx: newVector(rxControl, 1), tx: newSender()}
	if err := c.wakeable(); err != nil {
		return nil, opError("listen", cfg.Addr, errors.Join(err, s.close()))
	}
	return c, nil
}

// LocalAddr is the bound address with its real port.
func (c *Conn) LocalAddr() netip.AddrPort { return c.local }

// Capabilities says what this socket can do now: GSO may turn false after a network card refused it.
func (c *Conn) Capabilities() Capabilities { return c.capabilities() }

// Close ends the current Recv with net.ErrClosed, waits for it, and closes the socket. Further calls do nothing.
func (c *Conn) Close() error {
	if !c.finish() {
		return nil
	}
	defer c.recvMu.Unlock()
	c.sendMu.Lock()
	defer c.sendMu.Unlock()
	return errors.Join(c.closeWake(), c.socket.close())
}

// Recv fills up to len(in) of the datagrams that are there and says how many. With none there it waits: up to timeout
// (then os.ErrDeadlineExceeded), until Wake (then 0, nil) or Close (then net.ErrClosed). Timeout 0 does not wait, a
// negative one waits forever. Only one goroutine may receive.
func (c *Conn) Recv(in []Incoming, timeout time.Duration) (int, error) {
	return c.recv(in, timeout, c.recvNow)
}

func (c *Conn) recvNow(in []Incoming) (int, error) { return c.rx.receive(c.socket, in) }

// Send sends everything in order and says how many went out. A datagram the kernel refuses (no route, filtered) does not
// keep the others from leaving: the error is the first such refusal, wrapped, and the rest has still been sent.
func (c *Conn) Send(out []Outgoing) (int, error) {
	c.sendMu.Lock()
	defer c.sendMu.Unlock()
	if c.closed.Load() {
		return 0, os.ErrClosed
	}
	return c.tx.send(c.socket, out)
}
