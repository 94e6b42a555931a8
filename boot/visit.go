// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"net/netip"
	"strconv"
)

// Protocol is how a file was asked for.
type Protocol uint8

// The protocols.
const (
	TFTP Protocol = iota
	HTTP
)

// String gives the URL scheme.
func (p Protocol) String() string { return [...]string{"tftp", "http"}[p] }

// Visit is one question for a file: which name, by whom, of which of our addresses.
type Visit struct {
	Name     Name
	Protocol Protocol
	Client   Client     // what is known of the machine that asks
	Server   netip.Addr // the address that was asked; URLs in rendered files point at it
	HTTPPort uint16     // where our HTTP listens; 0 when it is off
}

// URL gives the address of a name on this server: by HTTP where it is on, else by TFTP.
func (v Visit) URL(n Name) string { return ServerURL(v.Server, v.HTTPPort, n.String()) }

// ServerURL joins a server address, an HTTP port (0: use TFTP) and a path without leading slash.
func ServerURL(server netip.Addr, httpPort uint16, path string) string {
	host := server.Unmap().WithZone("").String()
	if server.Unmap().Is6() {
		host = "[" + host + "]"
	}
	switch httpPort {
	case 0:
		return "tftp://" + host + "/" + path
	case 80:
		return "http://" + host + "/" + path
	default:
		return "http://" + host + ":" + strconv.Itoa(int(httpPort)) + "/" + path
	}
}
