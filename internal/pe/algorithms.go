// SPDX-License-Identifier: Apache-2.0

package pe

import (
	"crypto"
	_ "crypto/sha256" // these two are the digests that are taken
	_ "crypto/sha512"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
)

type algorithm struct {
	oid   string
	hash  crypto.Hash
	rsa   x509.SignatureAlgorithm
	ecdsa x509.SignatureAlgorithm
}

// algorithms are those of today's signatures. SHA-1 is none of them: firmware refuses it, or should.
func algorithms() []algorithm {
	return []algorithm{
		{"2.16.840.1.101.3.4.2.1", crypto.SHA256, x509.SHA256WithRSA, x509.ECDSAWithSHA256},
		{"2.16.840.1.101.3.4.2.2", crypto.SHA384, x509.SHA384WithRSA, x509.ECDSAWithSHA384},
		{"2.16.840.1.101.3.4.2.3", crypto.SHA512, x509.SHA512WithRSA, x509.ECDSAWithSHA512},
	}
}

func algorithmOf(oid asn1.ObjectIdentifier) (algorithm, error) {
	for _, a := range algorithms() {
		if a.oid == oid.String() {
			return a, nil
		}
	}
	return algorithm{}, fmt.Errorf("its digest is by an algorithm that is not taken (%v): expected SHA-256, SHA-384 or SHA-512", oid)
}

// by is the signature algorithm with a key of that kind.
func (a *algorithm) by(key x509.PublicKeyAlgorithm) x509.SignatureAlgorithm {
	switch key {
	case x509.RSA:
		return a.rsa
	case x509.ECDSA:
		return a.ecdsa
	default:
		return x509.UnknownSignatureAlgorithm
	}
}
