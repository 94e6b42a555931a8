// SPDX-License-Identifier: Apache-2.0

// Package dhcpload plays PXE firmware of many machines that look for a boot server: each sends one DHCPDISCOVER with a hardware
// address of its own and waits for an offer with vendor class PXEClient.
//
// A fixed number of machines waits at any time; an answer lets the next one begin, so that the rate is what the server makes of it.
package dhcpload
