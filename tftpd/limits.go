// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"math"
	"net/netip"
	"time"
)

// Limits bound what clients can make the server do. Who exceeds one is not answered, and counted; the client asks
// again later by itself. Zero values take the defaults, negative ones lift a limit. The loopback interface is exempt from
// limits per address.
type Limits struct {
	Transfers   int            // at once; default 20,000
	Unproved    int            // of these that have not answered yet; beyond it the oldest gives way; default 8,192
	PerAddress  int            // at once from one address; default 256
	PerPrefix   int            // at once from one IPv4 /24 or IPv6 /64; default 8,192
	RequestRate float64        // new requests per second from one address; default 200, with bursts of twice as many
	Memory      int64          // bytes of content kept for reading ahead; default 128 MiB
	Networks    []netip.Prefix // who may ask at all; default everybody
	Broadcasts  bool           // answer requests sent to a broadcast address (RFC 1123 section 4.2.3.4 says no; Cisco asks so)
}

// or gives d where v is zero, and no limit where it is negative.
func or[T int | int64 | float64 | time.Duration](v, d T) T {
	switch {
	case v == 0:
		return d
	case v < 0:
		return 0
	default:
		return v
	}
}

const none = math.MaxInt32 // a limit never reached

func (l Limits) withDefaults() Limits {
	limit := func(v, d int) int {
		if v < 0 {
			return none
		}
		return or(v, d)
	}
	l.Transfers = limit(l.Transfers, 20_000)
	l.Unproved = limit(l.Unproved, 8_192)
	l.PerAddress = limit(l.PerAddress, 256)
	l.PerPrefix = limit(l.PerPrefix, 8_192)
	if l.RequestRate < 0 {
		l.RequestRate = none
	}
	l.RequestRate = or(l.RequestRate, 200)
	l.Memory = or(l.Memory, 128<<20)
	return l
}
