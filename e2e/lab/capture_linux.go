// SPDX-License-Identifier: Apache-2.0

package lab

import (
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/bootlace-net/bootlace/e2e/trace"
)

// Capture sees every frame at a port of the switch, to and from the machine behind it.
type Capture struct {
	socket *os.File
	done   chan struct{}

	mu    sync.Mutex
	trace trace.Trace
	pcap  *trace.PCAP
	err   error
}

const (
	// captureBuffer holds what arrives while the reader is not scheduled: some 20,000 frames.
	captureBuffer = 64 << 20
	// captureSnap keeps whole DHCP messages in the file and little of bulk data.
	captureSnap = 640
)

// NewCapture begins to capture at an interface of the namespace. Frames also go to file, if there is one.
func (n *Namespace) NewCapture(ifname string, file *os.File) (*Capture, error) {
	c := &Capture{done: make(chan struct{})}
	if file != nil {
		var err error
		if c.pcap, err = trace.NewPCAP(file, captureSnap); err != nil {
			return nil, err
		}
	}
	if err := n.Do(func() (err error) {
		c.socket, err = packetSocket(ifname)
		return err
	}); err != nil {
		return nil, fmt.Errorf("capture at %s: %w", ifname, err)
	}
	go c.read()
	return c, nil
}

// packetSocket is a packet(7) socket that sees all protocols in both directions.
func packetSocket(ifname string) (*os.File, error) {
	ifi, err := net.InterfaceByName(ifname)
	if err != nil {
		return nil, err
	}
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	f := os.NewFile(uintptr(fd), "capture")
	all := uint16(unix.ETH_P_ALL>>8 | unix.ETH_P_ALL<<8&0xff00) // in network byte order
	if err := errors.Join(
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, captureBuffer),
		unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: all, Ifindex: ifi.Index}),
	); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func (c *Capture) read() {
	defer close(c.done)
	buf := make([]byte, 65536)
	for {
		n, err := c.socket.Read(buf)
		if err != nil {
			return
		}
		c.frame(time.Now(), buf[:n])
	}
}

func (c *Capture) frame(at time.Time, raw []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.trace.Add(at, raw)
	if c.pcap != nil && c.err == nil {
		c.err = c.pcap.Frame(at, raw)
	}
}

// Look gives f what was captured so far. f must not keep it.
func (c *Capture) Look(f func(*trace.Trace)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f(&c.trace)
}

// Stop ends the capture and gives its trace.
func (c *Capture) Stop() (*trace.Trace, error) {
	lost := c.lost()
	err := c.socket.Close()
	<-c.done
	c.trace.Lost = lost
	return &c.trace, errors.Join(err, c.err)
}

// lost asks the kernel how many frames found the buffer full.
func (c *Capture) lost() int {
	conn, err := c.socket.SyscallConn()
	if err != nil {
		return 0
	}
	var stats *unix.TpacketStats
	_ = conn.Control(func(fd uintptr) {
		stats, err = unix.GetsockoptTpacketStats(int(fd), unix.SOL_PACKET, unix.PACKET_STATISTICS)
	})
	if err != nil || stats == nil {
		return 0
	}
	return int(stats.Drops)
}
