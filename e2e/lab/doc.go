// SPDX-License-Identifier: Apache-2.0

// Package lab is a network on one Linux machine in which QEMU boots real firmware: a switch, a plain DHCP server, a boot
// server, each in a network namespace of its own.
//
// The namespaces have no names. Each is held by one thread of this process, and every program started in it dies with that
// thread, so that nothing is left behind even when the process is killed, and any number of labs stand side by side.
//
//	switch   bridge, one tap for each machine, QEMU, packet loss
//	dhcp     10.77.0.1  fd77::1   plain DHCP server: addresses only; router advertisements
//	boot     10.77.0.2  fd77::2   the server under test
package lab
