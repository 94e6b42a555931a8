// SPDX-License-Identifier: Apache-2.0

package udp

import (
	"net"
	"net/netip"
	"os"
	"time"
)

// MaxBatch is the most datagrams one Recv or one system call of Send moves. Larger batches gained nothing measurable
// (the cost of a system call is already below 2 % of a block at 64) and make a busy socket unfair to its neighbours.
const MaxBatch = 64

// MaxSegments is the most datagrams that may leave as one segmented send. Linux allows 64 (UDP_MAX_SEGMENTS; 128 since
// 6.9), and the whole must fit one IPv4 packet.
const MaxSegments = 64

// MaxSegmentedBytes is the most payload one segmented send may carry: an IPv4 packet's 65,535 bytes without its headers.
const MaxSegmentedBytes = 65507

// Config says what to listen on. The zero value is an ephemeral port on all IPv6 addresses; Addr decides the family.
type Config struct {
	// Addr is the local address and port. An unspecified address (0.0.0.0, ::) receives on all addresses of its family:
	// an IPv6 socket never carries IPv4. Port 0 takes an ephemeral port.
	Addr netip.AddrPort
	// Device restricts the socket to one interface by name: only its packets arrive, and everything leaves by it. Where
	// Capabilities.BindDevice is false it is not supported and Listen fails with an error that wraps errors.ErrUnsupported.
	Device string
	// Broadcast permits sending to broadcast addresses.
	Broadcast bool
	// PacketInfo makes Recv report Local and Interface and lets Send choose them. Without it both are ignored and cost
	// nothing; a socket bound to one specific address has no need of it.
	PacketInfo bool
	// ReadBuffer and WriteBuffer are the kernel's buffer sizes in bytes; 0 keeps the system's default. Root exceeds the
	// system's maximum, others silently get the maximum.
	ReadBuffer, WriteBuffer int
}

// Incoming is one received datagram and the place it is put.
type Incoming struct {
	Buf       []byte         // owned by the caller; the whole length is offered to the kernel
	N         int            // bytes received; the datagram is Buf[:N]
	Remote    netip.AddrPort // sender; IPv4 in its 4-byte form, a link-local IPv6 address has its interface index as zone
	Local     netip.Addr     // address it was sent to (may be a broadcast address); invalid without PacketInfo
	Answer    netip.Addr     // address to answer from: Local, or for a broadcast ours on that network; may be invalid (choose by Interface)
	Interface int            // index of the interface it came in by; 0 without PacketInfo
	Broadcast bool           // Local is not an address of ours but a broadcast or multicast address
	Truncated bool           // it was longer than Buf
	Socket    int            // of a Set: which one it came to
}

// Outgoing is one datagram to send, or a run of equal datagrams when Segment is set.
type Outgoing struct {
	Remote    netip.AddrPort
	Local     netip.Addr // source address; the zero value lets the kernel choose. Needs PacketInfo
	Interface int        // interface to leave by; 0 lets the routes decide. Needs PacketInfo
	Bufs      [][]byte   // parts of the payload, gathered without copying
	Socket    int        // of a Set: which one it leaves by
	// Segment cuts the payload into datagrams of this many bytes (the last may be shorter). 0 sends one datagram. The
	// whole is at most MaxSegments datagrams and MaxSegmentedBytes bytes. Works without GSO too, only slower.
	Segment int
}

// Capabilities says what a socket can do, as probed when it was opened.
type Capabilities struct {
	Batch      int  // datagrams moved by one system call
	GSO        bool // segmented sends leave as one buffer (Linux 4.18 and later)
	PacketInfo bool // Local and Interface are reported and obeyed
	BindDevice bool // Config.Device works
	Group      bool // ListenGroup spreads peers over several sockets in the kernel
}

// deadlineExceeded is what Recv returns after its timeout, like the sockets of package net.
func deadlineExceeded() error { return os.ErrDeadlineExceeded }

// Forever as the timeout of Recv waits until a datagram, Wake or Close.
const Forever time.Duration = -1

// network names the family for error messages, as package net does.
func network(a netip.Addr) string {
	if a.Is4() || a.Is4In6() {
		return "udp4"
	}
	return "udp6"
}

// opError dresses an error of a system call like those of package net, so that callers and operators see familiar words.
func opError(op string, a netip.AddrPort, err error) error {
	return &net.OpError{Op: op, Net: network(a.Addr()), Addr: net.UDPAddrFromAddrPort(a), Err: err}
}
