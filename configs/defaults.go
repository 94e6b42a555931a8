// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"net/netip"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// DefaultSettings is what holds for every key that is not written. Why each value is what it is stands in the doc tag of
// its key.
func DefaultSettings() Settings {
	return Settings{
		Server: Server{State: "/var/lib/bootlace", User: "nobody"},
		DHCP: DHCP{
			Mode: DHCPProxy, Socket: SocketAuto, PerMAC: 20, PerSecond: 50000, TTL: 4 * time.Hour, PrefixName: true,
		},
		TFTP:   defaultTFTP(),
		HTTP:   HTTP{Enabled: true, Port: 8080, Connections: 4096, PerAddress: 1024, Inventory: true, Metrics: true},
		Loop:   Loop{Returns: 6, Within: 30 * time.Minute, Then: LoopLocal},
		Memory: Memory{Check: MemoryRefuse, Pause: 15 * time.Second},
		Log:    Log{Level: boot.LevelInfo, Format: LogAuto},
	}
}

func defaultTFTP() TFTP {
	return TFTP{
		Enabled:    true,
		Listen:     []netip.AddrPort{netip.AddrPortFrom(netip.Addr{}, 69)},
		BlockSize:  BlockSize{Min: 512, Max: 1468},
		WindowSize: WindowSize{Max: 64},
		GSO:        GSOAuto,
		Retransmit: Retransmit{Silence: 75 * time.Second},
		Pin:        10 * time.Second,
		Cache:      128 << 20,
		Limits:     TFTPLimits{Transfers: 20000, Unproved: 8192, PerAddress: 256, PerPrefix: 8192, RequestsPerSecond: 200},
		Writes:     Writes{PerMachine: true, MaxSize: 16 << 20, MaxTotal: 1 << 30, MaxFiles: 10000},
	}
}
