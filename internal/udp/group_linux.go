// SPDX-License-Identifier: Apache-2.0

package udp

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// ListenGroup opens n sockets on the same address and port; the kernel gives each peer to one of them by a hash of its
// address and port, for as long as none of them is closed. The first socket binds alone, so a port that somebody else holds
// fails as always. Afterwards a program gets in only if it runs as the same user and asks for SO_REUSEPORT itself: the
// kernel has no way to shut that door and keep spreading. A system that cannot do this gives one socket.
func ListenGroup(cfg Config, n int) ([]*Conn, error) {
	first, err := Listen(cfg)
	if err != nil {
		return nil, err
	}
	conns := []*Conn{first}
	if n > 1 {
		conns, err = join(first, cfg, n)
	}
	if err == nil {
		return conns, nil
	}
	for _, c := range conns {
		err = errors.Join(err, c.Close())
	}
	return nil, err
}

// join binds n-1 sockets beside the first.
func join(first *Conn, cfg Config, n int) ([]*Conn, error) {
	conns := []*Conn{first}
	cfg.Addr = first.LocalAddr()
	if err := unix.SetsockoptInt(first.socket.fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1); err != nil {
		return conns, os.NewSyscallError("setsockopt SO_REUSEPORT", err)
	}
	for len(conns) < n {
		c, err := listen(cfg, true)
		if err != nil {
			return conns, err
		}
		conns = append(conns, c)
	}
	return conns, nil
}
