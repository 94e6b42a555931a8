// SPDX-License-Identifier: Apache-2.0

package pe

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
)

// Object identifiers of PKCS#7, PKCS#9 and Authenticode.
const (
	oidSignedData    = "1.2.840.113549.1.7.2"
	oidIndirectData  = "1.3.6.1.4.1.311.2.1.4"
	oidContentType   = "1.2.840.113549.1.9.3"
	oidMessageDigest = "1.2.840.113549.1.9.4"
)

// Signature is one entry of the certificate table.
type Signature struct {
	Signers []*x509.Certificate // whose keys signed it, in its order
	Others  []*x509.Certificate // what it brings along of their chains
	Err     error               // why it does not vouch for the file as it is; nil if it does
}

// verify checks an entry against the file and against itself.
func (h *header) verify(r io.ReaderAt, e entry) Signature {
	if e.kind != pkcsSigned {
		return Signature{Err: fmt.Errorf("a certificate of type %#04x: expected PKCS#7 (0x0002)", e.kind)}
	}
	sd, err := parseSigned(e.data)
	if err != nil {
		return Signature{Err: err}
	}
	var s Signature
	all := sd.certificates()
	for i := range sd.Signers {
		c := sd.Signers[i].ID.certificate(all)
		if c == nil {
			s.Err = errors.New("the certificate of its signer is not in it")
			continue
		}
		s.Signers = append(s.Signers, c)
		s.Err = errors.Join(s.Err, sd.Signers[i].verify(c, sd.content()))
	}
	for _, c := range all {
		if !contains(s.Signers, c) {
			s.Others = append(s.Others, c)
		}
	}
	s.Err = errors.Join(s.Err, h.matches(r, sd))
	return s
}

// matches compares the digest that was signed with the file's.
func (h *header) matches(r io.ReaderAt, sd *signedData) error {
	signed, err := sd.digest()
	if err != nil {
		return fmt.Errorf("what it signs cannot be read: %w", err)
	}
	a, err := algorithmOf(signed.Algorithm.Algorithm)
	if err != nil {
		return err
	}
	is, err := h.digest(r, a.hash.New())
	if err != nil {
		return err
	}
	if !bytes.Equal(is, signed.Digest) {
		return fmt.Errorf("the file was changed after it was signed: its digest is %x, signed is %x", is, signed.Digest)
	}
	return nil
}

// verify checks a signer's signature of content.
func (s *signerInfo) verify(c *x509.Certificate, content []byte) error {
	a, err := algorithmOf(s.Digest.Algorithm)
	if err != nil {
		return err
	}
	if len(s.Signed.Bytes) > 0 {
		if content, err = s.attributes(a, content); err != nil {
			return err
		}
	}
	if err := c.CheckSignature(a.by(c.PublicKeyAlgorithm), content, s.Signature); err != nil {
		return fmt.Errorf("the signature is not by the key of %s: %w", Name(c), err)
	}
	return nil
}

// attributes checks those that must be there, and gives what was signed in place of the content: a SET, by its DER.
func (s *signerInfo) attributes(a algorithm, content []byte) ([]byte, error) {
	var kind asn1.ObjectIdentifier
	if _, err := asn1.Unmarshal(s.attribute(oidContentType), &kind); err != nil || kind.String() != oidIndirectData {
		return nil, errors.New("its signer did not sign the digest of a program")
	}
	var digest []byte
	sum := a.hash.New()
	_, _ = sum.Write(content) // never fails
	if _, err := asn1.Unmarshal(s.attribute(oidMessageDigest), &digest); err != nil || !bytes.Equal(digest, sum.Sum(nil)) {
		return nil, errors.New("its signer signed another digest than the one in it")
	}
	set := bytes.Clone(s.Signed.FullBytes)
	set[0] = asn1.TagSet | 0x20
	return set, nil
}

func contains(all []*x509.Certificate, c *x509.Certificate) bool {
	for _, other := range all {
		if other.Equal(c) {
			return true
		}
	}
	return false
}
