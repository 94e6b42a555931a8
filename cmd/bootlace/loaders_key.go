// SPDX-License-Identifier: Apache-2.0

package main

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
)

// identity reads the key and the certificates.
func (s *signing) identity() (crypto.Signer, []*x509.Certificate, error) {
	var chain []*x509.Certificate
	b, err := os.ReadFile(s.cert)
	if err != nil {
		return nil, nil, usageError(fmt.Errorf("--cert: %w", err))
	}
	for block, rest := pem.Decode(b); block != nil; block, rest = pem.Decode(rest) {
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, nil, usageError(fmt.Errorf("--cert %s: %w", s.cert, err))
		}
		chain = append(chain, c)
	}
	if len(chain) == 0 {
		return nil, nil, usageError(fmt.Errorf("--cert %s: expected certificates in PEM (openssl x509 -inform der makes it of DER)", s.cert))
	}
	key, err := readKey(s.key)
	if err != nil {
		return nil, nil, usageError(fmt.Errorf("--key %s: %w", s.key, err))
	}
	return key, chain, nil
}

func readKey(file string) (crypto.Signer, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(b)
	switch {
	case block == nil:
		return nil, errors.New("expected a private key in PEM")
	case block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["DEK-Info"] != "":
		return nil, errors.New("it has a passphrase: expected one without (openssl pkey -in KEY -out PLAIN takes it off)")
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, errors.New("expected a key that signs")
	}
	return signer, nil
}
