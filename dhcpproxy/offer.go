// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/dhcp4"
)

// itemBoot is the type of our one boot server, and itemLocal the local disk's (PXE 2.1 table 2-3).
const (
	itemLocal uint16 = 0
	itemBoot  uint16 = 0x8001
)

// priority is what an offer to an iPXE says of itself. Of all that it hears with PXEClient in option 60 before it has an address
// as well, it takes the one with the highest, of equals the last (dhcp_discovery_rx in its net/udp/dhcp.c), and then that one's
// settings before those of the DHCP server (reprioritise_settings in its core/settings.c). Others say nothing, which is 0; a
// site that wants another server to win can let it say more.
const priority = 1

// sizeUUID is option 97 with its type byte.
const sizeUUID = 17

// fill makes the answer of a strategy. Both ports use it: an ACK holds what the offer does, with the client's menu choice
// instead of the menu.
func (x *exchange4) fill(r *dhcp4.Reply, typ dhcp4.MessageType, file string) {
	m, local := x.msg, x.arrival.Local
	r.SIAddr, r.Flags = local, m.Flags
	if typ == dhcp4.Offer {
		// Without an address the client hears only broadcasts, and a relay must send one for us.
		r.Flags |= dhcp4.FlagBroadcast
	} else {
		r.CIAddr = m.CIAddr
	}
	a4 := local.As4()
	r.Add(dhcp4.OptType, r.Bytes(byte(typ)))
	r.Add(dhcp4.OptServerID, r.Bytes(a4[:]...)) // EDK2 drops an offer without it (Dhcp4Io.c)
	r.Add(dhcp4.OptClass, r.Text(x.class()))    // EDK2 compares the beginning; iPXE knows a proxy by it
	if len(m.UUID) == sizeUUID {
		r.Add(dhcp4.OptUUID, m.UUID) // RFC 4578 section 2.3: some ROMs want it back
	}
	r.Add(dhcp4.OptVendor, x.vendor(r, typ, file))
	x.names(r, file)
	if x.client.Stage != boot.StageROM {
		r.AddSpare(dhcp4.OptIPXE, r.Bytes(dhcp4.IPXEPriority, 1, priority), dhcp4.Courtesy)
	}
	r.AddSpare(dhcp4.OptClientID, m.ClientID, dhcp4.Courtesy) // RFC 6842
	r.Relay = m.Relay
}

func (x *exchange4) class() string {
	if x.strategy == boot.StrategyHTTP {
		return boot.ClassHTTP.String()
	}
	return boot.ClassPXE.String()
}

// names puts the file where clients look for it: the header, which BIOS ROMs and shim read, and option 67, which EDK2
// prefers.
func (x *exchange4) names(r *dhcp4.Reply, file string) {
	if file == "" {
		if x.strategy == boot.StrategyRPi {
			r.AddSpare(dhcp4.OptTFTPServer, r.Addr(x.arrival.Local), dhcp4.Twice)
		}
		return
	}
	name := r.Text(file)
	if len(name) < dhcp4.SizeFile {
		r.File = name
		r.AddSpare(dhcp4.OptBootFile, name, dhcp4.Twice)
	} else {
		r.Add(dhcp4.OptBootFile, name)
	}
	if x.strategy != boot.StrategyHTTP && x.strategy != boot.StrategyIPXE {
		r.SName = r.Addr(x.arrival.Local)
	}
}

// vendor makes option 43. Without a file, a menu has only the local disk.
func (x *exchange4) vendor(r *dhcp4.Reply, typ dhcp4.MessageType, file string) []byte {
	v := &r.Vendor
	if typ == dhcp4.Ack {
		if chosen := x.msg.Item(); chosen != nil {
			v.Chosen(chosen) // PXE 2.1: the client compares it with what it asked for
		}
		return v.Bytes()
	}
	switch x.strategy {
	case boot.StrategySkip, boot.StrategyShim:
		v.Control(dhcp4.ControlBootNow)
	case boot.StrategyMenu:
		v.Control(dhcp4.ControlNoBroadcast | dhcp4.ControlNoMulticast)
		disk := dhcp4.MenuItem{Type: itemLocal, Text: "Boot from local disk"}
		if file == "" {
			v.Menu(disk) // nothing else, so that it is taken at once
		} else {
			v.Servers(itemBoot, x.arrival.Local)
			v.Menu(dhcp4.MenuItem{Type: itemBoot, Text: x.title()}, disk)
		}
		v.Prompt(0, "PXE")
	case boot.StrategyRPi:
		// The boot ROM looks for this text and nothing else (Raspberry Pi documentation, "Network booting").
		v.Control(dhcp4.ControlBootNow)
		v.Menu(dhcp4.MenuItem{Type: 0, Text: "Raspberry Pi Boot"})
		v.Prompt(0, "PXE")
	case boot.StrategyAuto, boot.StrategyBINL, boot.StrategyHTTP, boot.StrategyIPXE, boot.StrategyUBoot, boot.StrategySilent: // without option 43
	}
	return v.Bytes()
}

func (x *exchange4) title() string {
	p := x.plan.Profile
	switch {
	case p == nil:
		return "Bootlace"
	case p.Title != "":
		return dhcp4.Printable([]byte(p.Title))
	default:
		return p.Name
	}
}
