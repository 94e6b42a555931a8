// SPDX-License-Identifier: Apache-2.0

package lab

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/sys/unix"
)

// Cable connects a machine to its switch port through this process, which can change what the machine sends.
type Cable struct {
	tap    *os.File
	socket *net.UnixConn
	vm     *net.UnixAddr
	done   sync.WaitGroup
}

// NewCable opens the switch port and waits for QEMU's datagrams (`-netdev dgram`) at a socket in dir. edit may change every
// frame from the machine.
func (l *Lab) NewCable(dir string, edit func(frame []byte)) (*Cable, error) {
	c := &Cable{vm: cableEnd(dir, "vm")}
	if err := l.Switch.Do(func() (err error) { c.tap, err = openTap(Tap); return err }); err != nil {
		return nil, fmt.Errorf("switch port %s: %w", Tap, err)
	}
	var err error
	if c.socket, err = net.ListenUnixgram("unixgram", cableEnd(dir, "us")); err != nil {
		return nil, errors.Join(err, c.tap.Close())
	}
	c.done.Go(func() { c.toMachine() })
	c.done.Go(func() { c.fromMachine(edit) })
	return c, nil
}

func cableEnd(dir, name string) *net.UnixAddr {
	return &net.UnixAddr{Net: "unixgram", Name: filepath.Join(dir, name+".sock")}
}

// openTap attaches to a tap that exists: frames as they are, without the kernel's header (tun(4) of the kernel's
// Documentation/networking/tuntap.rst).
func openTap(name string) (*os.File, error) {
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	req, err := unix.NewIfreq(name)
	if err == nil {
		req.SetUint16(unix.IFF_TAP | unix.IFF_NO_PI)
		err = unix.IoctlIfreq(fd, unix.TUNSETIFF, req)
	}
	if err == nil { // else frames come with checksums that a card was to fill in, and as long as segmentation allows
		err = unix.IoctlSetInt(fd, unix.TUNSETOFFLOAD, 0)
	}
	if err != nil {
		return nil, errors.Join(err, unix.Close(fd))
	}
	return os.NewFile(uintptr(fd), name), nil
}

func (c *Cable) toMachine() {
	buf := make([]byte, 65536)
	for {
		n, err := c.tap.Read(buf)
		if err != nil {
			return
		}
		_, _ = c.socket.WriteToUnix(buf[:n], c.vm) // a machine that is off hears nothing
	}
}

func (c *Cable) fromMachine(edit func([]byte)) {
	buf := make([]byte, 65536)
	for {
		n, err := c.socket.Read(buf)
		if err != nil {
			return
		}
		edit(buf[:n])
		_, _ = c.tap.Write(buf[:n])
	}
}

// Close unplugs the cable.
func (c *Cable) Close() error {
	err := errors.Join(c.tap.Close(), c.socket.Close())
	c.done.Wait()
	return err
}
