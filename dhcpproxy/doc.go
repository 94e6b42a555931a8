// SPDX-License-Identifier: Apache-2.0

// Package dhcpproxy answers PXE clients beside the site's DHCP server.
//
// It listens on port 67, where it answers broadcast DISCOVERs of netboot clients with offers that carry no address, and on
// port 4011, where clients ask for the rest (PXE 2.1 section 2.4.4; DHCPv6: ports 547 and 4011). It never gives out an
// address and never answers a DHCPREQUEST on port 67: those belong to the site's DHCP server.
//
// # Decisions
//
// A [Responder] turns bytes and an [Arrival] into an [Answer]; it has no socket, no clock and no log. What is known of the
// machine from all its packets comes from [Machines], which it teaches what it offered; it keeps only DHCP's own sessions.
// Firmware disagrees about what a good offer is, so the answer follows a [boot.Strategy] that fits the client, and moves on
// to the next one when a client comes back without having taken the last. Silence is an answer too: every [Verdict] has
// words, and becomes an event.
//
// The two families of DHCP differ in how a request is read and a reply is written (four.go with offer.go, six.go); what is
// decided between the two is an exchange, and the same for both.
//
// # Server
//
// A [Server] is the thin loop around a Responder: [Server.Listen] binds every socket, so that privileges can be dropped
// afterwards, and [Server.Serve] answers until its context ends. One goroutine per socket; packets never get their own.
package dhcpproxy
