// SPDX-License-Identifier: Apache-2.0

package ipxe_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/internal/pe"
	"github.com/bootlace-net/bootlace/third_party/ipxe"
)

// TestPrograms: the programs are those of the list, each for its machine, and of the version that THIRD_PARTY.md names.
func TestPrograms(t *testing.T) {
	sums, err := os.ReadFile("SHA256SUMS")
	if err != nil {
		t.Fatal(err)
	}
	const version = "2.0.0+dfsg-5"
	for name, tt := range map[string]struct {
		b   []byte
		cpu string
	}{
		"snponly-x86_64.efi": {ipxe.SNPOnlyX64, "x86_64"}, "ipxe-arm64.efi": {ipxe.ARM64, "arm64"},
		"ipxe-riscv64.efi": {ipxe.RISCV64, "riscv64"}, "ipxe-loongarch64.efi": {ipxe.Loong64, "loongarch64"},
	} {
		sum := sha256.Sum256(tt.b)
		if line := hex.EncodeToString(sum[:]) + "  " + name + "\n"; !strings.Contains(string(sums), line) {
			t.Errorf("SHA256SUMS has not %s", line)
		}
		p, err := pe.Read(bytes.NewReader(tt.b), int64(len(tt.b)))
		if err != nil || p.Machine.CPU() != tt.cpu || p.Kind != pe.IPXE || p.Version != version {
			t.Errorf("%s: %v, %+v", name, err, p)
		}
	}
	if n := strings.Count(string(sums), "\n"); n != 4 {
		t.Errorf("SHA256SUMS has %d lines", n)
	}
	if about, err := os.ReadFile("../../THIRD_PARTY.md"); err != nil || !strings.Contains(string(about), version) {
		t.Errorf("THIRD_PARTY.md does not name %s: %v", version, err)
	}
}
