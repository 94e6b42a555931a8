// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"bytes"
	"encoding/binary"
	"net"
	"net/netip"
	"strings"
	"time"
)

// Option is one DHCP option as sent.
type Option struct {
	Code  byte
	Value []byte
}

// Options in the order in which they were sent.
type Options []Option

// Get gives the first option of a code; nil if there is none.
func (o Options) Get(code byte) []byte {
	for _, x := range o {
		if x.Code == code {
			return x.Value
		}
	}
	return nil
}

// Has tells whether an option of that code was sent, with a value or without.
func (o Options) Has(code byte) bool {
	for _, x := range o {
		if x.Code == code {
			return true
		}
	}
	return false
}

// DHCP options that decide about network booting (RFC 2132, 4578, 3004; 175 is iPXE's own).
const (
	optVendor     = 43
	optType       = 53
	optServerID   = 54
	optClass      = 60
	optServerName = 66
	optFile       = 67
	optUserClass  = 77
	optArch       = 93
	optIPXE       = 175
	optEnd        = 255
)

// DHCP is one DHCP or ProxyDHCP message (RFC 2131 section 2).
type DHCP struct {
	At       time.Duration // since the first frame
	Src, Dst netip.AddrPort
	Reply    bool
	XID      uint32
	Secs     uint16
	Flags    uint16
	CIAddr   netip.Addr
	YIAddr   netip.Addr
	SIAddr   netip.Addr
	GIAddr   netip.Addr
	MAC      net.HardwareAddr
	SName    string
	File     string
	Options  Options
	Size     int // bytes of the UDP payload
}

const dhcpCookie = "\x63\x82\x53\x63"

// dhcpFixed is the length of the fixed part with the cookie.
const dhcpFixed = 240

func decodeDHCP(at time.Duration, f frame) (DHCP, bool) {
	b := f.payload
	if len(b) < dhcpFixed || string(b[236:240]) != dhcpCookie {
		return DHCP{}, false
	}
	addr := func(pos int) netip.Addr { return netip.AddrFrom4([4]byte(b[pos : pos+4])) }
	hlen := min(int(b[2]), 16)
	return DHCP{
		At: at, Src: f.src, Dst: f.dst, Reply: b[0] == 2, Size: f.size,
		XID: binary.BigEndian.Uint32(b[4:]), Secs: binary.BigEndian.Uint16(b[8:]), Flags: binary.BigEndian.Uint16(b[10:]),
		CIAddr: addr(12), YIAddr: addr(16), SIAddr: addr(20), GIAddr: addr(24),
		MAC:   net.HardwareAddr(bytes.Clone(b[28 : 28+hlen])),
		SName: cString(b[44:108]), File: cString(b[108:236]), Options: decodeOptions(bytes.Clone(b[dhcpFixed:])),
	}, true
}

func cString(b []byte) string {
	s, _, _ := bytes.Cut(b, []byte{0})
	return string(s)
}

// decodeOptions reads options up to the END or as far as they are whole.
func decodeOptions(b []byte) Options {
	var out Options
	for len(b) > 0 {
		code := b[0]
		switch {
		case code == 0:
			b = b[1:]
			continue
		case code == optEnd:
			return append(out, Option{Code: optEnd})
		case len(b) < 2 || len(b) < 2+int(b[1]):
			return out
		}
		n := 2 + int(b[1])
		out, b = append(out, Option{code, b[2:n:n]}), b[n:]
	}
	return out
}

// Type is the message type in words; BOOTP without option 53.
func (d DHCP) Type() string {
	v := d.Options.Get(optType)
	if len(v) != 1 {
		return "BOOTP"
	}
	return dhcpType(v[0])
}

func dhcpType(n byte) string {
	names := [...]string{"", "DISCOVER", "OFFER", "REQUEST", "DECLINE", "ACK", "NAK", "RELEASE", "INFORM"}
	if n == 0 || int(n) >= len(names) {
		return "type " + decimal(n)
	}
	return names[n]
}

// Class is option 60.
func (d DHCP) Class() string { return string(d.Options.Get(optClass)) }

// BootInfo tells whether a reply says what to boot or from where, or claims to be a boot server's.
// A siaddr alone is not counted: DHCP servers send their own address there without being asked.
func (d DHCP) BootInfo() bool {
	o := d.Options
	return d.Reply && (d.File != "" || o.Has(optFile) || o.Has(optServerName) || o.Has(optVendor) || o.Has(optClass))
}

// Proxy tells whether a reply is a ProxyDHCP one: boot information and no address.
func (d DHCP) Proxy() bool { return d.BootInfo() && !assigned(d.YIAddr) }

func assigned(a netip.Addr) bool { return a.IsValid() && !a.IsUnspecified() }

// BootFile is what a reply names: option 67, which wins over the header (RFC 2132 section 9.5), or the header.
func (d DHCP) BootFile() string {
	if v := d.Options.Get(optFile); len(v) > 0 {
		return strings.TrimRight(string(v), "\x00")
	}
	return d.File
}
