// SPDX-License-Identifier: Apache-2.0

package power

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
)

// ipmiDialer gives the library its socket: one that it cannot leave open, and that hands on nothing but what has the form of an
// answer. The library reads datagrams in goroutines of its own, where nobody could catch it when it stumbles.
type ipmiDialer struct {
	ctx  context.Context
	to   string
	conn net.Conn
}

// Dial gives the connection to the BMC, whatever it is asked for.
func (d *ipmiDialer) Dial(string, string) (net.Conn, error) {
	c, err := (&net.Dialer{}).DialContext(d.ctx, "udp", d.to)
	if err != nil {
		return nil, err
	}
	d.close()
	d.conn = c
	return &ipmiConn{Conn: c}, nil
}

func (d *ipmiDialer) close() {
	if d.conn != nil {
		_ = d.conn.Close() // nothing is left in it
	}
}

// mostJunk is how many datagrams that are none of IPMI are borne.
const mostJunk = 1000

type ipmiConn struct {
	net.Conn
	junk int
}

// Read gives the next datagram with the form of an answer.
func (c *ipmiConn) Read(b []byte) (int, error) {
	for ; c.junk < mostJunk; c.junk++ {
		n, err := c.Conn.Read(b)
		if err != nil || wellFormed(b[:n]) {
			return n, err
		}
	}
	return 0, errors.New("what answers does not speak IPMI")
}

// wellFormed reports whether a datagram is a whole RMCP message of class IPMI (IPMI 2.0, 13.1.3 and 13.6), with as many bytes as it
// says.
func wellFormed(b []byte) bool {
	const rmcp, v15, v15auth, v20 = 4, 4 + 10, 4 + 26, 4 + 12
	switch {
	case len(b) < v15 || b[0] != 6 || b[3]&0x1f != 7:
		return false
	case b[rmcp]&0x0f == 6: // format RMCP+
		return len(b) >= v20 && b[rmcp+1]&0x3f != 2 && wellSized(b[v20:], int(binary.LittleEndian.Uint16(b[v20-2:])), b[rmcp+1])
	case b[rmcp]&0x0f == 0: // no authentication
		return int(b[v15-1]) == len(b)-v15 && isMessage(b[v15:])
	}
	return len(b) >= v15auth && int(b[v15auth-1]) == len(b)-v15auth && isMessage(b[v15auth:])
}

// isMessage: two addresses with their checksums, sequence, command, completion code, checksum.
func isMessage(b []byte) bool { return len(b) >= 8 }

// wellSized looks at what follows the header of RMCP+: what is encrypted has an initialization vector and a block, what is
// authenticated a trailer.
func wellSized(rest []byte, size int, kind byte) bool {
	const block, trailer = 16, 2
	switch {
	case size > len(rest) || size < 1:
		return false
	case kind&0x30 == 0x10: // of the handshake, which the library reads where it can be caught
		return true
	case size < 8:
		return false
	case kind&0x80 != 0 && (size < 2*block || size%block != 0):
		return false
	case kind&0x40 != 0 && len(rest) < size+trailer:
		return false
	}
	return true
}
