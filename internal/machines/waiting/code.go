// SPDX-License-Identifier: Apache-2.0

package waiting

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

// letters are those of codes: none looks like another one on a bad screen, or sounds like it, and no word comes of them.
const (
	letters    = "3479CDFHJKMNPRTVWXY"
	codeLength = 5 // 2.5 million codes
)

// free gives the first code of a machine that no other one has. The lock is held.
func (l *List) free(key boot.MAC) string {
	for n := uint32(0); ; n++ { // it ends: there are a thousand times as many codes as machines
		code := codeOf(key, n)
		if _, taken := l.codes[code]; !taken {
			return code
		}
	}
}

// codeOf gives a machine's n-th code.
func codeOf(key boot.MAC, n uint32) string {
	sum := sha256.Sum256(binary.BigEndian.AppendUint32(key[:], n))
	v := binary.BigEndian.Uint64(sum[:])
	code := make([]byte, codeLength)
	for i := range code {
		code[i] = letters[v%uint64(len(letters))]
		v /= uint64(len(letters))
	}
	return string(code)
}

// plain is a code as it was given out, of what somebody typed.
func plain(typed string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(typed))
}

func valid(code string) bool {
	return len(code) == codeLength && strings.Trim(code, letters) == ""
}
