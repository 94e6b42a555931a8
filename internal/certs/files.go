// SPDX-License-Identifier: Apache-2.0

package certs

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// The files of the API in a state directory. Who has the key of the authority can make certificates that clients trust, so it
// stays with who made it.
const (
	APIAuthority    = "api-ca.crt"
	APIAuthorityKey = "api-ca.key"
	APICertificate  = "api.crt"
	APIKey          = "api.key"
)

// Init makes an authority in a directory, and a server's certificate by it. It leaves what is there. give is called for each file
// of the server's, with the name that it will have and the one that it has.
func Init(dir string, hosts []string, now time.Time, give func(name, file string) error) (*Pair, error) {
	return initWith(NewAuthority, dir, hosts, now, give)
}

// InitRSA is Init by [NewRSAAuthority].
func InitRSA(dir string, hosts []string, now time.Time, give func(name, file string) error) (*Pair, error) {
	return initWith(NewRSAAuthority, dir, hosts, now, give)
}

func initWith(newAuthority func(string, time.Time) (*Pair, error), dir string, hosts []string, now time.Time, give func(name, file string) error) (*Pair, error) {
	for _, name := range []string{APIAuthority, APIAuthorityKey, APICertificate, APIKey} {
		if _, err := os.Lstat(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s is there already: --renew makes a new certificate by the same authority", filepath.Join(dir, name))
		}
	}
	ca, err := newAuthority("Bootlace API of "+hosts[0], now)
	if err != nil {
		return nil, err
	}
	key, err := ca.KeyPEM()
	if err != nil {
		return nil, err
	}
	mine := func(string, string) error { return nil }
	if err := errors.Join(put(dir, APIAuthorityKey, key, 0o600, mine), put(dir, APIAuthority, ca.CertificatePEM(), 0o644, mine)); err != nil {
		return nil, err
	}
	return ca, renew(dir, ca, hosts, now, give)
}

// Renew makes a new server's certificate by the authority of a directory. Without hosts it is for those that the old one is for.
func Renew(dir string, hosts []string, now time.Time, give func(name, file string) error) (*Pair, error) {
	certificate, err := os.ReadFile(filepath.Join(dir, APIAuthority))
	if err != nil {
		return nil, fmt.Errorf("%w: without --renew an authority is made", err)
	}
	key, err := os.ReadFile(filepath.Join(dir, APIAuthorityKey))
	if err != nil {
		return nil, err
	}
	ca, err := ReadPair(certificate, key)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, APIAuthority), err)
	}
	if len(hosts) == 0 {
		if hosts, err = hostsOf(filepath.Join(dir, APICertificate)); err != nil {
			return nil, err
		}
	}
	return ca, renew(dir, ca, hosts, now, give)
}

// renew replaces the key and the certificate. A server that reads one of each in between keeps what it has, and reads again.
func renew(dir string, ca *Pair, hosts []string, now time.Time, give func(name, file string) error) error {
	server, err := ca.NewServer(hosts, now)
	if err != nil {
		return err
	}
	key, err := server.KeyPEM()
	if err != nil {
		return err
	}
	chain := bytes.Join([][]byte{server.CertificatePEM(), ca.CertificatePEM()}, nil) // who pins the authority must see it
	return errors.Join(put(dir, APIKey, key, 0o600, give), put(dir, APICertificate, chain, 0o644, give))
}

// put makes a file as a whole.
func put(dir, name string, text []byte, mode fs.FileMode, give func(name, file string) error) error {
	f, err := os.CreateTemp(dir, "."+name+"-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // not there any more when all went well
	_, err = f.Write(text)
	err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close())
	if err == nil {
		err = give(name, f.Name())
	}
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, name))
	}
	return err
}
