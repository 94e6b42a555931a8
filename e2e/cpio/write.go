// SPDX-License-Identifier: Apache-2.0

package cpio

import (
	"bytes"
	"fmt"
	"io"
)

// Write writes an archive of entries, in that order, with all times zero, so that equal entries give equal bytes.
// A directory must come before what is in it: the kernel makes no parents.
func Write(w io.Writer, entries []Entry) error {
	var buf bytes.Buffer
	for i, e := range entries {
		appendEntry(&buf, i+1, e)
	}
	appendEntry(&buf, 0, Entry{Name: trailer})
	_, err := w.Write(buf.Bytes())
	return err
}

func appendEntry(buf *bytes.Buffer, ino int, e Entry) {
	var f [fieldCount]uint32
	f[fieldIno], f[fieldMode], f[fieldLinks] = uint32(ino), e.Mode, 1
	f[fieldSize], f[fieldNameSize] = uint32(len(e.Body)), uint32(len(e.Name)+1)
	f[fieldMajor], f[fieldMinor] = e.Major, e.Minor
	buf.WriteString(magic)
	for _, v := range f {
		fmt.Fprintf(buf, "%08X", v)
	}
	buf.WriteString(e.Name)
	buf.WriteByte(0)
	buf.Write(make([]byte, pad(buf.Len())))
	buf.Write(e.Body)
	buf.Write(make([]byte, pad(buf.Len())))
}
