// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"github.com/bootlace-net/bootlace/boot"
)

// exchange is one request on its way to an answer.
type exchange struct {
	msg      *message
	arrival  *Arrival
	client   boot.Client
	key      boot.MAC // under which it is remembered
	kind     kind
	plan     boot.Plan
	strategy Strategy
}

// sizeUUID is option 97 with its type byte.
const sizeUUID = 17

// fill makes the answer of a strategy. Both ports use it: an ACK holds what the offer does, with the client's menu choice
// instead of the menu.
func (x *exchange) fill(r *reply, typ MessageType, file string) {
	m, local := x.msg, x.arrival.Local
	r.typ, r.siaddr, r.flags = typ, local, m.flags
	if typ == Offer {
		// Without an address the client hears only broadcasts, and a relay must send one for us.
		r.flags |= flagBroadcast
	} else {
		r.ciaddr = m.ciaddr
	}
	a4 := local.As4()
	r.add(optType, r.small(byte(typ)))
	r.add(optServerID, r.small(a4[:]...)) // EDK2 drops an offer without it (Dhcp4Io.c)
	r.add(optClass, r.text(x.class()))    // EDK2 compares the beginning; iPXE knows a proxy by it
	if len(m.uuid) == sizeUUID {
		r.add(optUUID, m.uuid) // RFC 4578 section 2.3: some ROMs want it back
	}
	r.add(optVendor, x.vendor(r, typ))
	x.names(r, file)
	r.addSpare(optClientID, m.clientID, courtesy) // RFC 6842
	r.relay = m.relay
}

func (x *exchange) class() string {
	if x.strategy == HTTP {
		return boot.ClassHTTP.String()
	}
	return boot.ClassPXE.String()
}

// names puts the file where clients look for it: the header, which BIOS ROMs and shim read, and option 67, which EDK2
// prefers.
func (x *exchange) names(r *reply, file string) {
	if file == "" {
		if x.strategy == RPi {
			r.addSpare(optTFTPServer, x.localText(r), twice)
		}
		return
	}
	name := r.text(file)
	if len(name) < sizeFile {
		r.file = name
		r.addSpare(optBootFile, name, twice)
	} else {
		r.add(optBootFile, name)
	}
	if x.strategy != HTTP && x.strategy != IPXE {
		r.sname = x.localText(r)
	}
}

// localText is our address in words.
func (x *exchange) localText(r *reply) []byte {
	return r.keep(len(x.arrival.Local.AppendTo(r.scratch[r.used:r.used])))
}

// vendor makes option 43.
func (x *exchange) vendor(r *reply, typ MessageType) []byte {
	v := &r.vendor
	if typ == Ack {
		if chosen := item(x.msg.vendor); chosen != nil {
			v.add(pxeItem, chosen...) // PXE 2.1: the client compares it with what it asked for
		}
		return v.bytes()
	}
	switch x.strategy {
	case Skip, Shim:
		v.control(controlBootNow)
	case Menu:
		v.control(controlNoBroadcast | controlNoMulticast)
		v.servers(itemBoot, x.arrival.Local)
		v.menu(menuItem{itemBoot, x.title()}, menuItem{itemLocal, "Boot from local disk"})
		v.prompt(0, "PXE")
	case RPi:
		// The boot ROM looks for this text and nothing else (Raspberry Pi documentation, "Network booting").
		v.control(controlBootNow)
		v.menu(menuItem{0, "Raspberry Pi Boot"})
		v.prompt(0, "PXE")
	case Auto, BINL, HTTP, IPXE, UBoot, Silent: // without option 43
	}
	return v.bytes()
}

// local makes an offer of the local disk only: a menu of one item that is taken at once.
func (x *exchange) local(r *reply) {
	x.strategy = Menu
	x.fill(r, Offer, "")
	v := vendorOptions{b: r.vendorIn[:0]}
	v.control(controlNoBroadcast | controlNoMulticast)
	v.menu(menuItem{itemLocal, "Boot from local disk"})
	v.prompt(0, "PXE")
	for i := range r.options {
		if r.options[i].code == optVendor {
			r.options[i].value = v.bytes()
		}
	}
}

func (x *exchange) title() string {
	p := x.plan.Profile
	switch {
	case p == nil:
		return "Bootlace"
	case p.Title != "":
		return printable([]byte(p.Title))
	default:
		return p.Name
	}
}

// file is what the client is to load: a name for TFTP, or a URL. A verdict says why there is none.
func (x *exchange) file() (string, Verdict) {
	file, verdict := x.wanted()
	if verdict == verdictNone && len(file) >= sizeFile && !x.readsOption67(file) {
		return "", SilentTooLong
	}
	return file, verdict
}

// readsOption67 says who takes a name that only option 67 has room for: UEFI (PxeBcDhcp4.c, HttpBootDhcp4.c) and iPXE,
// up to the 255 bytes of an option. BIOS ROMs and shim read the header.
func (x *exchange) readsOption67(file string) bool {
	return len(file) <= 255 && x.strategy != Shim && (x.client.Firmware() == boot.FirmwareUEFI || x.strategy == IPXE)
}

func (x *exchange) wanted() (string, Verdict) {
	tree, loader := x.arrival.Tree.At(x.arrival.Local), x.plan.Loader
	switch x.strategy {
	case IPXE:
		if !x.msg.fetchesHTTP() {
			tree = tree.TFTP()
		}
		return tree.URL(x.plan.Script.String()), verdictNone
	case RPi:
		if loader.Base == "" {
			return "", verdictNone // its boot ROM knows the names it wants
		}
	case UBoot:
		if loader.Base == "" {
			loader = boot.Name{Base: "pxelinux.0"}.For(x.plan.Script.Machine) // only its directory counts (cmd/pxe_utils.c)
		}
	case HTTP:
		switch {
		case loader.Base == "":
			return "", SilentNoLoader
		case tree.Scheme == boot.TFTP:
			return "", SilentNoHTTP
		}
		// An IP literal: EDK2 takes a name only if DHCP gave a DNS server too (HttpBootDhcp4.c).
		return tree.URL(loader.String()), verdictNone
	case Auto, Skip, BINL, Menu, Shim, Silent: // the loader by TFTP
	}
	if loader.Base == "" {
		return "", SilentNoLoader
	}
	return loader.String(), verdictNone
}
