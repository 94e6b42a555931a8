// SPDX-License-Identifier: Apache-2.0

package trust

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
)

// cokey is a public key as cosign generate-key-pair makes it. Signatures without a key (by Fulcio and Rekor) are not known here.
type cokey struct {
	key crypto.PublicKey
	id  string // SHA-256 of the key as PKIX writes it
}

func parseCosign(b []byte) (*Key, error) {
	i := bytes.Index(b, []byte("-----BEGIN PUBLIC KEY-----"))
	block, rest := pem.Decode(b[i:])
	if block == nil || len(bytes.TrimSpace(rest)) > 0 {
		return nil, errors.New("expected one PEM public key")
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	switch key.(type) {
	case *ecdsa.PublicKey, ed25519.PublicKey:
	default:
		return nil, fmt.Errorf("a key of type %T: expected ECDSA or Ed25519", key)
	}
	sum := sha256.Sum256(block.Bytes)
	id := cleanID(hex.EncodeToString(sum[:]))
	return &Key{Cosign, cokey{key, id}, []string{id}}, nil
}

func (k cokey) only(ids []string) (verifier, []string) {
	if slices.Contains(ids, k.id) {
		return k, []string{k.id}
	}
	return nil, nil
}

func (cokey) inline([]byte) ([]byte, Signed, error) {
	return nil, Signed{}, fmt.Errorf("%w: cosign has no signatures inside of what is signed", ErrUnsigned)
}

func (k cokey) detached(message io.Reader, signature []byte) (Signed, error) {
	sig, err := cosignSignature(signature)
	if err != nil {
		return Signed{}, err
	}
	ok := false
	switch key := k.key.(type) {
	case *ecdsa.PublicKey:
		h := hashFor(key.Curve)
		if _, err := io.Copy(h, message); err != nil {
			return Signed{}, err
		}
		ok = ecdsa.VerifyASN1(key, h.Sum(nil), sig)
	case ed25519.PublicKey:
		b, err := io.ReadAll(io.LimitReader(message, maxLegacy+1))
		if err != nil || len(b) > maxLegacy {
			return Signed{}, errors.Join(fmt.Errorf("%w: Ed25519 signs at most %d bytes here", ErrUnsigned, maxLegacy), err)
		}
		ok = ed25519.Verify(key, b, sig)
	}
	if !ok {
		return Signed{}, ErrUnsigned
	}
	return Signed{Scheme: Cosign, Key: k.id}, nil
}

// hashFor is the hash that goes with a curve (as sigstore pairs them).
func hashFor(c elliptic.Curve) hash.Hash {
	switch c {
	case elliptic.P384():
		return sha512.New384()
	case elliptic.P521():
		return sha512.New()
	default:
		return sha256.New()
	}
}

// cosignSignature takes the signature out of what cosign sign-blob writes: base64, or a bundle of JSON, older or newer.
func cosignSignature(b []byte) ([]byte, error) {
	text := string(bytes.TrimSpace(b))
	if len(text) > 0 && text[0] == '{' {
		var bundle struct {
			Old string `json:"base64Signature"`
			New struct {
				Signature string `json:"signature"`
			} `json:"messageSignature"`
		}
		if err := json.Unmarshal(b, &bundle); err != nil {
			return nil, fmt.Errorf("%w: the bundle cannot be read: %w", ErrUnsigned, err)
		}
		if text = bundle.Old; text == "" {
			text = bundle.New.Signature
		}
	}
	sig, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(sig) == 0 {
		return nil, fmt.Errorf("%w: the signature cannot be read: expected base64 or a bundle, as cosign sign-blob --key writes it", ErrUnsigned)
	}
	return sig, nil
}
