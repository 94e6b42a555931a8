// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

// Ports.
const (
	portServer  = 67
	portClient  = 68
	portBINL    = 4011
	portClient6 = 546
	portServer6 = 547
)

// bufferedSize is more than any client sends.
const bufferedSize = 2048
