// SPDX-License-Identifier: Apache-2.0

package trust

import (
	"bufio"
	"bytes"
	"crypto"
	_ "crypto/sha256" // the hashes of lists
	_ "crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"regexp"
	"strings"
)

// Sum is what a list says of a file.
type Sum struct {
	Name string // as the list has it: relative to where the list is
	Hash crypto.Hash
	Sum  []byte
}

// New gives a hash to be fed with the file.
func (s *Sum) New() hash.Hash { return s.Hash.New() }

// Fits reports whether a hash made by New was fed with that file.
func (s *Sum) Fits(h hash.Hash) bool { return bytes.Equal(h.Sum(nil), s.Sum) }

// String gives "sha256:" and the digits.
func (s *Sum) String() string {
	return map[crypto.Hash]string{crypto.SHA256: "sha256:", crypto.SHA512: "sha512:"}[s.Hash] + hex.EncodeToString(s.Sum)
}

// Bounds of lists.
const (
	maxList = 64 << 20 // bytes
	maxSums = 500_000
)

// patterns are the forms of lines: the digest first, as sha256sum prints them; as BSD and sha256sum --tag do; the digest, the size and
// the name, as a Release file of Debian has them.
type patterns struct{ gnu, bsd, release *regexp.Regexp }

func newPatterns() patterns {
	return patterns{
		gnu:     regexp.MustCompile(`^([0-9a-fA-F]{64}|[0-9a-fA-F]{128})(?: [ *]?|\t)(\S.*)$`),
		bsd:     regexp.MustCompile(`^SHA(256|512) ?\((.+)\) ?= ?([0-9a-fA-F]+)$`),
		release: regexp.MustCompile(`^ ([0-9a-fA-F]{64}|[0-9a-fA-F]{128}) +\d+ (\S+)$`),
	}
}

// ParseSums reads a list of SHA-256 or SHA-512 digests: one that stands alone in its file is that of a file whose name is not told.
// Lines of other forms are about something else.
func ParseSums(b []byte) ([]Sum, error) {
	if len(b) > maxList {
		return nil, fmt.Errorf("a list of digests has at most %d bytes", maxList)
	}
	var out []Sum
	p := newPatterns()
	lines := bufio.NewScanner(bytes.NewReader(b))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if s, ok := p.sum(strings.TrimRight(lines.Text(), " \t\r")); ok {
			out = append(out, s)
		}
		if len(out) > maxSums {
			return nil, fmt.Errorf("a list of digests has at most %d of them", maxSums)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("no list of digests: %w", err)
	}
	if len(out) == 0 {
		if s, ok := newSum("", strings.TrimSpace(string(b))); ok {
			return []Sum{s}, nil
		}
		return nil, fmt.Errorf("there is no SHA-256 or SHA-512 in it: expected lines as sha256sum prints them")
	}
	return out, nil
}

// sum reads one line.
func (p patterns) sum(line string) (Sum, bool) {
	if m := p.gnu.FindStringSubmatch(line); m != nil {
		return newSum(m[2], m[1])
	}
	if m := p.release.FindStringSubmatch(line); m != nil {
		return newSum(m[2], m[1])
	}
	if m := p.bsd.FindStringSubmatch(line); m != nil {
		s, ok := newSum(m[2], m[3])
		return s, ok && fmt.Sprint(8*len(s.Sum)) == m[1]
	}
	return Sum{}, false
}

func newSum(name, digits string) (Sum, bool) {
	b, err := hex.DecodeString(digits)
	if err != nil {
		return Sum{}, false
	}
	switch len(b) {
	case 32:
		return Sum{strings.TrimPrefix(name, "./"), crypto.SHA256, b}, true
	case 64:
		return Sum{strings.TrimPrefix(name, "./"), crypto.SHA512, b}, true
	}
	return Sum{}, false
}
