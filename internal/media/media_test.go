// SPDX-License-Identifier: Apache-2.0

package media_test

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/bootlace-net/bootlace/internal/iso"
	"github.com/bootlace-net/bootlace/internal/media"
)

var update = flag.Bool("update", false, "write the goldens anew")

// TestFamilies builds each medium of testdata as the comment above its files says, and compares what is recognised with its last file.
//
// A file that begins with "@" is made: "@kernel" is a program that is not signed, "@kernel signed" one that the distribution signed,
// "@kernel other" one that somebody else did, "@shim" one that trusts the distribution, each with the machine's number behind it if it
// is not x86-64; "@memtest" is Memtest86+,
// "@bytes N" are zeros, "@wim" is a boot.wim with the description that follows.
func TestFamilies(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no media: %v", err)
	}
	by := newSigners(t)
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			archive := txtar.Parse(b)
			last := len(archive.Files) - 1
			if last < 0 || archive.Files[last].Name != "WANT" {
				t.Fatal("the last file has to be WANT")
			}
			m := recognise(t, build(t, by, string(archive.Comment), archive.Files[:last]))
			got := strings.Join(m.Lines(), "\n") + "\n"
			if *update {
				archive.Files[last].Data = []byte(got)
				if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(strings.Split(string(archive.Files[last].Data), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			whole(t, m)
		})
	}
}

// whole checks what is true of every medium that boots.
func whole(t *testing.T, m *media.Medium) {
	t.Helper()
	if m.Refusal != nil {
		if len(m.Files) > 0 || m.Boot.Kernel != "" || m.Refusal.Reason == "" {
			t.Errorf("it is refused, and boots: %+v", m)
		}
		return
	}
	paths := map[string]bool{}
	for _, f := range m.Files {
		if paths[f.Path] = true; f.Size > 0 && len(f.Extents) == 0 {
			t.Errorf("%s lies nowhere", f.Path)
		}
	}
	for _, i := range m.Boot.Initrds {
		if !paths[i.Path] {
			t.Errorf("the initrd %s is not among the files", i.Path)
		}
	}
	if m.Boot.Kernel != "wimboot" && !paths[m.Boot.Kernel] || m.LeastMemory == 0 || m.SecureBoot.Answer == "" {
		t.Errorf("%+v", m)
	}
	for _, word := range m.Boot.Cmdline {
		if _, after, ok := strings.Cut(word, media.URL); ok && after != "" && !paths[after] && len(m.Rewritten) == 0 {
			t.Errorf("%s is not among the files", word)
		}
	}
}

// build makes an image of files: with xorriso, or as the comment says.
func build(t *testing.T, by *signers, comment string, files []txtar.File) string {
	t.Helper()
	dir, image := t.TempDir(), filepath.Join(t.TempDir(), "image.iso")
	label, maker := "LABEL", "xorriso -as mkisofs -quiet -R -J"
	for line := range strings.Lines(comment) {
		switch key, value, _ := strings.Cut(strings.TrimSpace(line), ": "); key {
		case "label":
			label = value
		case "maker":
			maker = value
		}
	}
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, by.made(t, string(f.Data)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	args := append(strings.Fields(maker), "-V", label, "-o", image, dir)
	if _, err := exec.LookPath(args[0]); err != nil {
		t.Skipf("NOT TESTED: %v: run tools/deps.sh go", err)
	}
	if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return image
}

func recognise(t *testing.T, path string) *media.Medium {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	im, err := iso.New(f, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	return media.Recognise(im, info.Size())
}

// TestDebian makes a medium of Debian's own shim and kernel: the verdict is about real signatures.
func TestDebian(t *testing.T) {
	files := []txtar.File{{Name: "live/initrd.img", Data: []byte("initrd")}, {Name: "live/filesystem.squashfs", Data: []byte("squashfs")}}
	for name, from := range map[string]string{
		"live/vmlinuz": "/usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64/linux", "EFI/boot/bootx64.efi": "/usr/lib/shim/shimx64.efi.signed",
	} {
		b, err := os.ReadFile(from)
		if err != nil {
			t.Skipf("NOT TESTED: %v: run tools/deps.sh go lab", err)
		}
		files = append(files, txtar.File{Name: name, Data: b})
	}
	m := recognise(t, build(t, newSigners(t), "label: Debian", files))
	if m.SecureBoot.Answer != "yes" || !strings.Contains(m.SecureBoot.Why, "Debian Secure Boot CA") || m.Arch != "x86_64" {
		t.Errorf("%+v, %s", m.SecureBoot, m.Arch)
	}
	if m.Boot.Kernel != "live/vmlinuz" || len(m.Notes) == 0 || !strings.Contains(m.Notes[0], "no menu") {
		t.Errorf("without a menu it boots %+v, and says %q", m.Boot, m.Notes)
	}
}
