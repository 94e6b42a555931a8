// SPDX-License-Identifier: Apache-2.0

package httpd

import (
	"net"
	"net/http"
	"net/netip"
	"sync"
)

// limiter bounds the connections of a listener: all of them, of which more wait in the system's queue, and those of one address, of
// which more are closed, for they would keep others waiting. Connections stay what the system made them, so that files can be sent
// without a copy.
type limiter struct {
	net.Listener
	each    int           // of one address; 0: no bound
	slots   chan struct{} // nil: no bound
	ended   chan struct{}
	end     sync.Once
	refused func(netip.AddrPort)

	mu   sync.Mutex
	held map[netip.Addr]int
}

func newLimiter(l net.Listener, all, each int, refused func(netip.AddrPort)) *limiter {
	m := &limiter{Listener: l, each: each, ended: make(chan struct{}), held: make(map[netip.Addr]int), refused: refused}
	if all > 0 {
		m.slots = make(chan struct{}, all)
	}
	return m
}

// Accept follows net.Listener.
func (m *limiter) Accept() (net.Conn, error) {
	if m.slots != nil {
		select {
		case m.slots <- struct{}{}:
		case <-m.ended:
			return nil, net.ErrClosed
		}
	}
	for {
		c, err := m.Listener.Accept()
		if err != nil {
			m.free()
			return nil, err
		}
		if m.take(c) {
			return c, nil
		}
		_ = c.Close() // nothing was said on it
	}
}

// Close follows net.Listener.
func (m *limiter) Close() error {
	m.end.Do(func() { close(m.ended) })
	return m.Listener.Close()
}

// take counts a connection for its address.
func (m *limiter) take(c net.Conn) bool {
	from := addrOf(c)
	m.mu.Lock()
	full := m.each > 0 && from.IsValid() && m.held[from.Addr()] >= m.each
	if !full {
		m.held[from.Addr()]++
	}
	m.mu.Unlock()
	if full {
		m.refused(from)
	}
	return !full
}

// state follows http.Server's ConnState: what ends makes room.
func (m *limiter) state(c net.Conn, s http.ConnState) {
	if s != http.StateClosed && s != http.StateHijacked {
		return
	}
	from := addrOf(c).Addr()
	m.mu.Lock()
	if m.held[from]--; m.held[from] <= 0 {
		delete(m.held, from)
	}
	m.mu.Unlock()
	m.free()
}

func (m *limiter) free() {
	if m.slots != nil {
		<-m.slots
	}
}

func addrOf(c net.Conn) netip.AddrPort {
	if a, ok := c.RemoteAddr().(*net.TCPAddr); ok {
		p := a.AddrPort()
		return netip.AddrPortFrom(p.Addr().Unmap(), p.Port())
	}
	return netip.AddrPort{}
}
