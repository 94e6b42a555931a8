// SPDX-License-Identifier: Apache-2.0

package images_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/images"
)

const firstMagic = "#a8b7e61f1075c37a793f2f92cee89f7bba00c4a8d7842ce3d40b5889032d8881"

func TestPatchScript(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	embedded := map[string]bool{"ipxe.efi": true, "snp-arm64.efi": true, "undionly.kpxe": false,
		"snponly.efi": false, "ipxe-arm64.efi": false, "ipxe-riscv64.efi": false, "ipxe-loongarch64.efi": false}
	for name, patchable := range embedded {
		t.Run(name, func(t *testing.T) {
			f, err := s.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			p, err := images.PatchScript(f, "chain http://192.0.2.1/boot.ipxe\n")
			if !patchable {
				if !errors.Is(err, images.ErrNoMagic) {
					t.Fatalf("got %v, want ErrNoMagic", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			checkPatched(t, read(t, f), read(t, p), "chain http://192.0.2.1/boot.ipxe\n")
		})
	}
}

// checkPatched compares byte by byte: only the room of the script may differ.
func checkPatched(t *testing.T, before, after, script string) {
	t.Helper()
	at := strings.Index(before, firstMagic)
	if at < 0 {
		t.Fatal("the loader has no magic line")
	}
	padded := script + strings.Repeat(" ", images.ScriptRoom-len(script))
	if want := before[:at] + padded + before[at+images.ScriptRoom:]; want != after {
		t.Error("the patched loader is not the loader with the script in place of the magic lines")
	}
	if !strings.HasPrefix(after[at+images.ScriptRoom:], "\n") {
		t.Error("the script's last line does not end")
	}
}

func TestPatchScriptOfOperatorsFile(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	e, err := s.Open("ipxe.efi")
	if err != nil {
		t.Fatal(err)
	}
	lines := read(t, e)
	lines = lines[strings.Index(lines, firstMagic):][:images.ScriptRoom]
	// The lines lie across the border of two of the pieces that are searched.
	before := strings.Repeat("x", 64<<10-50) + lines + "\nrest"
	write(t, filepath.Join(dir, "ipxe.efi"), before)
	f, err := s.Open("ipxe.efi")
	if err != nil {
		t.Fatal(err)
	}
	p, err := images.PatchScript(f, "shell")
	if err != nil {
		t.Fatal(err)
	}
	checkPatched(t, before, read(t, p), "shell")
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if _, err := f.ReadAt(make([]byte, 1), 0); err == nil {
		t.Error("closing the patched file did not close the file below it")
	}
}

func TestPatchScriptReadsAnyPiece(t *testing.T) {
	f := loaderWithMagic(t)
	p, err := images.PatchScript(f, "echo "+strings.Repeat("y", images.ScriptRoom-5))
	if err != nil {
		t.Fatal(err)
	}
	whole := []byte(read(t, p))
	for size := 1; size < 300; size += 7 {
		for off := 0; off+size <= len(whole); off += size {
			got := make([]byte, size)
			if n, err := p.ReadAt(got, int64(off)); n != size {
				t.Fatalf("ReadAt(%d bytes, %d) = %d, %v", size, off, n, err)
			}
			if !bytes.Equal(got, whole[off:off+size]) {
				t.Fatalf("ReadAt(%d bytes, %d) differs from the whole", size, off)
			}
		}
	}
}

func TestPatchScriptVersions(t *testing.T) {
	f := loaderWithMagic(t)
	seen := map[string]string{f.Version(): "unpatched"}
	for _, script := range []string{"", "shell", "shell ", "exit 1"} {
		p, err := images.PatchScript(f, script)
		if err != nil {
			t.Fatal(err)
		}
		if prev, ok := seen[p.Version()]; ok {
			t.Errorf("%q and %q have the same version", script, prev)
		}
		seen[p.Version()] = script
	}
}

func TestPatchScriptTooLong(t *testing.T) {
	f := loaderWithMagic(t)
	if _, err := images.PatchScript(f, strings.Repeat("x", images.ScriptRoom+1)); !errors.Is(err, images.ErrScriptTooLong) {
		t.Errorf("got %v, want ErrScriptTooLong", err)
	}
}

func loaderWithMagic(t *testing.T) boot.File {
	t.Helper()
	e, err := open(t, "").Open("ipxe.efi")
	if err != nil {
		t.Fatal(err)
	}
	all := read(t, e)
	at := strings.Index(all, firstMagic)
	return boot.NewMemFile([]byte(all[at-100:at+400]), time.Time{})
}

// Every loader that boot gives when a profile names none is there, where the appliance brings it; for other machines there
// is none.
func TestEmbeddedLoaders(t *testing.T) {
	s := open(t, "")
	for _, tt := range []struct {
		arch boot.Arch
		want bool
	}{
		{boot.ArchBIOS, true},
		{boot.ArchBIOSHTTP, true},
		{boot.ArchX64, true},
		{boot.ArchEBC, true},
		{boot.ArchX64HTTP, true},
		{boot.ArchARM64, true},
		{boot.ArchARM64HTTP, true},
		{boot.ArchIA32, false},
		{boot.ArchARM32, false},
		{boot.ArchRISCV64, true},
		{boot.ArchRISCV64HTTP, true},
		{boot.ArchLoong64, true},
		{boot.ArchLoong64HTTP, true},
		{boot.Arch(2), false},
		{boot.Arch(8), false},
		{boot.Arch(25), false},
		{boot.Arch(37), false},
		{boot.ArchRPi, false},
		{boot.ArchARM64UBoot, false},
		{boot.Arch(9999), false},
	} {
		name := boot.DefaultLoader(tt.arch)
		f, err := s.Open(name)
		if (err == nil) != tt.want {
			t.Errorf("the loader %q of %v: %v, want one: %v", name, tt.arch, err, tt.want)
			continue
		}
		if tt.want && f.Size() == 0 {
			t.Errorf("the loader of %v is empty", tt.arch)
		}
	}
}

func BenchmarkPatch(b *testing.B) {
	s, err := images.Open("", nil)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		f, err := s.Open("ipxe.efi")
		if err != nil {
			b.Fatal(err)
		}
		if _, err := images.PatchScript(f, "shell"); err != nil {
			b.Fatal(err)
		}
	}
}
