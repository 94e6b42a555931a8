// SPDX-License-Identifier: Apache-2.0

// Package udp is a datagram socket that knows its interface and can batch.
//
// A [Conn] tells for every datagram which of our addresses it was sent to and by which interface it came in, and sends
// from a chosen address, so that a server with many addresses answers from the one that was asked. Many datagrams move
// with one system call where the system can do that (recvmmsg and sendmmsg on Linux), and a run of equal-sized datagrams
// to one peer may leave as a single buffer (UDP generic segmentation offload). What a socket can really do is probed when
// it is opened and told by [Conn.Capabilities]; nothing depends on more than sending and receiving one datagram at a time.
//
// A [PacketConn] is the same below the kernel's UDP, beside whoever has the port, and a [Membership] keeps this host in a
// multicast group. The system calls of this project that need package unsafe are all here.
//
// # Ownership
//
// Buffers belong to the caller: Recv fills the buffers it is given, Send has copied everything into the kernel when it
// returns. One goroutine receives; any number may send, Wake and Close at the same time.
//
// # Exclusive ports
//
// A port is never shared with a foreign program: a second program that binds the same address gets "address in use", and
// so do we. [ListenGroup] opens several sockets on one port for the lanes of one server.
package udp
