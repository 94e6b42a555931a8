// SPDX-License-Identifier: Apache-2.0

// Package certs makes certificates of one's own, and reads those of others.
package certs

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net/netip"
	"os"
	"slices"
	"time"
)

// How long certificates hold. A server's is the longest that common clients take (CA/Browser Forum ballot SC22).
const (
	AuthorityLife = 10 * 365 * 24 * time.Hour
	ServerLife    = 397 * 24 * time.Hour
	early         = time.Hour // before now: clocks differ
)

// Pair is a certificate with its key.
type Pair struct {
	Certificate *x509.Certificate
	Key         crypto.Signer
}

// NewAuthority makes one that signs servers' certificates, and nothing else.
func NewAuthority(name string, now time.Time) (*Pair, error) { return authority(name, now, newEC) }

// NewRSAAuthority makes one for old programs, among them much firmware, which know no other keys. Its servers' are of that kind, too.
func NewRSAAuthority(name string, now time.Time) (*Pair, error) {
	return authority(name, now, newRSA)
}

// rsaBits are what all firmware takes that knows RSA.
const rsaBits = 2048

func newEC() (crypto.Signer, error)  { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }
func newRSA() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, rsaBits) }

func authority(name string, now time.Time, newKey func() (crypto.Signer, error)) (*Pair, error) {
	return sign(&x509.Certificate{
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             now.Add(-early),
		NotAfter:              now.Add(AuthorityLife),
		IsCA:                  true,
		BasicConstraintsValid: true,
		MaxPathLenZero:        true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}, nil, newKey)
}

// NewServer makes a server's certificate for names and addresses.
func (p *Pair) NewServer(hosts []string, now time.Time) (*Pair, error) {
	if len(hosts) == 0 {
		return nil, errors.New("no name and no address: name at least one that clients ask for")
	}
	c := &x509.Certificate{
		Subject:     pkix.Name{CommonName: hosts[0]},
		NotBefore:   now.Add(-early),
		NotAfter:    now.Add(ServerLife),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	newKey := newEC
	if _, old := p.Key.(*rsa.PrivateKey); old { // who knows no better encrypts to the key
		newKey, c.KeyUsage = newRSA, c.KeyUsage|x509.KeyUsageKeyEncipherment
	}
	for _, host := range hosts {
		if a, err := netip.ParseAddr(host); err == nil {
			c.IPAddresses = append(c.IPAddresses, a.AsSlice())
			continue
		}
		c.DNSNames = append(c.DNSNames, host)
	}
	return sign(c, p, newKey)
}

// sign makes a key and a certificate for it. Without an authority it signs itself.
func sign(c *x509.Certificate, by *Pair, newKey func() (crypto.Signer, error)) (*Pair, error) {
	key, err := newKey()
	if err != nil {
		return nil, err
	}
	if c.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127)); err != nil {
		return nil, err
	}
	if by == nil {
		by = &Pair{c, key}
	}
	der, err := x509.CreateCertificate(rand.Reader, c, by.Certificate, key.Public(), by.Key)
	if err != nil {
		return nil, err
	}
	made, err := x509.ParseCertificate(der)
	return &Pair{made, key}, err
}

// CertificatePEM gives a certificate as files hold it.
func (p *Pair) CertificatePEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.Certificate.Raw})
}

// KeyPEM gives its key as files hold it.
func (p *Pair) KeyPEM() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(p.Key)
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), err
}

// ReadPair reads a certificate and its key, as files hold them.
func ReadPair(certificate, key []byte) (*Pair, error) {
	c, k := block(certificate, "CERTIFICATE"), block(key, "PRIVATE KEY")
	if c == nil || k == nil {
		return nil, errors.New("expected a certificate and a key in PEM, as bootlace api init makes them")
	}
	cert, err := x509.ParseCertificate(c)
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(k)
	if err != nil {
		return nil, err
	}
	private, ok := parsed.(crypto.Signer)
	public, comparable := cert.PublicKey.(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !comparable || !public.Equal(private.Public()) {
		return nil, errors.New("the key is not that of the certificate")
	}
	return &Pair{cert, private}, nil
}

func block(text []byte, kind string) []byte {
	if b, _ := pem.Decode(text); b != nil && b.Type == kind {
		return b.Bytes
	}
	return nil
}

// Fingerprint is what people compare: SHA-256 over the certificate, in hex.
func Fingerprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return hex.EncodeToString(sum[:])
}

// hostsOf reads for which names and addresses a certificate is.
func hostsOf(file string) ([]string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	c, err := x509.ParseCertificate(block(text, "CERTIFICATE"))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	hosts := slices.Clone(c.DNSNames)
	for _, a := range c.IPAddresses {
		hosts = append(hosts, a.String())
	}
	return hosts, nil
}
