// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"net/netip"
	"strconv"
)

// Protocol is how a file is asked for.
type Protocol uint8

// The protocols.
const (
	TFTP Protocol = iota
	HTTP
	HTTPS
)

// String gives the URL scheme.
func (p Protocol) String() string { return [...]string{"tftp", "http", "https"}[p] }

func (p Protocol) port() uint16 { return [...]uint16{69, 80, 443}[p] }

// Endpoint is where the tree of files is served to a machine. The zero Scheme is TFTP: HTTP is off.
type Endpoint struct {
	Scheme Protocol
	Host   netip.Addr // one of our addresses that the machine can reach
	Port   uint16     // 0: the scheme's own

	TLS  uint16 // port of the same tree over TLS; 0: it is not served so. See [Endpoint.For]
	Name string // that stands in URLs over TLS in the place of Host; "": none
}

// At gives the same endpoint on another address.
func (e Endpoint) At(host netip.Addr) Endpoint {
	e.Host = host
	return e
}

// TFTP gives the endpoint for clients that speak nothing else.
func (e Endpoint) TFTP() Endpoint { return Endpoint{Host: e.Host} }

// URL joins the endpoint and a path without leading slash.
func (e Endpoint) URL(path string) string {
	host := e.Host.Unmap().WithZone("").String()
	switch {
	case e.Scheme == HTTPS && e.Name != "":
		host = e.Name
	case e.Host.Unmap().Is6():
		host = "[" + host + "]"
	}
	if e.Port != 0 && e.Port != e.Scheme.port() {
		host += ":" + strconv.Itoa(int(e.Port))
	}
	return e.Scheme.String() + "://" + host + "/" + path
}
