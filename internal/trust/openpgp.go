// SPDX-License-Identifier: Apache-2.0

package trust

import (
	"bytes"
	"crypto"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/clearsign"
	pgperrors "github.com/ProtonMail/go-crypto/openpgp/errors"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
)

// skew is how far the clock of who signs may be before ours.
const skew = 24 * time.Hour

// keyring are OpenPGP keys.
type keyring openpgp.EntityList

func parseOpenPGP(b []byte) (*Key, error) {
	list, err := readKeys(b)
	if err == nil && len(list) == 0 {
		err = errors.New("there is nothing in it")
	}
	if err != nil {
		return nil, fmt.Errorf("no key: %w: expected OpenPGP keys, a minisign public key, or a PEM public key", err)
	}
	k := &Key{scheme: OpenPGP, verify: keyring(list)}
	for _, e := range list {
		k.ids = append(k.ids, fingerprint(e))
	}
	return k, nil
}

// readKeys reads one block of keys after the other, as people join their files.
func readKeys(b []byte) (all openpgp.EntityList, err error) {
	if !bytes.Contains(b, []byte("-----BEGIN PGP ")) {
		return openpgp.ReadKeyRing(bytes.NewReader(b))
	}
	for r := bytes.NewReader(b); ; {
		block, err := armor.Decode(r)
		if errors.Is(err, io.EOF) && len(all) > 0 {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		if block.Type != openpgp.PublicKeyType {
			return nil, fmt.Errorf("a block of it is a %s", block.Type)
		}
		list, err := openpgp.ReadKeyRing(block.Body)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
		if _, err := io.Copy(io.Discard, block.Body); err != nil { // to where the next block begins
			return nil, err
		}
	}
}

func fingerprint(e *openpgp.Entity) string {
	return strings.ToUpper(hex.EncodeToString(e.PrimaryKey.Fingerprint))
}

// cleanID takes white space and a prefix out of a fingerprint.
func cleanID(s string) string {
	return strings.ToUpper(strings.TrimPrefix(strings.Join(strings.Fields(s), ""), "0x"))
}

func (k keyring) only(ids []string) (verifier, []string) {
	var out keyring
	var left []string
	for _, e := range k {
		if id := fingerprint(e); slices.Contains(ids, id) {
			out, left = append(out, e), append(left, id)
		}
	}
	if len(out) == 0 {
		return nil, nil
	}
	return out, left
}

func (k keyring) detached(message io.Reader, signature []byte) (Signed, error) {
	body := io.Reader(bytes.NewReader(signature))
	if bytes.Contains(signature, []byte("-----BEGIN PGP ")) {
		block, err := armor.Decode(body)
		if err != nil || block.Type != openpgp.SignatureType {
			return Signed{}, fmt.Errorf("the signature cannot be read: %w", errors.Join(ErrUnsigned, err))
		}
		body = block.Body
	}
	return k.check(message, body)
}

func (k keyring) inline(b []byte) ([]byte, Signed, error) {
	block, _ := clearsign.Decode(b)
	if block == nil {
		return nil, Signed{}, fmt.Errorf("%w: there is no cleartext signature in it", ErrUnsigned)
	}
	s, err := k.check(bytes.NewReader(block.Bytes), block.ArmoredSignature.Body)
	if err != nil {
		return nil, Signed{}, err
	}
	return block.Bytes, s, nil // as it was hashed: line ends are CRLF, without white space before them
}

// check verifies one of the signatures: that of the first key that is known.
func (k keyring) check(message, signature io.Reader) (Signed, error) {
	now := time.Now()
	sig, by, err := openpgp.VerifyDetachedSignature(openpgp.EntityList(k), message, signature, &packet.Config{Time: func() time.Time { return now }})
	switch {
	case errors.Is(err, pgperrors.ErrUnknownIssuer):
		return Signed{}, fmt.Errorf("%w: another key has signed it", ErrUnsigned)
	case err != nil && by != nil:
		return Signed{}, fmt.Errorf("%w %s: %w", ErrUnsigned, fingerprint(by), err)
	case err != nil:
		return Signed{}, fmt.Errorf("%w: %w", ErrUnsigned, err)
	case sig.SigType != packet.SigTypeBinary && sig.SigType != packet.SigTypeText:
		return Signed{}, fmt.Errorf("%w: the signature is about something else", ErrUnsigned)
	case !strong(sig.Hash):
		return Signed{}, fmt.Errorf("%w: it is signed by way of %s, which can be forged", ErrUnsigned, sig.Hash)
	case sig.CreationTime.After(now.Add(skew)):
		return Signed{}, fmt.Errorf("%w: it is signed at %s, which is still to come", ErrUnsigned, sig.CreationTime.UTC().Format(time.RFC3339))
	}
	s := Signed{Scheme: OpenPGP, Key: fingerprint(by), When: sig.CreationTime.UTC()}
	if id := by.PrimaryIdentity(); id != nil {
		s.By = id.Name
	}
	return s, nil
}

// strong reports whether nobody can make two messages of one hash (MD5 and SHA-1 have fallen).
func strong(h crypto.Hash) bool {
	return slices.Contains([]crypto.Hash{crypto.SHA256, crypto.SHA384, crypto.SHA512, crypto.SHA3_256, crypto.SHA3_512}, h)
}
