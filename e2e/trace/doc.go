// SPDX-License-Identifier: Apache-2.0

// Package trace tells the story of a network boot from the Ethernet frames seen at the machine's port.
//
// It decodes what network booting needs and no more: DHCP with the options in the order sent, DHCPv6, TFTP transfers with
// options, repeats and outcome, HTTP requests, and counts the rest. A Trace takes frames one by one and keeps a summary of
// bulk data, so that a boot of hundreds of megabytes costs little memory.
package trace
