// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestServeTellsClientsThatItEnds: a machine that loads a file hears of it, and need not wait until it gives up.
func TestServeTellsClientsThatItEnds(t *testing.T) {
	a := serve(t, onLoopback, nil)
	a.write(t, filepath.Join(a.state, "images/large"), strings.Repeat("x", 5000))
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	to, err := net.ResolveUDPAddr("udp", a.tftp)
	if err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 600)
	receive := func() (string, net.Addr) {
		c.SetReadDeadline(time.Now().Add(time.Minute))
		n, from, err := c.ReadFrom(b)
		if err != nil {
			t.Fatal(err)
		}
		return string(b[:n]), from
	}
	c.WriteTo([]byte("\x00\x01large\x00octet\x00"), to)
	_, tid := receive()
	c.WriteTo([]byte("\x00\x04\x00\x01"), tid)
	receive()
	a.stop()
	got, _ := receive()
	for strings.HasPrefix(got, "\x00\x03") { // a repetition
		got, _ = receive()
	}
	if got != "\x00\x05\x00\x00Server is shutting down\x00" {
		t.Errorf("it is told %q", got)
	}
}
