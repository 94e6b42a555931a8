// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/internal/pe"
	"github.com/bootlace-net/bootlace/internal/pe/petest"
)

// TestExplainFirmware: with a machine's db the answer is another than without.
func TestExplainFirmware(t *testing.T) {
	owner := petest.New(t, "Owner", nil, true)
	dir := t.TempDir()
	signed, err := pe.Sign(petest.Program(0x8664), owner.Key, owner.Certificate)
	for name, content := range map[string][]byte{
		"images/ipxe.efi": signed, "cert.der": owner.Certificate.Raw, "c/bootlace.yaml": []byte("unknown: menu\n"), "broken": []byte("no list"),
	} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{nil, 0, "firmware  with Secure Boot: unknown: ipxe.efi: it is signed by Owner; what the firmware trusts is not known\n"},
		{[]string{"--db", "cert.der"}, 0, "firmware  with Secure Boot: yes: ipxe.efi: the firmware trusts Owner\n"},
		{[]string{"--db", "cert.der", "--dbx", "cert.der"}, 0, "firmware  with Secure Boot: no: ipxe.efi: the firmware's dbx revokes Owner\n"},
		{[]string{"--secure-boot", "off"}, 0, "firmware  with Secure Boot: yes: Secure Boot is off\n"},
		{[]string{"--secure-boot", "perhaps"}, 2, "expected on, off or setup"},
		{[]string{"--db", "broken"}, 2, "expected a certificate (DER) or EFI signature lists"},
		{[]string{"--dbx", "nowhere"}, 2, "--dbx: open"},
	} {
		args := []string{"explain", "--config", filepath.Join(dir, "c"), "--state", dir, "--mac", "02:00:00:00:00:01", "--arch", "uefi-x64"}
		for i, a := range tt.args {
			if i%2 == 1 && !strings.HasPrefix(tt.args[i-1], "--secure") {
				a = filepath.Join(dir, a)
			}
			args = append(args, a)
		}
		if code, out, complaint := bootlace(t, "", args...); code != tt.code || !strings.Contains(out+complaint, tt.want) {
			t.Errorf("%q: %d: %s%s", tt.args, code, out, complaint)
		}
	}
}
