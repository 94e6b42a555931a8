// SPDX-License-Identifier: Apache-2.0

package mirror

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/clearsign"
)

// Signer is an OpenPGP key that was made a moment ago.
type Signer struct {
	entity *openpgp.Entity
	public string
}

// NewSigner makes one.
func NewSigner(name string) (*Signer, error) {
	e, err := openpgp.NewEntity(name, "", "signer@example.org", nil)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	w, err := armor.Encode(&b, openpgp.PublicKeyType, nil)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(e.Serialize(w), w.Close()); err != nil {
		return nil, err
	}
	return &Signer{e, b.String()}, nil
}

// Fingerprint is that of the key.
func (s *Signer) Fingerprint() string { return fmt.Sprintf("%X", s.entity.PrimaryKey.Fingerprint) }

// Public is the public key, armored.
func (s *Signer) Public() string { return s.public }

// Inline gives a text with its signature in it.
func (s *Signer) Inline(text string) (string, error) {
	var b bytes.Buffer
	w, err := clearsign.Encode(&b, s.entity.PrivateKey, nil)
	if err != nil {
		return "", err
	}
	_, err = w.Write([]byte(text))
	err = errors.Join(err, w.Close()) // which writes the signature
	return b.String(), err
}

// Detached gives a signature to stand beside a text.
func (s *Signer) Detached(text string) (string, error) {
	var b bytes.Buffer
	err := openpgp.ArmoredDetachSign(&b, s.entity, strings.NewReader(text), nil)
	return b.String(), err
}
