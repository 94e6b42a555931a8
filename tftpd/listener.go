// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"errors"
	"net"
	"os"

	"github.com/bootlace-net/bootlace/internal/udp"
)

// listener takes requests on one address and has the ports for what comes of them.
type listener struct {
	server *Server
	conn   conn
	ports  *ports
}

// run serves until the socket is closed.
func (l *listener) run() error {
	in := make([]udp.Incoming, udp.MaxBatch)
	for i := range in {
		in[i].Buf = make([]byte, 2048) // requests are at most 512 bytes (RFC 2347)
	}
	for {
		n, err := l.conn.Recv(in, udp.Forever)
		switch {
		case errors.Is(err, net.ErrClosed):
			return nil
		case err != nil && !errors.Is(err, os.ErrDeadlineExceeded):
			return err
		}
		for i := range n {
			l.server.intake(&in[i], l, nil)
		}
	}
}
