// SPDX-License-Identifier: Apache-2.0

package httpd

import (
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
)

// pipes is a listener whose connections are made by the test; it knows how many were taken.
type pipes struct {
	made  chan net.Conn
	taken int
	close sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	c, ok := <-p.made
	if !ok {
		return nil, net.ErrClosed
	}
	p.taken++
	return c, nil
}

func (p *pipes) Close() error {
	p.close.Do(func() { close(p.made) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80} }

// TestConnectionsAreBounded: of three connections two are taken, and the third when one of them ends.
func TestConnectionsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &pipes{made: make(chan net.Conn, 3)}
		srv := &Server{Tree: shelf{"a": "text"}, Connections: 2}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- srv.Serve(ctx, l) }()
		var clients []net.Conn
		for range 3 {
			ours, theirs := net.Pipe()
			clients = append(clients, ours)
			l.made <- theirs
		}
		synctest.Wait()
		if l.taken != 2 {
			t.Errorf("%d of 3 connections were taken, want 2", l.taken)
		}
		clients[0].Close()
		synctest.Wait()
		if l.taken != 3 {
			t.Errorf("%d were taken when one had ended", l.taken)
		}
		go func() { _, _ = io.WriteString(clients[2], "GET /a HTTP/1.0\r\n\r\n") }()
		if b, err := io.ReadAll(clients[2]); err != nil || !strings.HasSuffix(string(b), "\r\n\r\ntext") {
			t.Errorf("the third got %q, %v", b, err)
		}
		clients[1].Close()
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}
