// SPDX-License-Identifier: Apache-2.0

package certs

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

var errNoOwner = errors.New("no such user")

// verify checks the server's certificate of a directory as a client with an authority does.
func verify(t *testing.T, dir string, ca *x509.Certificate, host string) error {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(filepath.Join(dir, APICertificate), filepath.Join(dir, APIKey))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(ca)
	_, err = pair.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: host})
	return err
}

func TestInitAndRenew(t *testing.T) {
	dir := t.TempDir()
	var given []string
	give := func(name, file string) error {
		if _, err := os.Stat(file); err != nil {
			t.Error(err)
		}
		given = append(given, name)
		return nil
	}
	ca, err := Init(dir, []string{"boot.example.com", "192.0.2.10"}, time.Now(), give)
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"boot.example.com", "192.0.2.10"} {
		if err := verify(t, dir, ca.Certificate, host); err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
	if verify(t, dir, ca.Certificate, "other.example.com") == nil {
		t.Error("it is for every name")
	}
	if got := strings.Join(given, " "); got != APIKey+" "+APICertificate {
		t.Errorf("the server is given %s", got)
	}
	if _, err := Init(dir, []string{"x"}, time.Now(), give); err == nil || !strings.Contains(err.Error(), "--renew") {
		t.Errorf("a second time: %v", err)
	}
	before, _ := os.ReadFile(filepath.Join(dir, APICertificate))
	same, err := Renew(dir, nil, time.Now(), give)
	if err != nil || Fingerprint(same.Certificate) != Fingerprint(ca.Certificate) {
		t.Fatalf("renew: %v", err)
	}
	if after, _ := os.ReadFile(filepath.Join(dir, APICertificate)); string(after) == string(before) {
		t.Error("the certificate is the same")
	}
	if err := verify(t, dir, ca.Certificate, "192.0.2.10"); err != nil {
		t.Errorf("renewed: %v", err)
	}
	if runtime.GOOS != "windows" {
		for _, name := range []string{APIKey, APIAuthorityKey} {
			if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %v, %v", name, info.Mode(), err)
			}
		}
	}
}

// TestAFileThatCannotBeGiven does not come about, and what was there stays.
func TestAFileThatCannotBeGiven(t *testing.T) {
	dir := t.TempDir()
	keep := func(string, string) error { return nil }
	ca, err := Init(dir, []string{"a.example"}, time.Now(), keep)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Renew(dir, nil, time.Now(), func(string, string) error { return errNoOwner }); !errors.Is(err, errNoOwner) {
		t.Errorf("%v", err)
	}
	if err := verify(t, dir, ca.Certificate, "a.example"); err != nil {
		t.Errorf("%v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestReadPair(t *testing.T) {
	one, err := NewAuthority("one", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	two, _ := NewAuthority("two", time.Now())
	key, _ := one.KeyPEM()
	if p, err := ReadPair(one.CertificatePEM(), key); err != nil || !p.Certificate.Equal(one.Certificate) {
		t.Errorf("%v", err)
	}
	for name, bad := range map[string][2][]byte{
		"another's key": {two.CertificatePEM(), key}, "turned round": {key, one.CertificatePEM()}, "nothing": {nil, nil},
	} {
		if _, err := ReadPair(bad[0], bad[1]); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if _, err := one.NewServer(nil, time.Now()); err == nil {
		t.Error("a certificate for nobody is made")
	}
}

// TestRSA: firmware that knows no elliptic curves gets none, in the authority or in what it signs, also when that is renewed; and may
// encrypt to the key, for that is all that it can do.
func TestRSA(t *testing.T) {
	dir := t.TempDir()
	give := func(string, string) error { return nil }
	ca, err := InitRSA(dir, []string{"192.0.2.10"}, time.Now(), give)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := verify(t, dir, ca.Certificate, "192.0.2.10"); err != nil {
			t.Error(err)
		}
		pair, err := tls.LoadX509KeyPair(filepath.Join(dir, APICertificate), filepath.Join(dir, APIKey))
		if err != nil {
			t.Fatal(err)
		}
		if c := pair.Leaf; c.PublicKeyAlgorithm != x509.RSA || ca.Certificate.PublicKeyAlgorithm != x509.RSA || c.KeyUsage&x509.KeyUsageKeyEncipherment == 0 {
			t.Errorf("keys %v by %v, for %b", c.PublicKeyAlgorithm, ca.Certificate.PublicKeyAlgorithm, c.KeyUsage)
		}
		if _, err := Renew(dir, nil, time.Now(), give); err != nil {
			t.Fatal(err)
		}
	}
}
