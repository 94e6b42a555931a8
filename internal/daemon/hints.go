// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/bootlace-net/bootlace/dhcpproxy"
)

// SystemError is a refusal of the system, with the fix in the same line.
type SystemError struct {
	What string // "listen on udp port 69"
	Err  error
	Fix  string
}

// Error gives one line.
func (e *SystemError) Error() string {
	s := e.What + ": " + e.Err.Error()
	if e.Fix != "" {
		s += ": " + e.Fix
	}
	return s
}

// Unwrap gives what the system said.
func (e *SystemError) Unwrap() error { return e.Err }

// explain adds the fix to an error of binding a port. owner names who has it, in says which key or flag moves it elsewhere.
func explain(what string, err error, owner, in string) error {
	var errno syscall.Errno
	errors.As(err, &errno)
	fix := ""
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		err, fix = syscall.EADDRINUSE, owner+" has it: end that, or choose another port with "+in
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		err, fix = syscall.EADDRNOTAVAIL, "no interface has this address: correct "+in
	case errors.Is(err, fs.ErrPermission):
		err, fix = syscall.EACCES, "run as root, or give the binary the right: setcap cap_net_bind_service,cap_net_raw=+ep bootlace"
	}
	return &SystemError{What: what, Err: err, Fix: fix}
}

// noInterface says which interfaces there are instead.
func noInterface(name string, have []string) error {
	return &SystemError{What: fmt.Sprintf("interface %q", name), Err: errors.New("does not exist"),
		Fix: fmt.Sprintf("choose one of %v with --interface or server.interfaces", have)}
}

// owner names the program that has one of our ports, over either version of IP.
func owner(network string, ports ...uint16) string {
	for _, port := range ports {
		for _, version := range []string{"", "6"} {
			if name := dhcpproxy.PortOwner(network+version, port); name != dhcpproxy.Unnamed {
				return name
			}
		}
	}
	return dhcpproxy.Unnamed
}
