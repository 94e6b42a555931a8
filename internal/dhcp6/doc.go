// SPDX-License-Identifier: Apache-2.0

// Package dhcp6 plays a DHCPv6 client as firmware does, and puts messages into words. The codec is insomniacslk/dhcp's.
package dhcp6
