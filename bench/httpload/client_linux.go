// SPDX-License-Identifier: Apache-2.0

package httpload

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// client is one connection. What comes is thrown away by the kernel (MSG_TRUNC), and what is encrypted is not decrypted: the load must
// not be what is measured.
type client struct {
	tcp     *net.TCPConn
	raw     syscall.RawConn
	tls     *tls.Conn // nil: plain
	request []byte
	header  int64 // bytes of an answer before the file
}

// Sizes of TLS 1.3: a record's header, and what a record holds beside the content (RFC 8446, 5.2: a type and the tag of AES-GCM).
const (
	recordHeader = 5
	recordRest   = 17
)

func dial(ctx context.Context, s *Spec) (*client, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", s.Addr)
	if err != nil {
		return nil, err
	}
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return nil, errors.New("no TCP connection")
	}
	c := &client{tcp: tcp}
	deadline, _ := ctx.Deadline()
	if c.raw, err = tcp.SyscallConn(); err == nil {
		err = tcp.SetDeadline(deadline)
	}
	if err == nil && s.TLS != nil {
		c.tls = tls.Client(tcp, s.TLS)
		err = c.tls.HandshakeContext(ctx)
	}
	if err == nil {
		err = c.head(s)
	}
	if err != nil {
		return nil, errors.Join(err, tcp.Close())
	}
	c.request = []byte("GET /" + s.Path + " HTTP/1.1\r\nHost: bench\r\n\r\n")
	return c, nil
}

func (c *client) stream() io.ReadWriter {
	if c.tls != nil {
		return c.tls
	}
	return c.tcp
}

// head asks for the file without its bytes: what comes is as long as what comes before the file. It also takes what TLS says first.
func (c *client) head(s *Spec) error {
	if _, err := io.WriteString(c.stream(), "HEAD /"+s.Path+" HTTP/1.1\r\nHost: bench\r\n\r\n"); err != nil {
		return err
	}
	var answer []byte
	one := make([]byte, 4096)
	for !bytes.Contains(answer, []byte("\r\n\r\n")) {
		n, err := c.stream().Read(one)
		if err != nil {
			return err
		}
		answer = append(answer, one[:n]...)
	}
	if !bytes.HasPrefix(answer, []byte("HTTP/1.1 200 ")) || !bytes.Contains(answer, []byte("\r\nContent-Length: "+strconv.FormatInt(s.Size, 10)+"\r\n")) {
		return fmt.Errorf("the server does not have %s with %d bytes: %q", s.Path, s.Size, answer)
	}
	c.header = int64(len(answer))
	return nil
}

// run asks one time after the other.
func (c *client) run(s *Spec) (done int, err error) {
	for done < s.Requests && err == nil {
		if _, err = c.stream().Write(c.request); err != nil {
			return done, err
		}
		if c.tls != nil {
			err = c.records(c.header + s.Size)
		} else {
			err = c.discard(c.header + s.Size)
		}
		if err == nil {
			done++
		}
	}
	return done, err
}

// records discards TLS records with so much content.
func (c *client) records(left int64) error {
	var head [recordHeader]byte
	for left > 0 {
		if _, err := io.ReadFull(c.tcp, head[:]); err != nil {
			return err
		}
		n := int64(binary.BigEndian.Uint16(head[3:]))
		if head[0] != 23 || n <= recordRest {
			return fmt.Errorf("a TLS record of type %d with %d bytes", head[0], n)
		}
		if err := c.discard(n); err != nil {
			return err
		}
		left -= n - recordRest
	}
	if left < 0 {
		return fmt.Errorf("%d bytes more than the file has", -left)
	}
	return nil
}

// discard has the kernel throw so many bytes away.
func (c *client) discard(left int64) error {
	var err error
	nothing := make([]byte, 1) // that is never written to
	wait := c.raw.Read(func(fd uintptr) bool {
		for left > 0 {
			n, errno := truncate(fd, nothing, left)
			switch {
			case errno == unix.EAGAIN:
				return false
			case errno != 0:
				err = errno
				return true
			case n == 0:
				err = io.ErrUnexpectedEOF
				return true
			}
			left -= n
		}
		return true
	})
	return errors.Join(err, wait)
}
