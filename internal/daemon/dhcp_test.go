// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"testing"

	"github.com/bootlace-net/bootlace/dhcpproxy"
)

// TestDHCPSettings: what bootlace.yaml says of the sockets reaches the server.
func TestDHCPSettings(t *testing.T) {
	for _, tt := range []struct {
		yaml   string
		socket dhcpproxy.SocketMode
		noIPv6 bool
	}{
		{"dhcp: {}", dhcpproxy.SocketAuto, !hasIPv6()},
		{"dhcp: {socket: packet, ipv6: auto}", dhcpproxy.SocketPacket, !hasIPv6()},
		{"dhcp: {socket: udp, ipv6: off}", dhcpproxy.SocketUDP, true},
	} {
		srv := assembledOf(t, map[string]string{"bootlace.yaml": tt.yaml}).dhcp
		if srv.Socket != tt.socket || srv.NoIPv6 != tt.noIPv6 {
			t.Errorf("%s: socket %d, without IPv6 %v", tt.yaml, srv.Socket, srv.NoIPv6)
		}
	}
}
