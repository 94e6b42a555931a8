// SPDX-License-Identifier: Apache-2.0

package pe_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tinkerbell/ipxedust/binary"

	"github.com/bootlace-net/bootlace/internal/pe"
	"github.com/bootlace-net/bootlace/internal/pe/petest"
)

// save writes a file, or a certificate or key in PEM.
func save(t *testing.T, dir, name string, content any) string {
	t.Helper()
	var b []byte
	switch c := content.(type) {
	case []byte:
		b = c
	case *x509.Certificate:
		b = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
	default:
		der, err := x509.MarshalPKCS8PrivateKey(c)
		if err != nil {
			t.Fatal(err)
		}
		b = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	}
	file := filepath.Join(dir, name)
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func sign(t *testing.T, b []byte, by *petest.Identity, chain ...*x509.Certificate) []byte {
	t.Helper()
	out, err := pe.Sign(b, by.Key, append([]*x509.Certificate{by.Certificate}, chain...)...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestSign: what is signed here is what sbverify takes, stays the same whenever it is made, and takes a second signature.
func TestSign(t *testing.T) {
	root := petest.New(t, "Test CA", nil, true)
	signer := petest.New(t, "Test signer", root, false)
	other := petest.New(t, "Other", nil, false)
	dir := t.TempDir()
	rootFile, otherFile := save(t, dir, "root.pem", root.Certificate), save(t, dir, "other.pem", other.Certificate)
	for name, unsigned := range map[string][]byte{"ipxe": binary.IpxeEFI, "arm64": binary.SNP, "odd size": append(bytes.Clone(binary.IpxeEFI), 1, 2, 3)} {
		signed := sign(t, unsigned, signer, root.Certificate)
		if !bytes.Equal(signed, sign(t, unsigned, signer, root.Certificate)) {
			t.Errorf("%s: not the same twice", name)
		}
		p := program(t, signed)
		if p.Signed() != "signed" || p.Signatures[0].TrustedBy([]*x509.Certificate{root.Certificate}) == nil || p.Signatures[0].TrustedBy([]*x509.Certificate{other.Certificate}) != nil {
			t.Errorf("%s: %s %v", name, p, p.Signatures[0].Err)
		}
		if before := program(t, unsigned); len(unsigned)%8 == 0 && before.Digest != p.Digest {
			t.Errorf("%s: signing changed the digest", name)
		}
		file := save(t, dir, "signed.efi", signed)
		if out := tool(t, "sbverify", "--cert", rootFile, file); !strings.Contains(out, "Signature verification OK") {
			t.Errorf("%s: %s", name, out)
		}
		twice := program(t, sign(t, signed, other))
		if len(twice.Signatures) != 2 || twice.Signatures[0].Err != nil || twice.Signatures[1].Err != nil || twice.Digest != p.Digest {
			t.Errorf("%s: twice: %+v", name, twice.Signatures)
		}
		file = save(t, dir, "twice.efi", sign(t, signed, other))
		for _, cert := range []string{rootFile, otherFile} {
			tool(t, "sbverify", "--cert", cert, file)
		}
	}
}

// TestForeign: what others sign is read here.
func TestForeign(t *testing.T) {
	id := petest.New(t, "Foreign", nil, false)
	dir := t.TempDir()
	cert, key, file := save(t, dir, "cert.pem", id.Certificate), save(t, dir, "key.pem", id.Key), save(t, dir, "ipxe.efi", binary.IpxeEFI)
	for name, args := range map[string][]string{
		"sbsign":       {"--key", key, "--cert", cert, "--output", filepath.Join(dir, "sbsign"), file},
		"osslsigncode": {"sign", "-certs", cert, "-key", key, "-h", "sha384", "-in", file, "-out", filepath.Join(dir, "osslsigncode")},
	} {
		t.Run(name, func(t *testing.T) {
			tool(t, name, args...)
			b, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			p := program(t, b)
			if p.Signed() != "signed" || p.Signatures[0].TrustedBy([]*x509.Certificate{id.Certificate}) == nil || p.Digest != program(t, binary.IpxeEFI).Digest {
				t.Errorf("%s: %v", p, p.Signatures[0].Err)
			}
		})
	}
}

// TestTampered: a byte that is changed anywhere but in the checksum makes a signature invalid, and nobody trusts it then.
func TestTampered(t *testing.T) {
	id := petest.New(t, "Test", nil, true)
	signed := sign(t, binary.IpxeEFI, id)
	for _, at := range []int{2, 0x200, 0x1000, len(binary.IpxeEFI) - 1, len(binary.IpxeEFI) + 300, len(signed) - 40} {
		b := bytes.Clone(signed)
		b[at] ^= 1
		p, err := pe.Read(bytes.NewReader(b), int64(len(b)))
		if err == nil && (p.Signed() != "invalid" || p.Signatures[0].TrustedBy([]*x509.Certificate{id.Certificate}) != nil) {
			t.Errorf("byte %d: %s", at, p)
		}
	}
}

func TestSignRefuses(t *testing.T) {
	id, other := petest.New(t, "Test", nil, true), petest.New(t, "Other", nil, true)
	elliptic, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for want, err := range map[string]error{
		"RSA keys of at least 2048":   second(pe.Sign(binary.SNP, elliptic, id.Certificate)),
		"not of this key":             second(pe.Sign(binary.SNP, id.Key, other.Certificate)),
		"certificate is not of":       second(pe.Sign(binary.SNP, id.Key)),
		"not an EFI program":          second(pe.Sign([]byte("#!ipxe"), id.Key, id.Certificate)),
		"no place for a signature":    second(pe.Sign(narrow(petest.Program(0x8664)), id.Key, id.Certificate)),
		"expected them between the l": second(pe.Sign(append(sign(t, binary.SNP, id), 0), id.Key, id.Certificate)),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: expected %s", err, want)
		}
	}
}

func second(_ []byte, err error) error { return err }

// narrow leaves a program four data directories, which is one less than it takes to be signed.
func narrow(b []byte) []byte {
	b[0x80+24+108] = 4
	return b
}
