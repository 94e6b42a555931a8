// SPDX-License-Identifier: Apache-2.0

package httpd

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/boot"
)

// TestOneAddressDoesNotTakeAll: connections beyond an address's share are closed and told of; when one ends there is room again.
func TestOneAddressDoesNotTakeAll(t *testing.T) {
	events := make(chan boot.Event, 10)
	srv := &Server{Tree: shelf{"a": "text"}, Connections: 8, PerAddress: 2, Events: func(e boot.Event) { events <- e }}
	addr := listening(t, srv, nil)
	dial := func() net.Conn {
		c, err := net.Dial("tcp4", addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	asks := func(c net.Conn) error {
		_, _ = io.WriteString(c, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n") // a closed one says so when it is read
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err == nil {
			_ = resp.Body.Close()
		}
		return err
	}
	first, second := dial(), dial()
	if err := asks(first); err != nil {
		t.Fatal(err)
	}
	if err := asks(second); err != nil {
		t.Fatal(err)
	}
	if err := asks(dial()); err == nil {
		t.Error("a third connection was answered")
	}
	told := false
	for range 3 {
		e := <-events
		told = told || strings.Contains(e.Text, "127.0.0.1 has 2 connections") && e.Once > 0
	}
	if !told {
		t.Error("nobody was told of the third")
	}
	_ = first.Close()
	for asks(dial()) != nil { // until the end of the first was noticed
	}
}
