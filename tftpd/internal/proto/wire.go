// SPDX-License-Identifier: Apache-2.0

package proto

import (
	"encoding/binary"
	"strings"
)

// Opcodes, RFC 1350 section 5 and RFC 2347.
const (
	OpRRQ   = 1
	OpWRQ   = 2
	OpDATA  = 3
	OpACK   = 4
	OpERROR = 5
	OpOACK  = 6
)

// Code is an error code of RFC 1350 section 5 and RFC 2347. Firmware acts on it: U-Boot stops on 1 and 2 and starts again
// forever on every other.
type Code uint16

// The error codes.
const (
	CodeUndefined  Code = 0 // see the message; from a client usually "I have seen enough"
	CodeNotFound   Code = 1
	CodeAccess     Code = 2
	CodeDiskFull   Code = 3
	CodeIllegal    Code = 4
	CodeUnknownTID Code = 5
	CodeExists     Code = 6
	CodeNoUser     Code = 7
	CodeOptions    Code = 8
)

// Message is the text sent with a code: the RFC's words and never a path or an internal error.
func (c Code) Message() string {
	switch c {
	case CodeNotFound:
		return "File not found"
	case CodeAccess:
		return "Access violation"
	case CodeDiskFull:
		return "Disk full or allocation exceeded"
	case CodeIllegal:
		return "Illegal TFTP operation"
	case CodeUnknownTID:
		return "Unknown transfer ID"
	case CodeExists:
		return "File already exists"
	case CodeNoUser:
		return "No such user"
	case CodeOptions:
		return "Option negotiation refused"
	default:
		return "Request could not be served"
	}
}

// Label is the code as a metric label: bounded, whatever an Opener says.
func (c Code) Label() string {
	if c > CodeOptions {
		return "other"
	}
	return string('0' + rune(c))
}

// headerSize is that of DATA and ACK.
const headerSize = 4

// AppendData appends a DATA packet's header to b. Blocks are counted without wrapping; the wire carries the lower 16 bits.
func AppendData(b []byte, block int64) []byte {
	return binary.BigEndian.AppendUint32(b, OpDATA<<16|uint32(uint16(block)))
}

// AppendAck appends an ACK to b.
func AppendAck(b []byte, block int64) []byte {
	return binary.BigEndian.AppendUint32(b, OpACK<<16|uint32(uint16(block)))
}

// BlockNumber reads the block number of a DATA or ACK, which has at least four bytes.
func BlockNumber(b []byte) uint16 { return binary.BigEndian.Uint16(b[2:]) }

// ErrorPacket builds an ERROR.
func ErrorPacket(c Code, message string) []byte {
	b := binary.BigEndian.AppendUint16(nil, OpERROR)
	b = binary.BigEndian.AppendUint16(b, uint16(c))
	return append(append(b, message...), 0)
}

// Opcode reads the first two bytes; 0 when there are none.
func Opcode(b []byte) uint16 {
	if len(b) < 2 {
		return 0
	}
	return binary.BigEndian.Uint16(b)
}

// ParseError reads an ERROR's code and as much of its text as is fit to be shown: it comes from the network and goes to a
// log, so it is cut at 80 bytes and loses everything that is not printable ASCII.
func ParseError(b []byte) (Code, string) {
	if len(b) < 4 {
		return CodeUndefined, ""
	}
	text, _, _ := strings.Cut(string(b[4:min(len(b), 84)]), "\x00")
	return Code(binary.BigEndian.Uint16(b[2:])), Printable(text)
}

// Printable drops what is not printable ASCII.
func Printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, s)
}
