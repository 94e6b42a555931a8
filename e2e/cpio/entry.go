// SPDX-License-Identifier: Apache-2.0

package cpio

// Types of entries, the upper bits of Mode (stat(2)).
const (
	Type    = 0o170000
	Regular = 0o100000
	Dir     = 0o040000
	Char    = 0o020000
	Symlink = 0o120000
)

// Entry is one file of an archive.
type Entry struct {
	Name         string // without leading slash
	Mode         uint32 // type and permissions
	Body         []byte // contents, or the target of a symbolic link
	Major, Minor uint32 // of a device
}

const (
	magic      = "070701"
	magicCRC   = "070702" // newc with a sum of the body's bytes; the sum is not looked at
	headerSize = 110
	trailer    = "TRAILER!!!"
)

// fields of a header, in order; all are eight hexadecimal digits.
const (
	fieldIno = iota
	fieldMode
	fieldUID
	fieldGID
	fieldLinks
	fieldTime
	fieldSize
	fieldDevMajor
	fieldDevMinor
	fieldMajor
	fieldMinor
	fieldNameSize
	fieldCheck
	fieldCount
)

// pad is how many bytes are missing to the next multiple of four.
func pad(n int) int { return -n & 3 }
