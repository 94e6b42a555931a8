// SPDX-License-Identifier: Apache-2.0

package iso

import (
	"encoding/binary"
)

// Kinds of allocation descriptors, ECMA-167 4/14.6.8, and of the extents they describe, 4/14.14.1.1. The extended ones, kind 2, are
// written by nobody and read by neither Linux, GRUB nor 7-Zip.
const (
	shortADs = 0
	longADs  = 1
	embedded = 3

	extentRecorded = 0
	extentNext     = 3
)

// mostNext bounds how often a file's list of extents goes on elsewhere.
const mostNext = 4096

// allocations turns allocation descriptors into extents of the image.
type allocations struct {
	src   *source
	block int64
	parts []*spread
	own   int // the partition that short descriptors mean: the one that their entry stands in
}

// descriptor reads one block of a partition, which has to hold what the tag says, and knows where it stands.
func (a *allocations) descriptor(name string, at longAD, tags ...int) (b []byte, offset int64, err error) {
	if at.partition >= len(a.parts) {
		return nil, 0, wrong(0, name, "it is said to lie in partition %d, but there are %d", at.partition, len(a.parts))
	}
	pieces, ok := a.parts[at.partition].slice(int64(at.block)*a.block, a.block)
	if !ok || len(pieces) != 1 || pieces[0].Offset == Hole {
		return nil, 0, wrong(0, name, "block %d is not in partition %d", at.block, at.partition)
	}
	offset = pieces[0].Offset
	if b, err = a.src.bytes(name, offset, a.block); err != nil {
		return nil, offset, err
	}
	if err := checkTag(b, offset, name, tags...); err != nil {
		return nil, offset, err
	}
	if tagLocation(b) != at.block {
		return nil, offset, wrong(offset+12, name, "it says that it stands in block %d, not %d", tagLocation(b), at.block)
	}
	return b, offset, nil
}

// fill gives a file its extents, which have to hold all of its bytes.
func (a *allocations) fill(f *fileEntry, ads []byte, offset int64, kind uint16) error {
	if f.size < 0 || f.size > a.src.size { // holes, or extents one over the other
		return wrong(f.offset+56, "file entry", "its %d bytes are more than the whole image", uint64(f.size))
	}
	if kind == embedded {
		if f.size > int64(len(ads)) {
			return wrong(f.offset+56, "file entry", "it holds %d bytes of content that has %d", len(ads), f.size)
		}
		f.extents = join(nil, Extent{offset, f.size})
		return nil
	}
	left, err := a.all(f, ads, offset, kind)
	if err == nil && left > 0 {
		err = wrong(f.offset+56, "file entry", "its extents hold %d of its %d bytes", f.size-left, f.size)
	}
	return err
}

// all reads descriptors until the file is complete, and says how many bytes are missing.
func (a *allocations) all(f *fileEntry, ads []byte, offset int64, kind uint16) (left int64, err error) {
	left = f.size
	for range mostNext {
		next, err := a.list(f, ads, offset, kind, &left)
		if err != nil || next == nil {
			return left, err
		}
		b, at, err := a.descriptor("allocation extent descriptor", *next, tagAllocation)
		if err != nil {
			return left, err
		}
		length := int64(binary.LittleEndian.Uint32(b[20:]))
		if length > a.block-24 {
			return left, wrong(at+20, "allocation extent descriptor", "%d bytes of descriptors do not fit into its block", length)
		}
		ads, offset = b[24:24+length], at+24
	}
	return left, wrong(offset, "allocation descriptors", "a list in more than %d pieces, which makes a loop", mostNext)
}

// list reads the descriptors of one piece. The last may say where the next piece is.
func (a *allocations) list(f *fileEntry, ads []byte, offset int64, kind uint16, left *int64) (next *longAD, err error) {
	step := [...]int{shortADs: 8, longADs: 16}
	if int(kind) >= len(step) {
		return nil, wrong(f.offset+34, "file entry", "allocation descriptors of kind %d are not known here", kind)
	}
	for ; len(ads) >= step[kind] && *left > 0; ads, offset = ads[step[kind]:], offset+int64(step[kind]) {
		ad := a.read(ads, kind)
		if ad.length == 0 {
			return nil, nil // ECMA-167 4/12: the end
		}
		if ad.length>>30 == extentNext {
			ad.length = 0
			return &ad, nil
		}
		if err := a.extent(f, ad, offset, left); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

func (a *allocations) read(ad []byte, kind uint16) longAD {
	if kind == shortADs {
		return longAD{binary.LittleEndian.Uint32(ad), binary.LittleEndian.Uint32(ad[4:]), a.own}
	}
	return readLongAD(ad)
}

// extent adds what one descriptor says, as far as the file goes.
func (a *allocations) extent(f *fileEntry, ad longAD, offset int64, left *int64) error {
	length := min(int64(ad.length&(1<<30-1)), *left)
	*left -= length
	pieces := []Extent{{Hole, length}}
	if ad.length>>30 == extentRecorded {
		ok := ad.partition < len(a.parts)
		if ok {
			pieces, ok = a.parts[ad.partition].slice(int64(ad.block)*a.block, length)
		}
		if !ok {
			return wrong(offset, "allocation descriptor", "%d bytes from block %d are not in partition %d; was the download cut short?", length, ad.block, ad.partition)
		}
	}
	for _, p := range pieces {
		if err := a.src.content("file content", p); err != nil {
			return err
		}
		f.extents = join(f.extents, p)
	}
	return nil
}
