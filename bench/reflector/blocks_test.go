// SPDX-License-Identifier: Apache-2.0

package reflector

import (
	"bytes"
	"testing"
)

func TestCut(t *testing.T) {
	for _, c := range []struct {
		size, blksize int
		blocks, last  int
	}{{0, 512, 1, 0}, {1, 512, 1, 1}, {511, 512, 1, 511}, {512, 512, 2, 0}, {1025, 512, 3, 1}} {
		content := bytes.Repeat([]byte{7}, c.size)
		f, err := cut(Config{Content: content, Blksize: c.blksize})
		if err != nil {
			t.Fatal(err)
		}
		if len(f.blocks) != c.blocks || len(f.blocks[c.blocks-1]) != c.last || !bytes.Equal(bytes.Join(f.blocks, nil), content) {
			t.Errorf("%d bytes by %d: %d blocks, the last of %d bytes", c.size, c.blksize, len(f.blocks), len(f.blocks[len(f.blocks)-1]))
		}
		if last := f.headers[c.blocks-1]; last != [4]byte{0, 3, byte(c.blocks >> 8), byte(c.blocks)} {
			t.Errorf("last header % x", last)
		}
	}
}

func TestCutRefuses(t *testing.T) {
	for name, c := range map[string]Config{
		"block of 7":         {Blksize: 7},
		"block of 65465":     {Blksize: 65465},
		"more than 2^16 - 1": {Blksize: 8, Content: make([]byte, 8*65535)},
	} {
		if _, err := cut(c); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestAnswer(t *testing.T) {
	f, err := cut(Config{Content: make([]byte, 5000), Blksize: 1000, Windowsize: 4})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		packet   string
		from, to int
		oack     bool
	}{
		{"\x00\x01f\x00octet\x00", 0, 0, true},
		{"\x00\x04\x00\x00", 0, 4, false},
		{"\x00\x04\x00\x03", 3, 6, false},
		{"\x00\x05\x00\x00x\x00", 0, 0, false},
		{"\x00\x04\x00", 0, 0, false},
		{"", 0, 0, false},
	} {
		from, to, oack := f.answer([]byte(c.packet))
		if from != c.from || to != c.to || oack != c.oack {
			t.Errorf("%q: blocks %d to %d, oack %v; want %d to %d, %v", c.packet, from, to, oack, c.from, c.to, c.oack)
		}
	}
	if from, to, _ := f.answer([]byte("\x00\x04\x00\x09")); from < to {
		t.Errorf("an ACK beyond the end selects blocks %d to %d", from, to)
	}
	if got, want := string(f.oack), "\x00\x06tsize\x005000\x00blksize\x001000\x00windowsize\x004\x00"; got != want {
		t.Errorf("OACK %q, want %q", got, want)
	}
}
