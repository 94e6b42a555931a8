// SPDX-License-Identifier: Apache-2.0

// Package httpload asks a server for one file by HTTP over many connections at once, and spends next to nothing on what comes.
package httpload

import (
	"crypto/tls"
	"time"
)

// Spec is one load.
type Spec struct {
	Addr     string // of the server
	Path     string // of the file, which has Size bytes
	Size     int64
	Clients  int           // connections, all of them open before the first request
	Requests int           // of each, one after the other
	TLS      *tls.Config   // nil: plain HTTP
	Limit    time.Duration // of all of it
	Ready    func() error  // called when all connections are open
}

// Result is what came of it.
type Result struct {
	Done, Failed int   // requests
	Bytes        int64 // of files that came whole
	Elapsed      time.Duration
	Why          error // of one failure
}
