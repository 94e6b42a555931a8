// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// Option6 is one DHCPv6 option as sent (RFC 8415 section 21.1).
type Option6 struct {
	Code  uint16
	Value []byte
}

// DHCP6 is one DHCPv6 message.
type DHCP6 struct {
	At       time.Duration
	Src, Dst netip.AddrPort
	Kind     byte
	XID      uint32 // 24 bits
	Options  []Option6
	Size     int
}

// DHCPv6 message types and options (RFC 8415 sections 7.3 and 24, RFC 5970 section 3).
const (
	advertise6 = 2
	reply6     = 7
	optIANA    = 3
	optBootURL = 59
)

func decodeDHCP6(at time.Duration, f frame) (DHCP6, bool) {
	b := f.payload
	if len(b) < 4 {
		return DHCP6{}, false
	}
	d := DHCP6{At: at, Src: f.src, Dst: f.dst, Size: f.size, Kind: b[0], XID: binary.BigEndian.Uint32(b) & 0xffffff}
	for b = append([]byte(nil), b[4:]...); len(b) >= 4; {
		n := 4 + int(binary.BigEndian.Uint16(b[2:]))
		if n > len(b) {
			break
		}
		d.Options = append(d.Options, Option6{binary.BigEndian.Uint16(b), b[4:n:n]})
		b = b[n:]
	}
	return d, true
}

// Get gives the first option of a code; nil if there is none.
func (d DHCP6) Get(code uint16) []byte {
	for _, o := range d.Options {
		if o.Code == code {
			return o.Value
		}
	}
	return nil
}

// Type is the message type in words.
func (d DHCP6) Type() string {
	names := [...]string{"", "SOLICIT", "ADVERTISE", "REQUEST", "CONFIRM", "RENEW", "REBIND", "REPLY", "RELEASE", "DECLINE",
		"RECONFIGURE", "INFORMATION-REQUEST", "RELAY-FORW", "RELAY-REPL"}
	if d.Kind == 0 || int(d.Kind) >= len(names) {
		return "type " + decimal(d.Kind)
	}
	return names[d.Kind]
}

// Proxy tells whether the message offers something to boot and no address.
func (d DHCP6) Proxy() bool {
	return (d.Kind == advertise6 || d.Kind == reply6) && d.Get(optBootURL) != nil && d.Get(optIANA) == nil
}

// String shows one option as code=value.
func (o Option6) String() string {
	switch o.Code {
	case optBootURL, 60:
		return decimal(o.Code) + "=" + quoted(o.Value)
	case 15, 16:
		return decimal(o.Code) + "=" + hex.EncodeToString(o.Value) + " " + quoted(o.Value)
	case 6:
		return "6=" + words(o.Value)
	default:
		return decimal(o.Code) + "=" + hex.EncodeToString(o.Value)
	}
}

func words(v []byte) string {
	var out []string
	for ; len(v) >= 2; v = v[2:] {
		out = append(out, decimal(binary.BigEndian.Uint16(v)))
	}
	return "[" + strings.Join(out, ",") + "]"
}

func (d DHCP6) String() string {
	out := make([]string, len(d.Options))
	for i, o := range d.Options {
		out[i] = o.String()
	}
	return fmt.Sprintf("%s  %s > %s  xid=%06x bytes=%d\n          %s", d.Type(), d.Src, d.Dst, d.XID, d.Size, strings.Join(out, " "))
}
