// SPDX-License-Identifier: Apache-2.0

package iso_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/internal/iso"
)

func TestHostileUDF(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(u *udfMaker)
		field  string
		says   string
	}{
		{"a directory that holds the root", func(u *udfMaker) {
			root := append(u.identifier(10, "", 1), u.identifier(2, "again", 1)...)
			u.entry(1, 1, 4, int64(len(root)), 3, root)
		}, "directory /again", "twice"},
		{"the name ..", func(u *udfMaker) {
			root := u.identifier(0, "..", 5)
			u.entry(1, 1, 4, int64(len(root)), 3, root)
		}, "root directory", "another directory"},
		{"a name with a slash", func(u *udfMaker) {
			root := u.identifier(0, "a/Ł", 5)
			u.entry(1, 1, 4, int64(len(root)), 3, root)
		}, "root directory", "slash"},
		{"a name of no encoding", func(u *udfMaker) {
			root := u.identifier(0, "abc", 5)
			root[38] = 99
			reseal(root)
			u.entry(1, 1, 4, int64(len(root)), 3, root)
		}, "root directory", "encoding 99"},
		{"a list of extents that leads to itself", func(u *udfMaker) {
			u.entry(1, 6, 5, 1<<20, 1, u.long(3<<30|udfBlock, 14, 1))
			copy(u.image[u.at(1, 14)+24:], u.long(3<<30|udfBlock, 14, 1))
			u.seal(u.at(1, 14), 258, 14, 40)
		}, "allocation descriptors", "loop"},
		{"a file larger than its extents", func(u *udfMaker) { u.entry(1, 2, 5, 1<<20, 1, u.long(udfBlock, 100, 0)) }, "file entry", "hold 2048 of its"},
		{"a file larger than the image", func(u *udfMaker) { u.entry(1, 2, 5, 1<<29, 1, u.long(2<<30|1<<29, 0, 0)) }, "file entry", "more than the whole image"},
		{"a negative size", func(u *udfMaker) { u.entry(1, 2, 5, -1, 1, u.long(udfBlock, 100, 0)) }, "file entry", "more than the whole image"},
		{"content larger than its entry", func(u *udfMaker) { u.entry(1, 2, 5, 100, 3, []byte("short")) }, "file entry", "holds 5 bytes"},
		{"an extent outside of its partition", func(u *udfMaker) { u.entry(1, 2, 5, udfBlock, 1, u.long(udfBlock, 1<<30, 0)) }, "allocation descriptor", "not in partition 0"},
		{"an extent of a partition that is not there", func(u *udfMaker) { u.entry(1, 2, 5, udfBlock, 1, u.long(udfBlock, 0, 9)) }, "allocation descriptor", "not in partition 9"},
		{"extended descriptors", func(u *udfMaker) { u.entry(1, 2, 5, udfBlock, 2, make([]byte, 20)) }, "file entry", "kind 2"},
		{"descriptors longer than their block", func(u *udfMaker) {
			le.PutUint32(u.image[u.at(1, 2)+212:], 1<<31)
			reseal(u.image[u.at(1, 2):])
		}, "file entry", "do not fit"},
		{"a damaged entry", func(u *udfMaker) { u.image[u.at(1, 2)+56]++ }, "file entry", "CRC does not match"},
		{"an entry of another block", func(u *udfMaker) { u.seal(u.at(1, 2), 266, 77, 300) }, "file entry", "it stands in block 77"},
		{"a directory of 4 GiB", func(u *udfMaker) { u.entry(1, 9, 4, 1<<32, 1, u.long(2<<30|1<<29, 0, 0)) }, "file entry", "more than the whole image"},
		{"a directory of nothing", func(u *udfMaker) { u.entry(1, 9, 4, 1<<20, 1, u.long(2<<30|1<<20, 0, 0)) }, "directory /dir", "never written"},
		{"a link that is too long", func(u *udfMaker) { u.entry(1, 8, 12, 1<<20, 1, u.long(2<<30|1<<20, 0, 0)) }, "symbolic link", "longer than"},
		{"a WORM's file", func(u *udfMaker) { le.PutUint16(u.image[u.at(1, 2)+20:], 4096); reseal(u.image[u.at(1, 2):]) }, "file entry", "strategy 4096"},
		{"a metadata file that is not there", func(u *udfMaker) { clear(u.image[u.at(0, 0):u.at(0, 2)]) }, "file entry", "none here"},
		{"no file set", func(u *udfMaker) { clear(u.image[u.at(1, 0):u.at(1, 1)]) }, "file set descriptor", "none here"},
		{"partition maps that do not fit", func(u *udfMaker) {
			for _, block := range []int{34, 66} {
				le.PutUint32(u.image[block*udfBlock+264:], 1<<20)
				reseal(u.image[block*udfBlock:])
			}
		}, "partition maps", "do not fit"},
		{"partition maps of 4 GiB", func(u *udfMaker) {
			for _, block := range []int{34, 66} {
				le.PutUint32(u.image[block*udfBlock+264:], 0xffffffff)
				reseal(u.image[block*udfBlock:])
			}
		}, "partition maps", "do not fit"},
		{"another partition's number", func(u *udfMaker) {
			for _, block := range []int{34, 66} {
				u.image[block*udfBlock+444] = 7
				reseal(u.image[block*udfBlock:])
			}
		}, "partition map", "no partition 7"},
		{"no anchor", func(u *udfMaker) { clear(u.image[256*udfBlock:][:16]); clear(u.image[599*udfBlock:][:16]) }, "anchor volume descriptor pointer", "cut short"},
	} {
		t.Run(c.name, func(t *testing.T) {
			u := makeUDF(0x250).fill()
			c.change(u)
			_, err := iso.New(bytes.NewReader(u.image), int64(len(u.image)))
			var format *iso.FormatError
			if !errors.As(err, &format) || !strings.Contains(err.Error(), c.says) || format.Field != c.field || format.Offset <= 0 {
				t.Errorf("%v; want an error of %s that says %q, and where", err, c.field, c.says)
			}
		})
	}
}

// TestUDFReserve takes the anchor at the end, the reserve sequence and the metadata mirror when the first ones are gone.
func TestUDFReserve(t *testing.T) {
	u := makeUDF(0x250).fill()
	clear(u.image[256*udfBlock:][:512])
	clear(u.image[32*udfBlock:][:4*udfBlock])
	u.image[32*udfBlock] = 99
	clear(u.image[u.at(0, 0):][:udfBlock])
	if im := readUDF(t, u.image); len(im.Root.Children()) != 9 {
		t.Errorf("%d entries", len(im.Root.Children()))
	}
}
