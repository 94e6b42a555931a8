// SPDX-License-Identifier: Apache-2.0

// Package syslogd takes what machines say of themselves while they boot: iPXE's console, the logs of installers, and the kernel's
// netconsole.
//
// [Parse] reads a datagram, whatever form it has, and never fails: what has no form is plain text. A [Server] listens, ties each
// line to the machine behind the address it came from, and hands it on as an event. What an address says is bounded, so that
// one machine that talks without end does not drown the others; what is left out is counted. Nobody proves who he is by UDP: a
// line is text for people and a sign of life, and nothing is decided by what it says.
package syslogd
