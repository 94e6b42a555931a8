// SPDX-License-Identifier: Apache-2.0

package load

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"
)

// Opcodes of RFC 1350 section 5 and RFC 2347.
const (
	opRead  = 1
	opData  = 3
	opAck   = 4
	opError = 5
	opOack  = 6
)

// Request builds a read request in octet mode; options of value 0 are left out, tsize is asked for when any other option is.
func Request(name string, blksize, windowsize int) []byte {
	b := append([]byte{0, opRead}, name...)
	b = append(b, "\x00octet\x00"...)
	if blksize == 0 && windowsize == 0 {
		return b
	}
	b = append(b, "tsize\x000\x00"...)
	for _, o := range []struct {
		name  string
		value int
	}{{"blksize", blksize}, {"windowsize", windowsize}} {
		if o.value > 0 {
			b = append(b, o.name...)
			b = append(b, 0)
			b = strconv.AppendInt(b, int64(o.value), 10)
			b = append(b, 0)
		}
	}
	return b
}

// ack appends an acknowledgement.
func ack(b []byte, block uint16) []byte {
	return binary.BigEndian.AppendUint16(append(b, 0, opAck), block)
}

// granted is what an OACK says; absent options have the value an RFC 1350 transfer has.
type granted struct {
	blksize, windowsize int
	tsize               int64 // -1: not said
}

// parseOack reads an option acknowledgement, without its opcode.
func parseOack(b []byte) (granted, error) {
	g := granted{blksize: 512, windowsize: 1, tsize: -1}
	fields := bytes.Split(b, []byte{0})
	if len(fields) < 3 || len(fields)%2 == 0 {
		return g, fmt.Errorf("malformed OACK %q", b)
	}
	for i := 0; i+1 < len(fields); i += 2 {
		v, err := strconv.ParseInt(string(fields[i+1]), 10, 64)
		if err != nil {
			return g, fmt.Errorf("malformed OACK %q", b)
		}
		switch string(bytes.ToLower(fields[i])) {
		case "blksize":
			g.blksize = int(v)
		case "windowsize":
			g.windowsize = int(v)
		case "tsize":
			g.tsize = v
		}
	}
	return g, nil
}
