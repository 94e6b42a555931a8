// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"strings"
)

// Digest is the SHA-256 of some bytes. The zero value stands for none.
type Digest [sha256.Size]byte

const digestPrefix = "sha256:"

var errDigest = errors.New("expected sha256: and 64 hexadecimal digits")

// ParseDigest reads what String writes, and 64 hexadecimal digits alone, as sha256sum prints them.
func ParseDigest(s string) (d Digest, err error) {
	s = strings.ToLower(strings.TrimPrefix(s, digestPrefix))
	if len(s) != 2*len(d) {
		return d, errDigest
	}
	if _, err := hex.Decode(d[:], []byte(s)); err != nil {
		return Digest{}, errDigest
	}
	return d, nil
}

// DigestOf reads everything and gives its digest and its length in bytes.
func DigestOf(r io.Reader) (d Digest, n int64, err error) {
	h := sha256.New()
	n, err = io.CopyBuffer(struct{ io.Writer }{h}, struct{ io.Reader }{r}, make([]byte, 1<<20))
	return Digest(h.Sum(nil)), n, err
}

// IsZero reports whether it is none.
func (d Digest) IsZero() bool { return d == Digest{} }

// Hex gives the 64 digits.
func (d Digest) Hex() string { return hex.EncodeToString(d[:]) }

// String gives "sha256:" and the digits; "" for none.
func (d Digest) String() string {
	if d.IsZero() {
		return ""
	}
	return digestPrefix + d.Hex()
}

// MarshalText is String.
func (d Digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote, and nothing else.
func (d *Digest) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Digest{}
		return nil
	}
	got, err := ParseDigest(string(b))
	if err != nil || got.String() != string(b) {
		return errDigest
	}
	*d = got
	return nil
}
