// SPDX-License-Identifier: Apache-2.0

package httpd

import (
	"io"
	"net/http"
	"sync"
	"time"
)

// stall is how long one piece of a body may take to leave: a machine that was switched off must not hold a connection
// for ever, while a slow one may take hours for its image.
const stall = 60 * time.Second

// counter remembers status and bytes of a response, and moves the write deadline as long as bytes flow.
type counter struct {
	http.ResponseWriter
	ctl    *http.ResponseController
	status int
	bytes  int64
	err    error
	secure bool // over TLS: what is sent has to be encrypted here
	pace   *pace
	spare  *sync.Pool // buffers of who is done; a thousand machines at once would have the garbage collector work for each
}

func (c *counter) WriteHeader(status int) {
	if c.status == 0 {
		c.status = status
	}
	c.ResponseWriter.WriteHeader(status)
}

func (c *counter) Write(b []byte) (int, error) {
	if c.status == 0 {
		c.status = http.StatusOK
	}
	n, err := 0, c.pace.wait(int64(len(b)))
	if err == nil {
		_ = c.ctl.SetWriteDeadline(time.Now().Add(stall)) // a writer without deadlines (tests) goes without
		n, err = c.ResponseWriter.Write(b)
	}
	c.bytes += int64(n)
	if err != nil {
		c.err = err
	}
	return n, err
}

// ReadFrom follows io.ReaderFrom, by which io.Copy hands over all that is to be sent. Of a file on disk the system sends all but the end.
func (c *counter) ReadFrom(src io.Reader) (n int64, err error) {
	all, limited := src.(*io.LimitedReader)
	system, plain := c.ResponseWriter.(io.ReaderFrom)
	if limited && plain && !c.secure {
		if b, ok := all.R.(*body); ok {
			n, err = c.send(system, b, all)
		}
	}
	if err == nil {
		buf, ok := c.spare.Get().(*[readAtOnce]byte)
		if !ok {
			buf = new([readAtOnce]byte)
		}
		var last int64
		last, err = io.CopyBuffer(writerOnly{c}, src, buf[:])
		c.spare.Put(buf)
		n += last
	}
	if c.err == nil {
		c.err = err // of reading: the client has less than it was promised
	}
	return n, err
}

// send has the system send what is worth it.
func (c *counter) send(to io.ReaderFrom, b *body, all *io.LimitedReader) (sent int64, err error) {
	for all.N > worthIt {
		piece := b.next(c.pace.most(min(mostAtOnce, all.N-readAtLast)))
		if piece == nil {
			return sent, nil
		}
		if err := c.pace.wait(piece.N); err != nil {
			return sent, err
		}
		if c.status == 0 {
			c.status = http.StatusOK
		}
		want := piece.N
		_ = c.ctl.SetWriteDeadline(time.Now().Add(stall)) // as in Write
		n, err := to.ReadFrom(piece)
		c.bytes, b.off, all.N, sent = c.bytes+n, b.off+n, all.N-n, sent+n
		if err == nil && n < want {
			err = io.ErrUnexpectedEOF // the file is shorter than it was
		}
		if err != nil {
			return sent, err
		}
	}
	return sent, nil
}

// writerOnly keeps io.Copy from asking for ReadFrom again.
type writerOnly struct{ io.Writer }

// Unwrap lets http.ResponseController reach the connection.
func (c *counter) Unwrap() http.ResponseWriter { return c.ResponseWriter }
