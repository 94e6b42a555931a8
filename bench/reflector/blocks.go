// SPDX-License-Identifier: Apache-2.0

package reflector

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Config fixes what is sent.
type Config struct {
	Content    []byte
	Blksize    int // bytes of a block
	Windowsize int // blocks for each ACK; 0 and 1: lock-step
	GSO        bool
}

// file is the content cut into blocks, with their headers.
type file struct {
	headers [][4]byte
	blocks  [][]byte // the last one is shorter than the others, perhaps empty
	window  int
	oack    []byte
}

// cut prepares all blocks. Numbers must not wrap: an ACK would not tell its block any more.
func cut(c Config) (*file, error) {
	if c.Blksize < 8 || c.Blksize > 65464 {
		return nil, fmt.Errorf("block size %d: want 8 to 65464", c.Blksize)
	}
	n := len(c.Content)/c.Blksize + 1
	if n > 65535 {
		return nil, errors.New("the content has more than 65535 blocks, a reflector without state cannot send it")
	}
	f := &file{window: max(c.Windowsize, 1)}
	for i := range n {
		rest := c.Content[i*c.Blksize:]
		f.blocks = append(f.blocks, rest[:min(c.Blksize, len(rest))])
		h := [4]byte{0, 3}
		binary.BigEndian.PutUint16(h[2:], uint16(i+1))
		f.headers = append(f.headers, h)
	}
	f.oack = fmt.Appendf(nil, "\x00\x06tsize\x00%d\x00blksize\x00%d\x00", len(c.Content), c.Blksize)
	if c.Windowsize > 0 {
		f.oack = fmt.Appendf(f.oack, "windowsize\x00%d\x00", c.Windowsize)
	}
	return f, nil
}

// answer returns which blocks follow a packet: from, to (exclusive), counted from 0; oack for a read request.
func (f *file) answer(p []byte) (from, to int, oack bool) {
	if len(p) < 4 {
		return 0, 0, false
	}
	switch binary.BigEndian.Uint16(p) {
	case 1:
		return 0, 0, true
	case 4:
		from = int(binary.BigEndian.Uint16(p[2:]))
		return from, min(from+f.window, len(f.blocks)), false
	}
	return 0, 0, false
}
