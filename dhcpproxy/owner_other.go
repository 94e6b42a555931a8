// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package dhcpproxy

// PortOwner names the program that has a port. Only Linux tells.
func PortOwner(_ string, _ uint16) string { return Unnamed }
