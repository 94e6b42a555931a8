// SPDX-License-Identifier: Apache-2.0

// Package mmsg moves many IPv4 datagrams with one system call, for load generators that must cost less than what they measure.
//
// It is Linux only (recvmmsg, sendmmsg, IP_PKTINFO, UDP_SEGMENT) and leaves checks to its callers; servers have a socket of their own.
package mmsg
