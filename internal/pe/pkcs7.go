// SPDX-License-Identifier: Apache-2.0

package pe

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
)

// Bounds of a SignedData.
const (
	maxSigners      = 8
	maxCertificates = 32
)

// Structures of PKCS#7 (RFC 2315 sections 7 and 9), as far as Authenticode uses them.
type (
	contentInfo struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue `asn1:"explicit,optional,tag:0"` // its Bytes are the whole element inside
	}
	signedData struct {
		Version      int
		Digests      asn1.RawValue
		Content      contentInfo
		Certificates asn1.RawValue `asn1:"optional,tag:0"`
		CRLs         asn1.RawValue `asn1:"optional,tag:1"`
		Signers      []signerInfo  `asn1:"set"`
	}
	signerInfo struct {
		Version    int
		ID         issuerAndSerial
		Digest     pkix.AlgorithmIdentifier
		Signed     asn1.RawValue `asn1:"optional,tag:0"` // attributes
		Encryption pkix.AlgorithmIdentifier
		Signature  []byte
		Unsigned   asn1.RawValue `asn1:"optional,tag:1"`
	}
	issuerAndSerial struct {
		Issuer asn1.RawValue
		Serial *big.Int
	}
	attribute struct {
		Type   asn1.ObjectIdentifier
		Values asn1.RawValue // a SET
	}
	// indirectData is SpcIndirectDataContent: what kind of file, and its digest.
	indirectData struct {
		Kind   asn1.RawValue
		Digest digestInfo
	}
	digestInfo struct {
		Algorithm pkix.AlgorithmIdentifier
		Digest    []byte
	}
)

// parseSigned takes a ContentInfo apart that holds SignedData with an indirect digest. Firmware's SignedData may come without the
// ContentInfo around it (UEFI section 32.2.4), Authenticode's does not.
func parseSigned(b []byte) (*signedData, error) {
	var outer contentInfo
	if _, err := asn1.Unmarshal(b, &outer); err != nil { // padding may follow
		return nil, fmt.Errorf("it is no PKCS#7: %w", err)
	}
	if outer.Type.String() != oidSignedData {
		return nil, errors.New("its PKCS#7 is no SignedData")
	}
	var sd signedData
	if _, err := asn1.Unmarshal(outer.Content.Bytes, &sd); err != nil {
		return nil, fmt.Errorf("its SignedData: %w", err)
	}
	if len(sd.Signers) == 0 || len(sd.Signers) > maxSigners {
		return nil, fmt.Errorf("its SignedData has %d signers: expected 1 to %d", len(sd.Signers), maxSigners)
	}
	if sd.Content.Type.String() != oidIndirectData {
		return nil, errors.New("what it signs is not the digest of a program")
	}
	return &sd, nil
}

// certificates gives those that crypto/x509 can read: one of a chain that it cannot read must not hide the others.
func (sd *signedData) certificates() (all []*x509.Certificate) {
	b := sd.Certificates.Bytes
	for len(b) > 0 && len(all) < maxCertificates {
		var one asn1.RawValue
		rest, err := asn1.Unmarshal(b, &one)
		if err != nil {
			break
		}
		if c, err := x509.ParseCertificate(one.FullBytes); err == nil {
			all = append(all, c)
		}
		b = rest
	}
	return all
}

// digest is what the signature says that the file's is.
func (sd *signedData) digest() (digestInfo, error) {
	var d indirectData
	_, err := asn1.Unmarshal(sd.Content.Content.Bytes, &d)
	return d.Digest, err
}

// content is what a signer's message digest is made of: the element's bytes without its tag and length.
func (sd *signedData) content() []byte {
	var v asn1.RawValue
	if _, err := asn1.Unmarshal(sd.Content.Content.Bytes, &v); err != nil {
		return nil
	}
	return v.Bytes
}

// certificate finds the signer's own.
func (id *issuerAndSerial) certificate(all []*x509.Certificate) *x509.Certificate {
	for _, c := range all {
		if id.Serial != nil && id.Serial.Cmp(c.SerialNumber) == 0 && bytes.Equal(id.Issuer.FullBytes, c.RawIssuer) {
			return c
		}
	}
	return nil
}

// attribute gives the first value of the signed attribute of that type; nil if there is none.
func (s *signerInfo) attribute(oid string) []byte {
	for b := s.Signed.Bytes; len(b) > 0; {
		var a attribute
		rest, err := asn1.Unmarshal(b, &a)
		if err != nil {
			return nil
		}
		if a.Type.String() == oid {
			return a.Values.Bytes
		}
		b = rest
	}
	return nil
}
