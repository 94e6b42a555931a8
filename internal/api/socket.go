// SPDX-License-Identifier: Apache-2.0

package api

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"time"
)

// longest is what a socket's path may be long: sun_path of Linux without the zero at its end, and the suffix of the name it is
// born under.
const longest = 107 - len(unborn)

// unborn is added to the socket's name until its rights are right.
const unborn = "~"

// ErrInUse is a socket that somebody answers on.
var ErrInUse = errors.New("is in use by another bootlace")

// Owner is who a socket belongs to. Negative numbers leave it as it is made.
type Owner struct{ UID, GID int }

// Listen makes a socket that its owner and the owner's group may use. One that a killed process left is replaced; one that
// somebody answers on is not. The socket goes when the listener is closed.
func Listen(path string, owner Owner) (net.Listener, error) {
	if len(path) > longest {
		return nil, fmt.Errorf("%s: a socket's path may have %d bytes, not %d: set api.socket to a shorter one", path, longest, len(path))
	}
	if err := free(path); err != nil {
		return nil, err
	}
	_ = os.Remove(path + unborn) // of a process that was killed in between; if it cannot be removed, Listen says so
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path + unborn, Net: "unix"})
	if err != nil {
		return nil, err
	}
	l.SetUnlinkOnClose(false)
	if err := give(path, owner); err != nil {
		_, _ = l.Close(), os.Remove(path+unborn) // the first error is the one to tell
		return nil, err
	}
	return &socket{l, path}, nil
}

// free makes sure that nothing lives at a path.
func free(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Mode().Type() != fs.ModeSocket:
		return fmt.Errorf("%s exists and is no socket: remove it, or set api.socket to another path", path)
	}
	c, err := net.DialTimeout("unix", path, time.Second)
	if err != nil {
		return nil // nobody answers: whoever made it is gone
	}
	_ = c.Close()
	return fmt.Errorf("%s %w: stop it, or give each its own server.state or api.socket", path, ErrInUse)
}

// give sets the rights before the socket gets the name by which it is found: at no time may others use it.
func give(path string, owner Owner) error {
	born := path + unborn
	if err := os.Chmod(born, 0o660); err != nil {
		return err
	}
	// Only root may give it away; a service that runs as its user from the start makes its own, and may be denied chown altogether.
	if owner.UID >= 0 && os.Geteuid() == 0 {
		if err := os.Chown(born, owner.UID, owner.GID); err != nil {
			return err
		}
	}
	return os.Rename(born, path)
}

// socket takes its name with it.
type socket struct {
	*net.UnixListener
	path string
}

// Close ends it. A process that has dropped its privileges may not be able to remove the name: the next one replaces it.
func (s *socket) Close() error {
	_ = os.Remove(s.path)
	return s.UnixListener.Close()
}

// Accept adds who connects.
func (s *socket) Accept() (net.Conn, error) {
	c, err := s.AcceptUnix()
	if err != nil {
		return nil, err
	}
	p, err := peerOf(c)
	if err != nil {
		p = stranger() // it has gone already, or the kernel will not tell
	}
	return peerConn{c, p}, nil
}
