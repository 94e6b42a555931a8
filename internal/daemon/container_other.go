// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package daemon

import "github.com/bootlace-net/bootlace/dhcpproxy"

// isolated is known on Linux only.
func isolated([]dhcpproxy.NIC) bool { return false }
