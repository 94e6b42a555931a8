// SPDX-License-Identifier: Apache-2.0

// Package e2e boots real firmware from a real Bootlace.
//
// A case is one machine that boots one way. For each boot a token is drawn that stands only in the YAML host profile of
// that machine's MAC address; the case holds when the token comes out of the booted kernel's command line on the serial
// console, and when the packets at the machine's port show that it went the way it should: the plain DHCP server named
// nothing to boot, Bootlace gave no address, and a ProxyDHCP reply came before the first transfer.
//
// The tests need Linux, root and Debian's packages of firmware (tools/deps.sh lab). They run with
//
//	BOOTLACE_E2E=1 go test -count=1 -v ./e2e
//
// and one boot can be watched with
//
//	go run ./e2e/cmd/lab boot bios-ipxe-virtio
package e2e
