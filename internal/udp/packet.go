// SPDX-License-Identifier: Apache-2.0

package udp

import "fmt"

// PacketConfig says what to read below the kernel's UDP.
type PacketConfig struct {
	Port       uint16 // the port that is read, and that answers come from
	IPv6       bool
	Sent       bool // read what this host sends, not what it gets; a little is then paid for each packet that it sends
	Deaf       bool // receive nothing before Hear is called
	ReadBuffer int  // the kernel's buffer in bytes; 0 keeps the system's default
}

// ListenPackets reads UDP datagrams for a port on every interface, beside whoever has the port, and sends from it. It
// needs Linux and CAP_NET_RAW. What this host sends itself is not heard, unless that is what is asked for.
func ListenPackets(cfg PacketConfig) (*PacketConn, error) {
	c, err := newPacketConn(cfg)
	if err != nil {
		return nil, fmt.Errorf("packet socket for port %d: %w", cfg.Port, err)
	}
	return c, nil
}
