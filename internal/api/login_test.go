// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/internal/certs"
	"github.com/bootlace-net/bootlace/internal/logins"
)

// TestOverTLS: a client talks to the appliance that it was told to trust, and to no other one.
func TestOverTLS(t *testing.T) {
	dir := t.TempDir()
	ca, err := certs.Init(dir, []string{"127.0.0.1"}, time.Now(), func(string, string) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	other, err := certs.NewAuthority("another", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.LoadX509KeyPair(filepath.Join(dir, certs.APICertificate), filepath.Join(dir, certs.APIKey))
	if err != nil {
		t.Fatal(err)
	}
	secret, digest := logins.NewToken()
	door := logins.NewDoor()
	door.Use(&logins.Book{Tokens: []logins.Token{{Name: "ci", Role: logins.Read, Digest: digest, Expires: time.Now().Add(time.Hour)}}})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	s := newSite(t)
	secure := tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{pair}})
	go func() { done <- s.Serve(ctx, secure, ByLogin(func() Door { return door })) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	pem, err := os.ReadFile(filepath.Join(dir, certs.APIAuthority))
	if err != nil {
		t.Fatal(err)
	}
	fingerprint := certs.Fingerprint(ca.Certificate)
	colons := strings.ToUpper(fingerprint[:2] + ":" + fingerprint[2:4] + ":" + fingerprint[4:])
	for name, tc := range map[string]struct {
		login  Login
		status int
		wrong  string
	}{
		"by the authority":         {Login{Token: secret, CA: pem}, 0, ""},
		"by its fingerprint":       {Login{Token: secret, Fingerprint: fingerprint}, 0, ""},
		"by the server's own":      {Login{Token: secret, Fingerprint: certs.Fingerprint(pair.Leaf)}, 0, ""},
		"with colons":              {Login{Token: secret, Fingerprint: colons}, 0, ""},
		"without a token":          {Login{CA: pem}, 401, "this needs a login"},
		"with a wrong one":         {Login{Token: "x", CA: pem}, 401, "no such login"},
		"nobody is trusted":        {Login{Token: secret}, 0, "unknown authority"},
		"by another authority":     {Login{Token: secret, CA: other.CertificatePEM()}, 0, "unknown authority"},
		"by another's fingerprint": {Login{Token: secret, Fingerprint: certs.Fingerprint(other.Certificate)}, 0, "none of its certificates has the fingerprint"},
	} {
		c, err := Dial("https://"+l.Addr().String(), tc.login)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		_, err = c.List(t.Context(), Query{})
		c.http.CloseIdleConnections()
		if got := ""; err != nil {
			got = err.Error()
			if tc.wrong == "" || !strings.Contains(got, tc.wrong) || status(err) != tc.status {
				t.Errorf("%s: %v", name, err)
			}
		} else if tc.wrong != "" {
			t.Errorf("%s: answered", name)
		}
		var cert *tls.CertificateVerificationError
		if tc.wrong != "" && tc.status == 0 && !errors.As(err, &cert) {
			t.Errorf("%s: %v says nothing of certificates", name, err)
		}
	}
}

// TestAPinIsForAName: what the authority has signed for another name is not the appliance.
func TestAPinIsForAName(t *testing.T) {
	ca, err := certs.NewAuthority("ca", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	server, err := ca.NewServer([]string{"boot.example.com"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	state := tls.ConnectionState{}
	state.PeerCertificates = append(state.PeerCertificates, server.Certificate, ca.Certificate)
	if err := pinned(state, certs.Fingerprint(ca.Certificate), "boot.example.com"); err != nil {
		t.Errorf("its name: %v", err)
	}
	if err := pinned(state, certs.Fingerprint(ca.Certificate), "192.0.2.1"); err == nil {
		t.Error("another name is taken")
	}
}

func TestWrongLogins(t *testing.T) {
	for name, tc := range map[string]struct {
		server string
		login  Login
		want   string
	}{
		"a token in the clear": {"http://192.0.2.1:80", Login{Token: "x"}, "expected https://"},
		"no certificates":      {"https://192.0.2.1:80", Login{CA: []byte("x")}, "expected certificates in PEM"},
		"a short fingerprint":  {"https://192.0.2.1:80", Login{Fingerprint: "ab:cd"}, "expected 64 hex digits"},
	} {
		if _, err := Dial(tc.server, tc.login); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
