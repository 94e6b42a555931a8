// SPDX-License-Identifier: Apache-2.0

package pe_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/internal/pe"
	"github.com/bootlace-net/bootlace/internal/pe/petest"
)

// Types of signature lists.
const (
	typeX509       = "\xa1\x59\xc0\xa5\xe4\x94\xa7\x4a\x87\xb5\xab\x15\x5c\x2b\xf0\x72"
	typeSHA256     = "\x26\x16\xc4\xc1\x4c\x50\x92\x40\xac\xa9\x41\xf9\x36\x93\x43\x28"
	typeX509SHA256 = "\x92\xa4\xd2\x3b\xc0\x96\x79\x40\xb4\x20\xfc\xf9\x8e\xf1\x03\xed"
)

func TestDatabase(t *testing.T) {
	a, b := petest.New(t, "A", nil, true), petest.New(t, "B", nil, true)
	one, two, tbs := sha256.Sum256([]byte("1")), sha256.Sum256([]byte("2")), sha256.Sum256(b.Certificate.RawTBSCertificate)
	lists := slices.Concat(petest.List(typeX509, a.Certificate.Raw), petest.List(typeSHA256, one[:], two[:]), petest.List(typeX509, []byte("no certificate")),
		petest.List(typeX509SHA256, append(tbs[:], make([]byte, 16)...)), petest.List("an unknown type.", []byte("1"), []byte("2")))
	for name, text := range map[string][]byte{"lists": lists, "efivarfs": append([]byte{0x27, 0, 0, 0}, lists...)} {
		d, err := pe.ParseTrust(text)
		if err != nil || len(d.Certificates) != 1 || d.Unreadable != 1 || !d.Has(one) || !d.Has(two) || d.Has(tbs) || d.Others != 2 || !d.Revokes(a.Certificate) || !d.Revokes(b.Certificate) {
			t.Errorf("%s: %v %+v", name, err, d)
		}
	}
	headed := petest.List(typeX509, a.Certificate.Raw)
	headed = slices.Concat(headed[:28], []byte("a header"), headed[28:])
	binary.LittleEndian.PutUint32(headed[16:], uint32(len(headed)))
	binary.LittleEndian.PutUint32(headed[20:], 8)
	if d, err := pe.ParseDatabase(headed); err != nil || len(d.Certificates) != 1 {
		t.Errorf("with a header: %v %+v", err, d)
	}
	if d, err := pe.ParseTrust(a.Certificate.Raw); err != nil || !d.Certificates[0].Equal(a.Certificate) || d.Revokes(b.Certificate) {
		t.Errorf("%v %+v", err, d)
	}
	if d, err := pe.ParseTrust(nil); err != nil || d.Certificates != nil {
		t.Errorf("%v %+v", err, d)
	}
}

// TestDatabaseCut: what is wrong is said, and what was before it is there.
func TestDatabaseCut(t *testing.T) {
	one := sha256.Sum256([]byte("1"))
	good := petest.List(typeSHA256, one[:])
	list := func(size, header, each uint32) []byte {
		b := []byte(typeSHA256)
		for _, v := range []uint32{size, header, each} {
			b = binary.LittleEndian.AppendUint32(b, v)
		}
		return append(b, make([]byte, 48)...)
	}
	for want, bad := range map[string][]byte{
		"list 2: 4 bytes are left": []byte("rest"), "at most 76": list(77, 0, 48), "of 4294967295": list(76, 0xffffffff, 48), "0 bytes with": list(0, 0, 48),
		"entries of 16 bytes": list(76, 0, 16), "entries of 47": list(76, 0, 47), "of 0 bytes in": list(76, 0, 0),
		"more than 64 certificates": bytes.Repeat(petest.List(typeX509, []byte("x")), 70), "16384 digests": petest.List(typeSHA256, slices.Repeat([][]byte{one[:]}, 16_390)...),
	} {
		d, err := pe.ParseDatabase(append(bytes.Clone(good), bad...))
		if err == nil || !strings.Contains(err.Error(), want) || !d.Has(one) {
			t.Errorf("%v: expected %s; %d", err, want, len(d.Programs))
		}
	}
}

// TestDatabaseForeign: a list that efitools made.
func TestDatabaseForeign(t *testing.T) {
	id := petest.New(t, "Foreign", nil, true)
	dir := t.TempDir()
	out := filepath.Join(dir, "cert.esl")
	tool(t, "cert-to-efi-sig-list", "-g", "77fa9abd-0359-4d32-bd60-28f4e78f784b", save(t, dir, "cert.pem", id.Certificate), out)
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if d, err := pe.ParseDatabase(b); err != nil || len(d.Certificates) != 1 || !d.Certificates[0].Equal(id.Certificate) {
		t.Errorf("%v %+v", err, d)
	}
}

func FuzzDatabase(f *testing.F) {
	one := sha256.Sum256([]byte("1"))
	f.Add(slices.Concat(petest.List(typeX509, petest.New(f, "A", nil, true).Certificate.Raw), petest.List(typeSHA256, one[:], one[:])))
	f.Add([]byte(typeX509 + "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, _ := pe.ParseDatabase(b)
		if n := len(d.Certificates) + d.Unreadable + len(d.Programs) + len(d.Revoked) + d.Others; n*17 > len(b) {
			t.Errorf("%d things in %d bytes", n, len(b))
		}
		_, _ = pe.ParseTrust(b)
	})
}
