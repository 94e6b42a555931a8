// SPDX-License-Identifier: Apache-2.0

package pe

import (
	"bytes"
	"crypto/x509"
)

// Name gives a certificate's common name, else its whole subject.
func Name(c *x509.Certificate) string {
	if c.Subject.CommonName != "" {
		return c.Subject.CommonName
	}
	return c.Subject.String()
}

// TrustedBy gives the one of the authorities that vouches for the signature, nil if none does, or if the signature is not valid. As
// firmware does, it takes a signer's own certificate as well as any that it leads to, of a root or not, and no notice of dates: a
// machine's clock is nothing to rely on before it boots, and Microsoft's CA of 2011 expired in 2026 while its shims go on.
func (s *Signature) TrustedBy(authorities []*x509.Certificate) *x509.Certificate {
	if s.Err != nil {
		return nil
	}
	for _, signer := range s.Signers {
		if a := leadsTo(signer, s.Others, authorities); a != nil {
			return a
		}
	}
	return nil
}

// Issuers gives the names of those whose key it takes to trust the signature: the signers, and all above them that it brings along
// or names, from below.
func (s *Signature) Issuers() (names []string) {
	add := func(name string) {
		for _, n := range names {
			if n == name {
				return
			}
		}
		names = append(names, name)
	}
	for _, c := range append(append([]*x509.Certificate(nil), s.Signers...), s.Others...) {
		add(Name(c))
		if c.Issuer.CommonName != "" {
			add(c.Issuer.CommonName)
		} else {
			add(c.Issuer.String())
		}
	}
	return names
}

// leadsTo climbs from a certificate to one of the authorities.
func leadsTo(c *x509.Certificate, others, authorities []*x509.Certificate) *x509.Certificate {
	for range maxCertificates {
		for _, a := range authorities {
			if a.Equal(c) || signed(a, c) {
				return a
			}
		}
		above := parent(c, others)
		if above == nil || above.Equal(c) {
			return nil
		}
		c = above
	}
	return nil
}

// parent gives the one that may sign certificates, and signed c.
func parent(c *x509.Certificate, others []*x509.Certificate) *x509.Certificate {
	for _, other := range others {
		if (other.IsCA || !other.BasicConstraintsValid) && signed(other, c) {
			return other
		}
	}
	return nil
}

// signed reports whether a's key signed c.
func signed(a, c *x509.Certificate) bool {
	return bytes.Equal(a.RawSubject, c.RawIssuer) && a.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
}
