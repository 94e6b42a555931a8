// SPDX-License-Identifier: Apache-2.0

package dhcp4

import (
	"encoding/binary"
	"errors"
	"net/netip"
)

// Message is a DHCPv4 message taken apart without copying: its slices point into the datagram.
//
// Firmware is sloppier than the RFCs, so the parser is generous: the END option may be missing, options may continue in
// sname and file, the last option may be cut off (it is dropped), and a repeated option is joined (RFC 3396).
type Message struct {
	Op, HType, HLen byte
	XID             uint32
	Secs, Flags     uint16
	CIAddr, YIAddr  netip.Addr // invalid: 0.0.0.0
	SIAddr, GIAddr  netip.Addr
	CHAddr          [16]byte
	Type            MessageType

	Hostname, Vendor, Requested, ServerID, Params  []byte
	MaxSize, Class, ClientID, TFTPServer, BootFile []byte
	UserClass, Relay, Archs, NDI, UUID, IPXE       []byte
	HeaderFile, HeaderSName                        []byte // nil when overloaded
}

// Why a datagram is no message.
var (
	ErrTruncated = errors.New("fewer bytes than a DHCP message has")
	ErrNotDHCP   = errors.New("not a DHCP message")
)

// Parse reads a message. The error is ErrTruncated or ErrNotDHCP.
func (m *Message) Parse(b []byte) error {
	if len(b) < offOpts {
		return ErrTruncated
	}
	if binary.BigEndian.Uint32(b[offCookie:]) != cookie {
		return ErrNotDHCP
	}
	*m = Message{
		Op: b[offOp], HType: b[offHType], HLen: b[offHLen],
		XID:   binary.BigEndian.Uint32(b[offXID:]),
		Secs:  binary.BigEndian.Uint16(b[offSecs:]),
		Flags: binary.BigEndian.Uint16(b[offFlags:]),
	}
	m.CIAddr, m.YIAddr = addr4(b[offCIAddr:]), addr4(b[offYIAddr:])
	m.SIAddr, m.GIAddr = addr4(b[offSIAddr:]), addr4(b[offGIAddr:])
	copy(m.CHAddr[:], b[offCHAddr:])
	if m.HLen > 16 {
		return ErrNotDHCP
	}
	overload := m.options(b[offOpts:])
	m.HeaderFile, m.HeaderSName = text(b[offFile:offFile+SizeFile]), text(b[offSName:offSName+SizeSName])
	if overload&1 != 0 { // RFC 2131 section 4.1: file first, then sname
		m.HeaderFile = nil
		m.options(b[offFile : offFile+SizeFile])
	}
	if overload&2 != 0 {
		m.HeaderSName = nil
		m.options(b[offSName : offSName+SizeSName])
	}
	return nil
}

// Limit is the most bytes of UDP payload the client takes.
func (m *Message) Limit() int {
	size := leastSize
	if len(m.MaxSize) == 2 {
		size = max(size, int(binary.BigEndian.Uint16(m.MaxSize)))
	}
	return min(size-headersSize, MaxSize)
}

// Server is option 54; invalid if absent or zero.
func (m *Message) Server() netip.Addr { return optAddr(m.ServerID) }

// RequestedAddr is option 50; invalid if absent or zero.
func (m *Message) RequestedAddr() netip.Addr { return optAddr(m.Requested) }

func optAddr(b []byte) netip.Addr {
	if len(b) != 4 {
		return netip.Addr{}
	}
	return addr4(b)
}

// addr4 reads an address; 0.0.0.0 means none and becomes the invalid one.
func addr4(b []byte) netip.Addr {
	a := netip.AddrFrom4([4]byte(b))
	if a.IsUnspecified() {
		return netip.Addr{}
	}
	return a
}

// text cuts a header field at its first NUL.
func text(b []byte) []byte {
	for i, c := range b {
		if c == 0 {
			return b[:i]
		}
	}
	return b
}
