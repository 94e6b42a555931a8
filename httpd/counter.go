// SPDX-License-Identifier: Apache-2.0

package httpd

import (
	"net/http"
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
	_ = c.ctl.SetWriteDeadline(time.Now().Add(stall)) // a writer without deadlines (tests) goes without
	n, err := c.ResponseWriter.Write(b)
	c.bytes += int64(n)
	if err != nil {
		c.err = err
	}
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (c *counter) Unwrap() http.ResponseWriter { return c.ResponseWriter }
