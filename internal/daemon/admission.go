// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"net/netip"
	"slices"

	"github.com/bootlace-net/bootlace/internal/netif"
)

// admission says which requests of one protocol are answered: by the interface they came to, and by the network they come from.
type admission struct {
	host  *netif.Host
	allow []netip.Prefix // networks of clients; none: all
}

// admits reports whether a request from remote to local is to be answered.
func (g *admission) admits(local, remote netip.Addr) bool {
	remote = remote.Unmap().WithZone("")
	if len(g.allow) > 0 && !slices.ContainsFunc(g.allow, func(p netip.Prefix) bool { return p.Contains(remote) }) {
		return false
	}
	return g.host.Admits(local)
}
