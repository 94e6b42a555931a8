// SPDX-License-Identifier: Apache-2.0

package netif

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strings"
	"syscall"
)

// Unnamed is what PortOwner says where it cannot find out more.
const Unnamed = "another program"

// PortOwner names the program that has a port of "udp" or "tcp", as "dnsmasq (pid 812)"; "" if nobody has it, or nobody is
// known to: only Linux tells. One that may not be looked at, or is in another container, is Unnamed.
func PortOwner(network string, port uint16) string { return portOwner(network, port) }

// Rights is what to do about missing privileges.
const Rights = "run as root, or give the binary the right: setcap cap_net_bind_service,cap_net_raw=+ep bootlace"

// ListenError is a port that the system does not give, with the reason and the fix in the same line.
type ListenError struct {
	Err   error  // what the system said
	Port  uint16 // 0: it did not say which
	Owner string // who has it, if that is why
	Fix   string
}

// Error gives one line.
func (e *ListenError) Error() string {
	s := e.Err.Error()
	switch {
	case e.Owner != "" && e.Port != 0:
		s += fmt.Sprintf(": port %d belongs to %s", e.Port, e.Owner)
	case e.Owner != "":
		s += ": it belongs to " + e.Owner
	}
	return s + ": " + e.Fix
}

// Unwrap gives what the system said.
func (e *ListenError) Unwrap() error { return e.Err }

// ExplainListen adds to an error of listening which program has the port, and what to do. key is the setting or flag that
// says where to listen; beside is the other way out, for a port that cannot be elsewhere, and "" for one that can. What
// needs no explanation comes back as it is.
func ExplainListen(err error, key, beside string) error {
	e := &ListenError{Err: err}
	network := ""
	if op := (*net.OpError)(nil); errors.As(err, &op) {
		switch a := op.Addr.(type) {
		case *net.UDPAddr:
			network, e.Port = "udp", uint16(a.Port)
		case *net.TCPAddr:
			network, e.Port = "tcp", uint16(a.Port)
		}
	}
	movable := beside == ""
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		if movable {
			beside = "choose another with " + key
		}
		e.Owner, e.Fix = cmp.Or(PortOwner(network, e.Port), Unnamed), "stop it, or "+beside
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		e.Fix = "no interface of this machine has that address: correct " + key
	case errors.Is(err, fs.ErrPermission):
		e.Fix = Rights
		if movable {
			e.Fix += "; or choose a port above 1023 with " + key
		}
	default:
		return err
	}
	return e
}

// Missing is nil if every interface that is to be served is there. key is where its name comes from.
func (h *Host) Missing(key string) error {
	t := h.Table()
	for _, name := range h.Served {
		if !t.named(name) {
			return fmt.Errorf("interface %q does not exist: choose one of %s with %s", name, strings.Join(t.Names(), ", "), key)
		}
	}
	return nil
}
