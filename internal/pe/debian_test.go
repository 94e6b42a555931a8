// SPDX-License-Identifier: Apache-2.0

package pe_test

import (
	"bytes"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/internal/pe"
)

// Programs of Debian's packages shim-signed, grub-efi-amd64-signed and debian-installer-12-netboot-*.
const (
	shim        = "/usr/lib/shim/shimx64.efi.signed"
	mokManager  = "/usr/lib/shim/mmx64.efi.signed"
	grub        = "/usr/lib/grub/x86_64-efi-signed/grubnetx64.efi.signed"
	kernel      = "/usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64/linux"
	kernelARM64 = "/usr/lib/debian-installer/images/12/arm64/text/debian-installer/arm64/linux"
)

// debian reads one of them.
func debian(t *testing.T, name string) ([]byte, *pe.Program) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Skipf("NOT TESTED: %v (tools/deps.sh)", err)
	}
	return b, program(t, b)
}

func program(t *testing.T, b []byte) *pe.Program {
	t.Helper()
	p, err := pe.Read(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// tool runs a program of Debian's that knows better.
func tool(t *testing.T, name string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("NOT TESTED: %v (tools/deps.sh)", err)
	}
	out, err := exec.Command(path, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return string(out)
}

func TestDebian(t *testing.T) {
	for file, want := range map[string]struct {
		text    string
		signers []string // of each signature
	}{
		shim:        {`^shim for x86_64, 1\d\.\d+, signed$`, []string{"Microsoft Windows UEFI Driver Publisher", "Microsoft UEFI CA 2023 signer"}},
		mokManager:  {`^tool of shim for x86_64, 1\d\.\d+, signed$`, []string{"Debian Secure Boot Signer 2022 - shim"}},
		grub:        {`^GRUB for x86_64, 2\.\d+-\d+.*, signed$`, []string{"Debian Secure Boot Signer 2022 - grub2"}},
		kernel:      {`^Linux kernel for x86_64, 6\.1\.0-\d+-amd64, signed$`, []string{"Debian Secure Boot Signer 2022 - linux"}},
		kernelARM64: {`^Linux kernel for arm64, signed$`, []string{"Debian Secure Boot Signer 2022 - linux"}},
	} {
		t.Run(filepath.Base(file), func(t *testing.T) {
			_, p := debian(t, file)
			var signers []string
			for _, s := range p.Signatures {
				if s.Err != nil || len(s.Signers) != 1 {
					t.Fatalf("%v: %d signers", s.Err, len(s.Signers))
				}
				signers = append(signers, pe.Name(s.Signers[0]))
			}
			if !slices.Equal(signers, want.signers) || !regexp.MustCompile(want.text).MatchString(p.String()) || !p.EFI {
				t.Errorf("%s: %q", p, signers)
			}
		})
	}
}

// TestDebianChain: shim is trusted by either of Microsoft's authorities, and trusts Debian's, which trusts the rest.
func TestDebianChain(t *testing.T) {
	_, first := debian(t, shim)
	names := []string{}
	for i := range first.Signatures {
		s := &first.Signatures[i]
		if len(s.Others) != 1 || s.TrustedBy(s.Others) != s.Others[0] || s.TrustedBy(first.Shim.Trusted.Certificates) != nil {
			t.Errorf("signature %d: %d certificates", i+1, len(s.Others))
			continue
		}
		names = append(names, pe.Name(s.Others[0]))
	}
	if !slices.Equal(names, []string{"Microsoft Corporation UEFI CA 2011", "Microsoft UEFI CA 2023"}) {
		t.Errorf("%q", names)
	}
	vendor := first.Shim
	if len(vendor.Trusted.Certificates) != 1 || pe.Name(vendor.Trusted.Certificates[0]) != "Debian Secure Boot CA" || len(vendor.Revoked.Programs) < 100 || vendor.Newer.Date < "2025051000" || len(vendor.Newer.Least) < 2 || vendor.Older.Date == "" || vendor.Older.Date > vendor.Newer.Date {
		t.Errorf("%+v", vendor)
	}
	for _, file := range []string{mokManager, grub, kernel, kernelARM64} {
		_, p := debian(t, file)
		if a := p.Signatures[0].TrustedBy(vendor.Trusted.Certificates); a == nil || pe.Name(a) != "Debian Secure Boot CA" {
			t.Errorf("%s: %v", file, a)
		}
		if vendor.Revoked.Has(p.Digest) {
			t.Errorf("%s is revoked", file)
		}
	}
}

// TestSecondOpinion: sbverify lists the same certificates, and pesign finds the same digest.
func TestSecondOpinion(t *testing.T) {
	for _, file := range []string{shim, mokManager, grub, kernel, kernelARM64} {
		_, p := debian(t, file)
		var here, there []string
		for _, s := range p.Signatures {
			for _, c := range append(slices.Clone(s.Signers), s.Others...) {
				here = append(here, pe.Name(c))
			}
		}
		for _, m := range regexp.MustCompile(`- subject: .*CN=(.*)`).FindAllStringSubmatch(tool(t, "sbverify", "--list", file), -1) {
			there = append(there, m[1])
		}
		if !slices.Equal(here, there) {
			t.Errorf("%s: %q, by sbverify %q", file, here, there)
		}
		if out := tool(t, "pesign", "-h", "-i", file); !strings.Contains(out, hex.EncodeToString(p.Digest[:])) {
			t.Errorf("%s: %x, by pesign %s", file, p.Digest, out)
		}
	}
}
