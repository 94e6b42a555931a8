// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"context"
	"net/netip"
	"testing"
)

// loopbackServer serves files from memory on a real socket of the loopback interface.
func loopbackServer(t *testing.T, files map[string]string, set func(*Server)) *Server {
	t.Helper()
	srv := &Server{Opener: inMemory(files), Addrs: []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:0")}}
	if set != nil {
		set(srv)
	}
	if err := srv.Listen(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- srv.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return srv
}
