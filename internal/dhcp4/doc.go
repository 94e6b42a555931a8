// SPDX-License-Identifier: Apache-2.0

// Package dhcp4 is DHCPv4 as firmware writes it: it takes messages apart and says who sent them, builds answers that every
// firmware reads, puts both into words, and plays a client.
//
// github.com/insomniacslk/dhcp, whose DHCPv6 codec we use, is not used for DHCPv4. On messages that keep to the RFCs both
// read the same, which a fuzz test holds them to; but of what machines really send and need, it
//
//   - refuses a message whose END option is missing, or whose last option is cut off;
//   - does not read options that continue in the file and sname fields (option 52), nor can it write them there;
//   - forgets the hardware address of a client that says it has 0 bytes of one, so that an answer cannot hold it;
//   - writes options in the order of their numbers, and cannot leave the less needed out when a client takes little;
//   - keeps a map and a copy of each value for every message, where this package points into the datagram.
package dhcp4
