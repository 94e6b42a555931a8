// SPDX-License-Identifier: Apache-2.0

package media_test

import (
	"encoding/binary"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/bootlace-net/bootlace/internal/iso"
	"github.com/bootlace-net/bootlace/internal/media"
)

var update = flag.Bool("update", false, "write the goldens anew")

// TestFamilies builds each medium of testdata as the comment above its files says, and compares what is recognised with its last file.
//
// A file that begins with "@" is made: "@kernel signed" or "@kernel" is a PE program with or without a signature, "@bytes N" are zeros,
// "@wim" is a boot.wim with the description that follows.
func TestFamilies(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no media: %v", err)
	}
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
			m := recognise(t, build(t, string(archive.Comment), archive.Files[:last]))
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
func build(t *testing.T, comment string, files []txtar.File) string {
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
		if err := os.WriteFile(path, made(t, string(f.Data)), 0o644); err != nil {
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

func made(t *testing.T, content string) []byte {
	t.Helper()
	fields := strings.Fields(content)
	switch {
	case len(fields) > 0 && fields[0] == "@kernel":
		b := make([]byte, 5000)
		copy(b, "MZ")
		b[60] = 0x80
		copy(b[0x80:], "PE\x00\x00\x64\x86")
		binary.LittleEndian.PutUint16(b[0x80+24:], 0x20b)
		if len(fields) > 1 && fields[1] == "signed" {
			binary.LittleEndian.PutUint32(b[0x80+24+112+36:], 1000)
		}
		return b
	case len(fields) == 2 && fields[0] == "@bytes":
		n, err := strconv.Atoi(fields[1])
		if err != nil {
			t.Fatal(err)
		}
		return make([]byte, n)
	case len(fields) > 0 && fields[0] == "@wim":
		b := make([]byte, 208)
		copy(b, "MSWIM\x00\x00\x00")
		units := utf16.Encode([]rune(strings.TrimPrefix(content, "@wim")))
		binary.LittleEndian.PutUint64(b[72:], uint64(2*len(units))|2<<56)
		binary.LittleEndian.PutUint64(b[80:], 208)
		for _, u := range units {
			b = append(b, byte(u), byte(u>>8))
		}
		return append(b, make([]byte, 3<<20)...)
	}
	return []byte(content)
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
