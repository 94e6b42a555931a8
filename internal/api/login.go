// SPDX-License-Identifier: Apache-2.0

package api

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/bootlace-net/bootlace/internal/certs"
)

// Login is how a client shows who it is, and how it knows the appliance.
type Login struct {
	Token string
	// CA are certificates in PEM, one of which must have signed that of the appliance; none: those that the system trusts.
	CA []byte
	// Fingerprint is the SHA-256 of a certificate in hex, with or without colons: that of the appliance, or of the authority
	// that signed it. It takes the place of CA.
	Fingerprint string
}

// tls gives what connections are made with.
func (l Login) tls(host string) (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if l.Fingerprint != "" {
		want := strings.ToLower(strings.ReplaceAll(l.Fingerprint, ":", ""))
		if b, err := hex.DecodeString(want); err != nil || len(b) != 32 {
			return nil, errors.New("fingerprint: expected 64 hex digits, as bootlace api init prints them")
		}
		c.InsecureSkipVerify = true // the pin is verified instead, and by it the rest
		c.VerifyConnection = func(s tls.ConnectionState) error { return pinned(s, want, host) }
		return c, nil
	}
	if l.CA != nil {
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(l.CA) {
			return nil, errors.New("ca: expected certificates in PEM, such as api-ca.crt that bootlace api init makes")
		}
	}
	return c, nil
}

// pinned accepts an appliance that shows the certificate that is expected, or one that it has signed for the name that was asked.
func pinned(s tls.ConnectionState, want, host string) error {
	for i, c := range s.PeerCertificates {
		if certs.Fingerprint(c) != want {
			continue
		}
		if i == 0 {
			return nil
		}
		roots := x509.NewCertPool()
		roots.AddCert(c)
		if _, err := s.PeerCertificates[0].Verify(x509.VerifyOptions{Roots: roots, DNSName: host}); err != nil {
			return &tls.CertificateVerificationError{UnverifiedCertificates: s.PeerCertificates, Err: err}
		}
		return nil
	}
	return &tls.CertificateVerificationError{
		UnverifiedCertificates: s.PeerCertificates,
		Err:                    fmt.Errorf("none of its certificates has the fingerprint %s: somebody else answers, or its authority was made anew", want),
	}
}

// noRedirects keeps a token where it belongs: nothing here moves.
func noRedirects(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
