// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/internal/certs"
)

func given(string, string) error { return nil }

// TestServeHTTPS: the tree is served over TLS as well; a new certificate is used without a restart, and a broken one is told of and
// changes nothing.
func TestServeHTTPS(t *testing.T) {
	dir := t.TempDir()
	ca, err := certs.InitRSA(dir, []string{"127.0.0.1"}, time.Now(), given)
	if err != nil {
		t.Fatal(err)
	}
	port := freePort(t)
	settings := strings.Replace(onLoopback, `http: {listen: ["127.0.0.1:%d"]}`,
		fmt.Sprintf(`http: {listen: ["127.0.0.1:%%d"], tls: {listen: ["127.0.0.1:%d"], certificate: %q, key: %q}}`, port,
			filepath.Join(dir, certs.APICertificate), filepath.Join(dir, certs.APIKey)), 1)
	a := serve(t, settings, map[string]string{
		"profiles/p.yaml": "kernel: linux\n",
		"hosts/h.yaml": "hosts:\n  - {name: one, match: {mac: '52:54:00:00:00:01'}, profile: p, firmware: {https: loader}}\n" +
			"  - {name: two, match: {mac: '52:54:00:00:00:02'}, profile: p}\n",
	})
	pool := x509.NewCertPool()
	pool.AddCert(ca.Certificate)
	get := func(path string) (text, serial string) {
		t.Helper()
		client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, DisableKeepAlives: true}}
		resp, err := client.Get(fmt.Sprintf("https://127.0.0.1:%d/%s", port, path))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(b), resp.TLS.PeerCertificates[0].SerialNumber.String()
	}
	script, first := get("m/52-54-00-00-00-01/boot.ipxe")
	if want := fmt.Sprintf("https://127.0.0.1:%d/m/52-54-00-00-00-01/linux", port); !strings.Contains(script, want) {
		t.Errorf("who knows the authority is not told of %s:\n%s", want, script)
	}
	if other, _ := get("m/52-54-00-00-00-02/boot.ipxe"); strings.Contains(other, "https:") {
		t.Errorf("who is not said to know it is told of https:\n%s", other)
	}
	old := &tls.Config{RootCAs: pool, MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256}}
	if c, err := tls.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port), old); err != nil {
		t.Errorf("firmware that knows no elliptic curves: %v", err)
	} else {
		c.Close()
	}
	if _, err := certs.Renew(dir, nil, time.Now(), given); err != nil {
		t.Fatal(err)
	}
	serial := first
	for serial == first { // files are looked at once a second
		time.Sleep(50 * time.Millisecond)
		_, serial = get("m/52-54-00-00-00-01/linux")
	}
	a.write(t, filepath.Join(dir, certs.APICertificate), "nothing")
	go func() {
		for t.Context().Err() == nil { // somebody has to ask for the files to be looked at
			c, err := tls.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port), &tls.Config{RootCAs: pool})
			if err != nil {
				return
			}
			_ = c.Close()
			time.Sleep(100 * time.Millisecond)
		}
	}()
	a.wait(t, "http.tls: the certificate cannot be used: the one before stays in use")
	if _, now := get("m/52-54-00-00-00-01/linux"); now != serial {
		t.Error("a broken certificate changed what is served")
	}
}
