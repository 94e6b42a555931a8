// SPDX-License-Identifier: Apache-2.0

package iso

import (
	"encoding/binary"
	"time"
)

// Flags of a directory record, ECMA-119 section 9.1.6.
const (
	flagDirectory  = 0x02
	flagAssociated = 0x04 // a Macintosh's resource fork
	flagMore       = 0x80 // the file's next extent follows in the next record
)

// record is a directory record, ECMA-119 section 9.1.
type record struct {
	offset int64 // where it stands in the image
	length int
	data   Extent
	time   time.Time
	flags  byte
	name   []byte
	use    []byte // the System Use field
}

// self and parent are the names of a directory's first two records, ECMA-119 section 6.8.2.2.
const (
	self   = "\x00"
	parent = "\x01"
)

// parseRecord reads the record at the beginning of b, which stands at offset of the image.
func parseRecord(b []byte, offset, block int64) (record, error) {
	fail := func(at int, problem string, args ...any) (record, error) {
		return record{}, wrong(offset+int64(at), "directory record", problem, args...)
	}
	if len(b) < 34 || int(b[0]) > len(b) || b[0] < 34 {
		return fail(0, "its length does not fit into its sector")
	}
	length, nameEnd := int(b[0]), 33+int(b[32])
	if nameEnd > length {
		return fail(32, "its name is longer than itself")
	}
	if b[26] != 0 || b[27] != 0 {
		return fail(26, "its file is interleaved, which no system writes")
	}
	r := record{offset: offset, length: length, time: shortTime(b[18:25]), flags: b[25], name: b[33:nameEnd]}
	// The extent begins with the extended attribute record, whose length is in blocks.
	r.data.Offset = (int64(binary.LittleEndian.Uint32(b[2:])) + int64(b[1])) * block
	r.data.Length = int64(binary.LittleEndian.Uint32(b[10:]))
	if use := nameEnd + (nameEnd & 1); use < length { // ECMA-119 section 9.1.12 pads names to even
		r.use = b[use:length]
	}
	return r, nil
}

// records takes a directory apart. None crosses a sector's end; zeros fill it up, ECMA-119 section 6.8.1.1.
func records(b []byte, offset, block int64, each func(record) error) error {
	for i := 0; i < len(b); {
		rest := b[i:min(len(b), i-i%sector+sector)]
		if rest[0] == 0 {
			i += len(rest)
			continue
		}
		r, err := parseRecord(rest, offset+int64(i), block)
		if err != nil {
			return err
		}
		if err := each(r); err != nil {
			return err
		}
		i += r.length
	}
	return nil
}

// shortTime reads seven bytes: years since 1900 to seconds, and quarters of an hour from Greenwich; ECMA-119 section 9.1.5.
func shortTime(b []byte) time.Time {
	if b[1] == 0 {
		return time.Time{}
	}
	zone := time.Duration(int8(b[6])) * 15 * time.Minute
	return time.Date(1900+int(b[0]), time.Month(b[1]), int(b[2]), int(b[3]), int(b[4]), int(b[5]), 0, time.UTC).Add(-zone)
}
