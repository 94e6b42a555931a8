// SPDX-License-Identifier: Apache-2.0

package trust_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/internal/trust"
)

func TestParseSums(t *testing.T) {
	a, b := strings.Repeat("ab", 32), strings.Repeat("cd", 64)
	for name, tt := range map[string]struct{ list, want string }{
		"sha256sum":      {a + "  ./netboot/linux\n" + strings.ToUpper(a) + " *two words.iso\r\n", "netboot/linux sha256:" + a + "\ntwo words.iso sha256:" + a + "\n"},
		"sha512sum":      {b + "  x\n", "x sha512:" + b + "\n"},
		"BSD":            {"# a comment\nSHA256 (Fedora-40.iso) = " + a + "\nSHA512 (y) = " + a + "\nMD5 (x) = 00\n", "Fedora-40.iso sha256:" + a + "\n"},
		"Debian Release": {"Origin: Debian\nMD5Sum:\n " + a[:32] + "  17 main/a\nSHA256:\n " + a + "    1234 main/a\n", "main/a sha256:" + a + "\n"},
		"alone":          {a + "\n", " sha256:" + a + "\n"},
		"clear signed":   {a + "  x\r\n" + a + "  y", "x sha256:" + a + "\ny sha256:" + a + "\n"},
		"nothing":        {"hello\n", ""},
		"HTML":           {"<html>" + a + "</html>", ""},
		"":               {"", ""},
	} {
		sums, err := trust.ParseSums([]byte(tt.list))
		var got strings.Builder
		for _, s := range sums {
			got.WriteString(s.Name + " " + s.String() + "\n")
		}
		if diff := cmp.Diff(tt.want, got.String()); diff != "" || (err == nil) != (tt.want != "") {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
}

func FuzzParseSums(f *testing.F) {
	f.Add([]byte(strings.Repeat("ab", 32) + "  linux\n"))
	f.Add([]byte("SHA512 (x) = " + strings.Repeat("ab", 64)))
	f.Fuzz(func(t *testing.T, b []byte) {
		sums, err := trust.ParseSums(b)
		if (err == nil) != (len(sums) > 0) {
			t.Errorf("%d sums, %v", len(sums), err)
		}
		for _, s := range sums {
			if n := len(s.Sum); n != s.Hash.Size() || strings.ContainsAny(s.Name, "\n") {
				t.Errorf("%q has %d bytes", s.Name, n)
			}
		}
	})
}

// FuzzVerify: whatever comes as a key or as a signature, nothing is signed by it.
func FuzzVerify(f *testing.F) {
	f.Add([]byte("untrusted comment: x\nRWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"), []byte("untrusted comment: x\nRWQ=\ntrusted comment: t\nAA=="))
	f.Add([]byte("-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----\n"), []byte("MEUC"))
	f.Add([]byte("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMEZQ==\n-----END PGP PUBLIC KEY BLOCK-----"), []byte{0x88, 0x75, 4, 0})
	f.Add([]byte{0x98, 0x33, 4}, []byte("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nx\n-----BEGIN PGP SIGNATURE-----\n\niHUE\n-----END PGP SIGNATURE-----"))
	f.Fuzz(func(t *testing.T, key, signature []byte) {
		k, err := trust.ParseKey(key)
		if err != nil {
			return
		}
		if len(k.IDs()) == 0 {
			t.Error("a key of which nobody knows what it is")
		}
		if _, err := k.Verify(bytes.NewReader([]byte("never signed by anybody")), signature); err == nil {
			t.Error("signed")
		}
		if text, _, err := k.Inline(signature); err == nil {
			t.Errorf("%q is signed", text)
		}
	})
}
