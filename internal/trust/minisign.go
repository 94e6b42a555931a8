// SPDX-License-Identifier: Apache-2.0

package trust

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jedisct1/go-minisign"
	"golang.org/x/crypto/blake2b"
)

// minikey is a minisign public key.
type minikey struct{ minisign.PublicKey }

// maxLegacy is what may be signed without hashing it first, as minisign before 0.8 did: all of it has to be in memory.
const maxLegacy = 64 << 20

func minisignLine(b []byte) bool {
	return regexp.MustCompile(`^\s*RW[A-Za-z0-9+/]{54}\s*$`).Match(b)
}

func parseMinisign(b []byte) (*Key, error) {
	lines := strings.Split(strings.TrimSpace(strings.ReplaceAll(string(b), "\r", "")), "\n")
	key, err := minisign.NewPublicKey(strings.TrimSpace(lines[len(lines)-1]))
	if err != nil {
		return nil, fmt.Errorf("no minisign key: %w", err)
	}
	if key.SignatureAlgorithm != [2]byte{'E', 'd'} {
		return nil, errors.New("no minisign key: its algorithm is not known")
	}
	return &Key{Minisign, minikey{key}, []string{miniID(key.KeyId)}}, nil
}

// miniID writes an id as minisign does.
func miniID(id [8]byte) string {
	slices.Reverse(id[:]) // it is a little-endian number
	return fmt.Sprintf("%X", id)
}

func (k minikey) only(ids []string) (verifier, []string) {
	if id := miniID(k.KeyId); slices.Contains(ids, id) {
		return k, []string{id}
	}
	return nil, nil
}

func (minikey) inline([]byte) ([]byte, Signed, error) {
	return nil, Signed{}, fmt.Errorf("%w: minisign has no signatures inside of what is signed", ErrUnsigned)
}

func (k minikey) detached(message io.Reader, signature []byte) (Signed, error) {
	sig, err := minisign.DecodeSignature(strings.TrimRight(strings.ReplaceAll(string(signature), "\r", ""), "\n"))
	if err != nil {
		return Signed{}, fmt.Errorf("%w: %w", ErrUnsigned, err)
	}
	if sig.KeyId != k.KeyId {
		return Signed{}, fmt.Errorf("%w: another key, %s, has signed it", ErrUnsigned, miniID(sig.KeyId))
	}
	b, err := prepared(message, &sig)
	if err != nil {
		return Signed{}, err
	}
	if ok, err := k.Verify(b, sig); err != nil || !ok {
		return Signed{}, errors.Join(ErrUnsigned, err)
	}
	return Signed{Scheme: Minisign, Key: miniID(k.KeyId), When: stampIn(sig.TrustedComment)}, nil
}

// prepared gives what Ed25519 has signed: the BLAKE2b hash of the message, which is made here so that an image need not be in
// memory, or an old message itself.
func prepared(message io.Reader, sig *minisign.Signature) ([]byte, error) {
	if sig.SignatureAlgorithm != [2]byte{'E', 'D'} {
		var b bytes.Buffer
		n, err := io.Copy(&b, io.LimitReader(message, maxLegacy+1))
		if err == nil && n > maxLegacy {
			err = fmt.Errorf("%w: it is signed in the old way, without a hash, and too big for that: expected minisign -H", ErrUnsigned)
		}
		return b.Bytes(), err
	}
	h, err := blake2b.New512(nil)
	if err != nil {
		return nil, err
	}
	if _, err := io.Copy(h, message); err != nil {
		return nil, err
	}
	sig.SignatureAlgorithm = [2]byte{'E', 'd'} // of what is given to the library, which would hash it once more
	return h.Sum(nil), nil
}

// stampIn reads the time that minisign writes into the comment which is signed, too.
func stampIn(comment string) time.Time {
	m := regexp.MustCompile(`\btimestamp:(\d{1,11})\b`).FindStringSubmatch(comment)
	if m == nil {
		return time.Time{}
	}
	s, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(s, 0).UTC()
}
