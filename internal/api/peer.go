// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"fmt"
	"net"
	"os/user"
	"slices"
	"strconv"
)

// Peer is who is at the other end of a socket, as the kernel says.
type Peer struct {
	UID, GID int // negative: not known
	PID      int
}

// String names it for the log.
func (p Peer) String() string {
	if p.UID < 0 {
		return "a local program"
	}
	if u, err := user.LookupId(strconv.Itoa(p.UID)); err == nil {
		return u.Username
	}
	return fmt.Sprintf("uid %d", p.UID)
}

func stranger() Peer { return Peer{UID: -1, GID: -1} }

// Admitted passes root, and the user and the members of the group that are named; negative numbers are nobody's.
func Admitted(also Owner) func(Peer) bool {
	return func(p Peer) bool {
		switch {
		case p.UID < 0:
			return !peersAreKnown // where the kernel does not tell, the file's mode is the guard
		case p.UID == 0, p.UID == also.UID:
			return true
		}
		return also.GID >= 0 && (p.GID == also.GID || memberOf(p.UID, also.GID))
	}
}

// memberOf asks the system's list of groups; what the kernel tells of a peer is its first group only.
func memberOf(uid, gid int) bool {
	u, err := user.LookupId(strconv.Itoa(uid))
	if err != nil {
		return false
	}
	groups, err := u.GroupIds()
	return err == nil && slices.Contains(groups, strconv.Itoa(gid))
}

// peerConn carries its peer where wrappers of connections let it through: in the remote address, which for a Unix socket
// is empty otherwise.
type peerConn struct {
	net.Conn
	peer Peer
}

func (c peerConn) RemoteAddr() net.Addr { return peerAddr{c.peer} }

type peerAddr struct{ Peer }

func (peerAddr) Network() string { return "unix" }

type peerKey struct{}

// withPeer is http.Server's ConnContext.
func withPeer(ctx context.Context, c net.Conn) context.Context {
	p := stranger()
	if a, ok := c.RemoteAddr().(peerAddr); ok {
		p = a.Peer
	}
	return context.WithValue(ctx, peerKey{}, p)
}

func peerFrom(ctx context.Context) Peer {
	if p, ok := ctx.Value(peerKey{}).(Peer); ok {
		return p
	}
	return stranger()
}
