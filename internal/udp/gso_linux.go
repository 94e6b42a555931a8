// SPDX-License-Identifier: Apache-2.0

package udp

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"
)

// probeGSO asks whether the kernel knows the option at all (Linux 4.18 and later).
func probeGSO(fd int) bool {
	_, err := unix.GetsockoptInt(fd, unix.IPPROTO_UDP, unix.UDP_SEGMENT)
	return err == nil
}

// sendSplit cuts a segmented send into datagrams and sends them one by one. Slow path: it copies.
func (t *sender) sendSplit(s *socket, o *Outgoing) error {
	t.split = t.split[:0]
	for _, b := range o.Bufs {
		t.split = append(t.split, b...)
	}
	one := Outgoing{Remote: o.Remote, Local: o.Local, Interface: o.Interface, Bufs: [][]byte{nil}}
	for rest := t.split; len(rest) > 0; {
		n := min(o.Segment, len(rest))
		one.Bufs[0], rest = rest[:n], rest[n:]
		t.load(s, []Outgoing{one})
		if _, err := mmsg(unix.SYS_SENDMMSG, s.fd, t.hdrs[:1], 0); err != 0 {
			return err
		}
	}
	return nil
}

// VerifyGSO sends a batch of equal segments through the loopback interface and compares what arrives. Some kernels mangle
// such batches (Linux 7.0-rc1; reports of 6.17 guests), and nothing but the content tells. It proves the kernel's own
// segmentation, not a network card's: watch retransmissions too. Takes a millisecond; nil means segments can be used.
func VerifyGSO() error {
	loopback := Config{Addr: netip.MustParseAddrPort("127.0.0.1:0")}
	from, err := Listen(loopback)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }() // a probe has nothing to lose
	to, err := Listen(loopback)
	if err != nil {
		return err
	}
	defer func() { _ = to.Close() }()
	if !from.Capabilities().GSO {
		return errors.ErrUnsupported
	}
	for _, size := range []int{516, 1472} {
		if err := verifyBatch(from, to, size); err != nil {
			return err
		}
	}
	return nil
}

// verifyBatch sends four equal segments of size bytes, each filled with its own letter.
func verifyBatch(from, to *Conn, size int) error {
	const segments = 4
	var parts [][]byte
	for i := range segments {
		parts = append(parts, bytes.Repeat([]byte{byte('a' + i)}, size))
	}
	if _, err := from.Send([]Outgoing{{Remote: to.LocalAddr(), Bufs: parts, Segment: size}}); err != nil {
		return err
	}
	in := []Incoming{{Buf: make([]byte, 2*size)}}
	for i := range segments {
		if _, err := to.Recv(in, time.Second); err != nil {
			return fmt.Errorf("segment %d of %d bytes never arrived: %w", i+1, size, err)
		}
		if !bytes.Equal(in[0].Buf[:in[0].N], parts[i]) {
			return fmt.Errorf("segment %d of %d bytes arrived mangled", i+1, size)
		}
	}
	return nil
}
