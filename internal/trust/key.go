// SPDX-License-Identifier: Apache-2.0

package trust

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"
)

// Scheme is how something was signed.
type Scheme string

// The schemes.
const (
	OpenPGP  Scheme = "openpgp"
	Minisign Scheme = "minisign"
	Cosign   Scheme = "cosign" // by a key: ECDSA or Ed25519
)

// Bounds, in bytes: a keyring of a distribution has some hundred thousand.
const (
	maxKey       = 4 << 20
	maxSignature = 1 << 20
)

// Signed says who signed.
type Signed struct {
	Scheme Scheme
	Key    string    // fingerprint of the OpenPGP key that counts, id of a minisign key, SHA-256 of a cosign key
	By     string    // who that is, as the key says; may be empty
	When   time.Time // as the signature says; zero if it does not
}

// Key is a public key, or several of which any may have signed.
type Key struct {
	scheme Scheme
	verify verifier
	ids    []string
}

// verifier is one scheme.
type verifier interface {
	// detached checks a signature that stands beside what was signed.
	detached(message io.Reader, signature []byte) (Signed, error)
	// inline checks a text that has its signature in it, and gives the text that was signed.
	inline(b []byte) ([]byte, Signed, error)
	// only gives what is left with keys of these ids alone; nil if nothing is.
	only(ids []string) (verifier, []string)
}

// ErrUnsigned is the error of what no key here has signed.
var ErrUnsigned = errors.New("not signed by the key")

// ParseKey reads OpenPGP keys (armored or not), a minisign public key, or a PEM public key of cosign.
func ParseKey(b []byte) (*Key, error) {
	if len(b) > maxKey {
		return nil, fmt.Errorf("a key has at most %d bytes", maxKey)
	}
	switch {
	case bytes.Contains(b, []byte("-----BEGIN PUBLIC KEY-----")):
		return parseCosign(b)
	case bytes.HasPrefix(b, []byte("untrusted comment:")), minisignLine(b):
		return parseMinisign(b)
	default:
		return parseOpenPGP(b)
	}
}

// Scheme says what it can have signed.
func (k *Key) Scheme() Scheme { return k.scheme }

// IDs lists what the keys are known by: see [Signed.Key].
func (k *Key) IDs() []string { return k.ids }

// Only gives the keys that have one of these ids; an error if there are none. A fingerprint may be written with spaces and in any
// case. That is how a key which came over the network becomes one that is trusted.
func (k *Key) Only(ids []string) (*Key, error) {
	clean := make([]string, len(ids))
	for i, id := range ids {
		clean[i] = cleanID(id)
	}
	v, left := k.verify.only(clean)
	if v == nil {
		return nil, fmt.Errorf("the key has fingerprint %q: expected %q", k.ids, ids)
	}
	return &Key{k.scheme, v, left}, nil
}

// Verify checks a signature that stands beside what was signed. The message is read once.
func (k *Key) Verify(message io.Reader, signature []byte) (Signed, error) {
	if err := k.fits(signature); err != nil {
		return Signed{}, err
	}
	return k.verify.detached(message, signature)
}

// Inline checks a text that has its signature in it (OpenPGP's cleartext), and gives the text that was signed: nothing before or
// behind it, of which nobody knows whose it is.
func (k *Key) Inline(b []byte) ([]byte, Signed, error) { return k.verify.inline(b) }

// fits refuses signatures of other schemes with words that say so.
func (k *Key) fits(signature []byte) error {
	if len(signature) > maxSignature {
		return fmt.Errorf("a signature has at most %d bytes", maxSignature)
	}
	if s := schemeOf(signature); s != k.scheme {
		return fmt.Errorf("the signature is one of %s, and the key one of %s", s, k.scheme)
	}
	return nil
}

// schemeOf tells signatures apart by how they begin.
func schemeOf(signature []byte) Scheme {
	switch {
	case bytes.HasPrefix(signature, []byte("untrusted comment:")):
		return Minisign
	case bytes.HasPrefix(bytes.TrimSpace(signature), []byte("-----BEGIN PGP ")), len(signature) > 0 && signature[0]&0x80 != 0:
		return OpenPGP // every packet begins with that bit (RFC 9580 section 4.2)
	default:
		return Cosign
	}
}
