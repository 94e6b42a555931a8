// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"encoding/binary"
	"net/netip"
)

// message is a DHCPv4 message taken apart without copying: its slices point into the datagram.
//
// Firmware is sloppier than the RFCs, so the parser is generous: the END option may be missing, options may continue in
// sname and file, the last option may be cut off (it is dropped), and a repeated option is joined (RFC 3396).
type message struct {
	op, htype, hlen byte
	xid             uint32
	secs, flags     uint16
	ciaddr, yiaddr  netip.Addr
	siaddr, giaddr  netip.Addr
	chaddr          [16]byte
	typ             MessageType

	hostname, vendor, requested, serverID, params []byte
	maxSize, class, clientID, tftpServer, file    []byte
	userClass, relay, archs, ndi, uuid, ipxe      []byte
	headerFile, headerSName                       []byte // nil when overloaded
}

// parse reads a message. Anything but Answered-to-be (0) says why it is none.
func (m *message) parse(b []byte) Verdict {
	if len(b) < offOpts {
		return SilentTruncated
	}
	if binary.BigEndian.Uint32(b[offCookie:]) != cookie {
		return SilentNotDHCP
	}
	*m = message{
		op: b[offOp], htype: b[offHType], hlen: b[offHLen],
		xid:   binary.BigEndian.Uint32(b[offXID:]),
		secs:  binary.BigEndian.Uint16(b[offSecs:]),
		flags: binary.BigEndian.Uint16(b[offFlags:]),
	}
	m.ciaddr, m.yiaddr = addr4(b[offCIAddr:]), addr4(b[offYIAddr:])
	m.siaddr, m.giaddr = addr4(b[offSIAddr:]), addr4(b[offGIAddr:])
	copy(m.chaddr[:], b[offCHAddr:])
	if m.hlen > 16 {
		return SilentNotDHCP
	}
	overload := m.options(b[offOpts:])
	m.headerFile, m.headerSName = text(b[offFile:offFile+sizeFile]), text(b[offSName:offSName+sizeSName])
	if overload&1 != 0 { // RFC 2131 section 4.1: file first, then sname
		m.headerFile = nil
		m.options(b[offFile : offFile+sizeFile])
	}
	if overload&2 != 0 {
		m.headerSName = nil
		m.options(b[offSName : offSName+sizeSName])
	}
	return 0
}

// options walks one option field and returns the value of option 52 in it.
func (m *message) options(b []byte) (overload byte) {
	for len(b) > 0 {
		code := b[0]
		if code == optPad {
			b = b[1:]
			continue
		}
		if code == optEnd || len(b) < 2 || len(b) < 2+int(b[1]) {
			return overload
		}
		value := b[2 : 2+int(b[1])]
		b = b[2+len(value):]
		switch {
		case code == optOverload && len(value) == 1:
			overload = value[0]
		case code == optType && len(value) == 1:
			m.typ = MessageType(value[0])
		default:
			if p := m.slot(code); p != nil {
				*p = join(*p, value)
			}
		}
	}
	return overload
}

// slot is where an option's value is kept; nil for those nobody asks for.
func (m *message) slot(code byte) *[]byte {
	switch code {
	case optHostname:
		return &m.hostname
	case optVendor:
		return &m.vendor
	case optRequestedAddr:
		return &m.requested
	case optServerID:
		return &m.serverID
	case optParams:
		return &m.params
	case optMaxSize:
		return &m.maxSize
	case optClass:
		return &m.class
	case optClientID:
		return &m.clientID
	case optTFTPServer:
		return &m.tftpServer
	case optBootFile:
		return &m.file
	case optUserClass:
		return &m.userClass
	case optRelayAgent:
		return &m.relay
	case optArch:
		return &m.archs
	case optNDI:
		return &m.ndi
	case optUUID:
		return &m.uuid
	case optIPXE:
		return &m.ipxe
	}
	return nil
}

// join appends a repeated option without touching the datagram.
func join(have, more []byte) []byte {
	if have == nil {
		return more
	}
	return append(have[:len(have):len(have)], more...)
}

// limit is the most bytes of UDP payload the client takes.
func (m *message) limit() int {
	size := minMaxSize
	if len(m.maxSize) == 2 {
		size = max(size, int(binary.BigEndian.Uint16(m.maxSize)))
	}
	return min(size-headersSize, maxReply)
}

// server is option 54; invalid if absent or zero.
func (m *message) server() netip.Addr { return optAddr(m.serverID) }

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

// subOption finds one sub-option of an encapsulated option; nil if it is not there.
func subOption(b []byte, code byte) []byte {
	for len(b) > 0 {
		if b[0] == optPad {
			b = b[1:]
			continue
		}
		if b[0] == optEnd || len(b) < 2 || len(b) < 2+int(b[1]) {
			return nil
		}
		value := b[2 : 2+int(b[1])]
		if b[0] == code {
			return value
		}
		b = b[2+len(value):]
	}
	return nil
}
