// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"math/big"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/pe/petest"
)

func certificate(t testing.TB, name pkix.Name) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: name}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// list is an EFI_SIGNATURE_LIST of things of one size.
func list(kind string, things ...string) string {
	bytes := make([][]byte, len(things))
	for i := range things {
		bytes[i] = []byte(things[i])
	}
	return string(petest.List(kind, bytes...))
}

// Types of signature lists.
const (
	x509Type = "\xa1\x59\xc0\xa5\xe4\x94\xa7\x4a\x87\xb5\xab\x15\x5c\x2b\xf0\x72"
	anyType  = "hhhhhhhhhhhhhhhh"
)

func TestRead(t *testing.T) {
	microsoft := string(certificate(t, pkix.Name{CommonName: "Microsoft UEFI CA 2023", Organization: []string{"Microsoft Corporation"}}))
	ours := string(certificate(t, pkix.Name{Organization: []string{"Us\x1b[2J"}}))
	hashes := list(anyType, strings.Repeat("1", 32), strings.Repeat("2", 32))
	db := list(x509Type, microsoft) + hashes + list(x509Type, ours) + list(x509Type, "no certificate") + "rest"
	got := Read(map[string]string{
		"serial": " 4C4C4544\x1b[1m ", "uuid": "4c4c4544-0032-4610-8053-b7c04f4d5031", "manufacturer": "Dell Inc.", "product": strings.Repeat("ä", 500), "asset": "rack 7+8",
		"version": "2.0.0", "platform": "efi", "buildarch": "x86_64", "mac": "52:54:00:00:00:01", "chip": "SNP", "nics": "52:54:00:00:00:01,52:54:00:00:00:02,,,nonsense,",
		"switch": "sw1", "port": "ge-0/0/7", "secureboot": "01", "setupmode": "00", "db": hex.EncodeToString([]byte(db)), "host": "other", "profile": "evil",
	})
	want := boot.Inventory{
		Serial: "4C4C4544?[1m", UUID: boot.UUID{0x4c, 0x4c, 0x45, 0x44, 0, 0x32, 0x46, 0x10, 0x80, 0x53, 0xb7, 0xc0, 0x4f, 0x4d, 0x50, 0x31},
		Manufacturer: "Dell Inc.", Product: strings.Repeat("ä", mostOfAText) + "…", Asset: "rack 7+8", Loader: "2.0.0", Platform: "efi", CPU: "x86_64",
		MAC: boot.MAC{0x52, 0x54, 0, 0, 0, 1}, Chip: "SNP", NICs: []boot.MAC{{0x52, 0x54, 0, 0, 0, 1}, {0x52, 0x54, 0, 0, 0, 2}}, Switch: "sw1", Port: "ge-0/0/7",
		SecureBoot: "on", CAs: []string{"Microsoft UEFI CA 2023", "O=Us?[2J", "a certificate that cannot be read"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(boot.Inventory{}, Read(nil)); diff != "" {
		t.Errorf("of nothing (-want +got):\n%s", diff)
	}
	for _, tt := range [][3]string{{"00", "00", "off"}, {"00", "01", "setup"}, {"01", "00", "on"}, {"", "", ""}, {"x", "x", ""}} {
		if got := Read(map[string]string{"secureboot": tt[0], "setupmode": tt[1]}).SecureBoot; got != tt[2] {
			t.Errorf("%q: %q", tt, got)
		}
	}
}

func TestIdentifies(t *testing.T) {
	for serial, want := range map[string]bool{
		"4C4C4544": true, "VMware-56 4d": true, "CZJ1230ABC": true, "10000000a1b2c3d4": true,
		"": false, "0": false, "00000000": false, "xxxx": false, "To Be Filled By O.E.M.": false, "Default string": false, "System Serial Number": false,
		"Not Specified": false, "None": false, "123456789": false, "a?b?": false,
	} {
		if Identifies(serial) != want {
			t.Errorf("%q", serial)
		}
	}
}

// FuzzRead: whatever is sent, what is kept of it is bounded and safe to look at.
func FuzzRead(f *testing.F) {
	f.Add("serial", []byte("4c"), []byte(list(x509Type, "x")))
	f.Add("nics", []byte("52:54:00:00:00:01,"), []byte(list(x509Type, string(certificate(f, pkix.Name{CommonName: "x"})))))
	f.Add("uuid", []byte("4c4c4544-0032-4610-8053-b7c04f4d5031"), []byte(x509Type+"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, key string, value, db []byte) {
		r := Read(map[string]string{key: string(value), "db": hex.EncodeToString(db)})
		texts := append(r.CAs, r.Serial, r.Manufacturer, r.Product, r.Asset, r.Loader, r.Platform, r.CPU, r.Chip, r.Switch, r.Port)
		for _, s := range texts {
			if utf8.RuneCountInString(s) > mostOfAText+1 || boot.Printable(s) != s && !strings.HasSuffix(s, "…") {
				t.Errorf("%q", s)
			}
		}
		if len(r.CAs) > boot.MostCAs || len(r.NICs) > mostNICs {
			t.Errorf("%d certificates, %d cards", len(r.CAs), len(r.NICs))
		}
		_ = Identifies(r.Serial)
	})
}
