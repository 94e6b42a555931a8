// SPDX-License-Identifier: Apache-2.0

package dhcpload

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// Offsets of RFC 2131 section 2 and options of RFC 2132, RFC 4578.
const (
	offXID    = 4
	offChaddr = 28
	offCookie = 236
	offOpts   = 240

	optType      = 53
	optParams    = 55
	optMaxSize   = 57
	optClass     = 60
	optArch      = 93
	optInterface = 94
	optUUID      = 97
	optEnd       = 255

	msgDiscover = 1
	msgOffer    = 2
	firstXID    = 0x42000000
)

// archOf is what machines claim to be, in turn: BIOS and x86-64 UEFI.
func archOf(n int) uint16 { return [...]uint16{0, 7}[n%2] }

// discover builds the packet that firmware of machine n sends (PXE 2.1 section 2.4.2, RFC 4578): broadcast flag, UUID, UNDI version, architecture.
func discover(n int) []byte {
	b := make([]byte, offOpts, 548)
	b[0], b[1], b[2] = 1, 1, 6
	binary.BigEndian.PutUint32(b[offXID:], firstXID+uint32(n))
	b[8+1] = 4     // seconds since the firmware began to look
	b[10] = 1 << 7 // broadcast
	mac := hardware(n)
	copy(b[offChaddr:], mac[:])
	binary.BigEndian.PutUint32(b[offCookie:], 0x63825363)
	arch := archOf(n)
	add := func(code byte, v ...byte) { b = append(append(b, code, byte(len(v))), v...) }
	add(optType, msgDiscover)
	add(optMaxSize, 1472>>8, 1472&0xff)
	add(optParams, 1, 2, 3, 4, 5, 6, 12, 13, 15, 17, 18, 22, 23, 28, 40, 41, 42, 43, 50, 51, 54, 58, 59, 60, 66, 67, 97, 128, 129, 130, 131, 132, 133, 134, 135)
	add(optUUID, append([]byte{0, 0x4c, 0x4c, 0x45, 0x44, 0, 0, 0, 0, 0, 0}, mac[:]...)...)
	add(optArch, byte(arch>>8), byte(arch))
	add(optInterface, 1, 3, 16)
	add(optClass, fmt.Appendf(nil, "PXEClient:Arch:%05d:UNDI:003016", arch)...)
	return append(b, optEnd)[:548]
}

// hardware is the address of machine n, in the range that virtual machines use.
func hardware(n int) [6]byte {
	return [6]byte{0x52, 0x54, 0, byte(n >> 16), byte(n >> 8), byte(n)}
}

var errNotOurs = errors.New("no answer to one of the machines")

// offered reads an answer and returns the machine it is for; another error than errNotOurs means that a PXE client would not take it.
func offered(b []byte, machines int) (int, error) {
	if len(b) < offOpts || b[0] != 2 {
		return 0, errNotOurs
	}
	n := int(binary.BigEndian.Uint32(b[offXID:])) - firstXID
	if n < 0 || n >= machines {
		return 0, errNotOurs
	}
	if mac := hardware(n); !bytes.Equal(b[offChaddr:offChaddr+6], mac[:]) {
		return n, errors.New("answer carries another machine's address")
	}
	opts, err := options(b[offOpts:])
	switch {
	case err != nil:
		return n, err
	case len(opts[optType]) != 1 || opts[optType][0] != msgOffer:
		return n, fmt.Errorf("message type %v, not an offer", opts[optType])
	case !bytes.HasPrefix(opts[optClass], []byte("PXEClient")):
		return n, fmt.Errorf("vendor class %q, not PXEClient", opts[optClass])
	}
	return n, nil
}

// options cuts the option field up to its end mark.
func options(b []byte) (map[byte][]byte, error) {
	opts := map[byte][]byte{}
	for len(b) > 0 {
		switch {
		case b[0] == optEnd:
			return opts, nil
		case b[0] == 0:
			b = b[1:]
		case len(b) < 2 || len(b) < 2+int(b[1]):
			return nil, errors.New("an option is cut off")
		default:
			opts[b[0]] = b[2 : 2+int(b[1])]
			b = b[2+int(b[1]):]
		}
	}
	return nil, errors.New("options have no end mark")
}
