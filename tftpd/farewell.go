// SPDX-License-Identifier: Apache-2.0

package tftpd

import "github.com/bootlace-net/bootlace/tftpd/internal/proto"

// farewell ends a lane, and tells the clients it is serving, who would else ask a server that is gone until they give up. Those
// that have not proved themselves are not told: they may not have asked.
func (l *lane) farewell(now instant) {
	for _, p := range l.ports {
		if p == nil {
			continue
		}
		for _, t := range p.table {
			if t.known.Load() && !t.over.Load() {
				l.out.packet(p, t.peer, t.ifi, proto.ErrorPacket(CodeUndefined, "Server is shutting down"))
			}
			l.end(t, Stopped, "", now)
		}
	}
	l.flush()
	_ = l.conn.Close() // nothing to lose on a datagram socket
}
