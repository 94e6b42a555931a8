// SPDX-License-Identifier: Apache-2.0

package dhcp4

// options walks one option field and returns the value of option 52 in it.
func (m *Message) options(b []byte) (overload byte) {
	for len(b) > 0 {
		code := b[0]
		if code == OptPad {
			b = b[1:]
			continue
		}
		if code == OptEnd || len(b) < 2 || len(b) < 2+int(b[1]) {
			return overload
		}
		value := b[2 : 2+int(b[1])]
		b = b[2+len(value):]
		switch {
		case code == OptOverload && len(value) == 1:
			overload = value[0]
		case code == OptType && len(value) == 1:
			m.Type = MessageType(value[0])
		default:
			if p := m.slot(code); p != nil {
				*p = join(*p, value)
			}
		}
	}
	return overload
}

// slot is where an option's value is kept; nil for those nobody asks for.
func (m *Message) slot(code byte) *[]byte {
	switch code {
	case OptHostname:
		return &m.Hostname
	case OptVendor:
		return &m.Vendor
	case OptRequestedAddr:
		return &m.Requested
	case OptServerID:
		return &m.ServerID
	case OptParams:
		return &m.Params
	case OptMaxSize:
		return &m.MaxSize
	case OptClass:
		return &m.Class
	case OptClientID:
		return &m.ClientID
	case OptTFTPServer:
		return &m.TFTPServer
	case OptBootFile:
		return &m.BootFile
	case OptUserClass:
		return &m.UserClass
	case OptRelayAgent:
		return &m.Relay
	case OptArch:
		return &m.Archs
	case OptNDI:
		return &m.NDI
	case OptUUID:
		return &m.UUID
	case OptIPXE:
		return &m.IPXE
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

// SubOption finds one sub-option of an encapsulated option; nil if it is not there.
func SubOption(b []byte, code byte) []byte {
	for len(b) > 0 {
		if b[0] == OptPad {
			b = b[1:]
			continue
		}
		if b[0] == OptEnd || len(b) < 2 || len(b) < 2+int(b[1]) {
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

// Options takes an option field apart, in order.
func Options(b []byte) []Option {
	var list []Option
	for len(b) > 0 {
		if b[0] == OptPad {
			b = b[1:]
			continue
		}
		if b[0] == OptEnd || len(b) < 2 || len(b) < 2+int(b[1]) {
			return list
		}
		list = append(list, Option{Code: b[0], Value: b[2 : 2+int(b[1])]})
		b = b[2+int(b[1]):]
	}
	return list
}
