// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"context"
	"fmt"
	"net"
	"net/netip"

	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/httpd"
	"github.com/bootlace-net/bootlace/internal/netif"
)

// listenHTTP binds the HTTP server.
func (d *daemon) listenHTTP(s *configs.HTTP) error {
	if !s.Enabled {
		return nil
	}
	srv := d.httpServer(s)
	addrs := []string{fmt.Sprintf(":%d", s.Port)}
	if len(s.Listen) > 0 {
		addrs = addrs[:0]
		for _, a := range s.Listen {
			addrs = append(addrs, listenAddr(a))
		}
	}
	for _, a := range addrs {
		l, err := net.Listen("tcp", a)
		if err != nil {
			return &SystemError{What: "http", Err: netif.ExplainListen(err, "http.port or http.listen", "")}
		}
		d.started = append(d.started, "http "+l.Addr().String())
		d.tasks = append(d.tasks, job{"http", func(ctx context.Context) error { return srv.Serve(ctx, l) }})
	}
	return d.listenHTTPS(srv)
}

// httpServer translates the settings.
func (d *daemon) httpServer(s *configs.HTTP) *httpd.Server {
	door := d.doorFor(s.Allow)
	tokens := &tokenDoor{door, d.lives}
	srv := &httpd.Server{
		Tree:        httpDoor{door, d.fetched, tokens},
		Reports:     tokens,
		Health:      d.health,
		Connections: s.Connections,
		PerAddress:  s.PerAddress,
		Rate:        int64(s.Rate.Total),
		ClientRate:  int64(s.Rate.PerClient),
		Events:      d.recorder.Record,
	}
	if s.Inventory {
		srv.Inventory = door.inventory
	}
	if s.Metrics {
		srv.Metrics = d.recorder.Handler()
	}
	return srv
}

func listenAddr(a netip.AddrPort) string {
	if !a.Addr().IsValid() {
		return fmt.Sprintf(":%d", a.Port())
	}
	return a.String()
}
