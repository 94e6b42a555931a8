// SPDX-License-Identifier: Apache-2.0

// Package load plays thousands of TFTP clients against one server and measures what they saw.
//
// Every transfer has an address of its own out of 127.0.0.0/8, so that one socket with batched system calls carries all clients of
// a worker while the server sees as many machines as there are transfers. Each block is compared with what it must hold. Loss and
// delay are made here, between socket and client, from a seed: the n-th packet of a client meets the same fate in every run and
// with every server.
package load
