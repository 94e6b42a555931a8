// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"encoding/binary"
	"strings"
)

// Opcodes, RFC 1350 section 5 and RFC 2347.
const (
	opRRQ   = 1
	opWRQ   = 2
	opDATA  = 3
	opACK   = 4
	opERROR = 5
	opOACK  = 6
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

// message is the text sent with a code: the RFC's words and never a path or an internal error.
func (c Code) message() string {
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

// errorPacket builds an ERROR.
func errorPacket(c Code, message string) []byte {
	b := binary.BigEndian.AppendUint16(nil, opERROR)
	b = binary.BigEndian.AppendUint16(b, uint16(c))
	return append(append(b, message...), 0)
}

// opcode reads the first two bytes; 0 when there are none.
func opcode(b []byte) uint16 {
	if len(b) < 2 {
		return 0
	}
	return binary.BigEndian.Uint16(b)
}

// parseError reads an ERROR's code and as much of its text as is fit to be shown: it comes from the network and goes to a
// log, so it is cut at 80 bytes and loses everything that is not printable ASCII.
func parseError(b []byte) (Code, string) {
	if len(b) < 4 {
		return CodeUndefined, ""
	}
	text := b[4:min(len(b), 84)]
	return Code(binary.BigEndian.Uint16(b[2:])), printable(string(text))
}

// printable keeps the text before the first NUL and drops what is not printable ASCII.
func printable(s string) string {
	s, _, _ = strings.Cut(s, "\x00")
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, s)
}
