// SPDX-License-Identifier: Apache-2.0

package vault_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/images/vault"
)

func digest(b []byte) vault.Digest {
	d, _, _ := vault.DigestOf(bytes.NewReader(b)) // memory does not fail
	return d
}

func day() time.Time { return time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC) }

// image makes a manifest of whole files, by path.
func image(name string, files map[string]string) (*vault.Manifest, map[vault.Digest]io.Reader) {
	segs := strings.Split(name, "/")
	m := &vault.Manifest{Format: vault.Format, Name: name, Family: segs[0], Version: segs[1], Arch: "x86_64", Added: day()}
	content := make(map[vault.Digest]io.Reader)
	for path, text := range files {
		d := digest([]byte(text))
		role := vault.RoleOther
		if path == "linux" {
			role = vault.RoleKernel
		}
		m.Files = append(m.Files, vault.File{Role: role, Path: path, Digest: d, Size: int64(len(text)), Source: vault.Source{Blob: d}})
		m.Origins = append(m.Origins, vault.Origin{URL: "http://example.org/" + path, Digest: d, Size: int64(len(text)), Trust: vault.TrustDigest, Fetched: day()})
		content[d] = strings.NewReader(text)
	}
	slices.SortFunc(m.Files, func(a, b vault.File) int { return strings.Compare(a.Path, b.Path) })
	return m, content
}

func add(t *testing.T, v *vault.Vault, name string, files map[string]string) *vault.Manifest {
	t.Helper()
	m, content := image(name, files)
	if err := v.Add(t.Context(), m, content); err != nil {
		t.Fatal(err)
	}
	return m
}

func read(t *testing.T, f boot.File) string {
	t.Helper()
	defer f.Close()
	b, err := io.ReadAll(io.NewSectionReader(f, 0, f.Size()))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// served gives what a name holds.
func served(t *testing.T, v *vault.Vault, name string) string {
	t.Helper()
	f, err := v.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, f)
}

// files counts the files below the directories of a vault.
func files(t *testing.T, v *vault.Vault) map[string]int {
	t.Helper()
	n := make(map[string]int)
	for _, dir := range []string{"blobs/sha256", "seals", "images", "partial"} {
		entries, err := os.ReadDir(filepath.Join(v.Dir(), dir))
		if err != nil {
			t.Fatal(err)
		}
		n[filepath.Base(dir)] = len(entries)
	}
	return n
}

func TestAddOpenRemove(t *testing.T) {
	v := vault.Open(filepath.Join(t.TempDir(), "vault"))
	if list, bad := v.List(); len(list) != 0 || len(bad) != 0 {
		t.Fatalf("a vault that is not there has %v %v", list, bad)
	}
	add(t, v, "debian/12", map[string]string{"linux": "kernel", "initrd.gz": "shared"})
	add(t, v, "debian/12/arm64", map[string]string{"linux": "other kernel", "initrd.gz": "shared", "deep/er": "file"})
	for name, want := range map[string]string{"debian/12/linux": "kernel", "debian/12/initrd.gz": "shared", "debian/12/arm64/linux": "other kernel", "debian/12/arm64/deep/er": "file"} {
		if got := served(t, v, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	for _, name := range []string{"debian", "debian/12", "debian/12/", "debian/12/absent", "debian/12/arm64", "fedora/40/linux", "", "../x/y"} {
		if _, err := v.Open(name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q: %v, want fs.ErrNotExist", name, err)
		}
	}
	if got := v.Names(); len(got) != 5 || !slices.Contains(got, "debian/12/arm64/deep/er") {
		t.Errorf("names %q", got)
	}
	if n := files(t, v); n["sha256"] != 4 || n["seals"] != 4 || n["partial"] != 0 {
		t.Errorf("files: %v, want four blobs and seals: what two images share is there once", n)
	}
	freed, err := v.Remove(t.Context(), "debian/12")
	if err != nil || freed.Blobs != 1 || freed.Bytes != int64(len("kernel")) {
		t.Errorf("freed %+v, %v; want the kernel alone", freed, err)
	}
	if _, err := v.Open("debian/12/linux"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a removed image: %v", err)
	}
	if got := served(t, v, "debian/12/arm64/initrd.gz"); got != "shared" {
		t.Errorf("what the other image shares is %q", got)
	}
	if _, err := v.Remove(t.Context(), "debian/12"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("removing it again: %v", err)
	}
}

// A version names the bytes: two vaults say the same of the same.
func TestVersionIsTheDigest(t *testing.T) {
	v := vault.Open(t.TempDir())
	add(t, v, "debian/12", map[string]string{"linux": "kernel"})
	f, err := v.Open("debian/12/linux")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if want := "sha256-" + digest([]byte("kernel")).Hex(); f.Version() != want {
		t.Errorf("version %s, want %s", f.Version(), want)
	}
}

// An image of the same name is replaced at once; those who have files of the old one open keep them.
func TestReplace(t *testing.T) {
	v := vault.Open(t.TempDir())
	add(t, v, "arch/latest", map[string]string{"linux": "old"})
	old, err := v.Open("arch/latest/linux")
	if err != nil {
		t.Fatal(err)
	}
	add(t, v, "arch/latest", map[string]string{"linux": "new"})
	if got := served(t, v, "arch/latest/linux"); got != "new" {
		t.Errorf("got %q", got)
	}
	freed, err := v.GC(t.Context())
	if err != nil || freed.Blobs != 1 {
		t.Errorf("freed %+v, %v", freed, err)
	}
	if got := read(t, old); got != "old" {
		t.Errorf("the open file gives %q", got)
	}
}

// What does not have the digest that it is to have never appears, and leaves nothing.
func TestAddRefusesWrongBytes(t *testing.T) {
	v := vault.Open(t.TempDir())
	add(t, v, "debian/12", map[string]string{"linux": "kernel"})
	m, content := image("debian/12", map[string]string{"linux": "kernel 2", "initrd": "initrd"})
	content[digest([]byte("initrd"))] = strings.NewReader("initr")
	var wrong *vault.DigestError
	if err := v.Add(t.Context(), m, content); !errors.As(err, &wrong) || wrong.Got != digest([]byte("initr")) {
		t.Fatalf("%v, want a DigestError", err)
	}
	if got := served(t, v, "debian/12/linux"); got != "kernel" {
		t.Errorf("what was there is %q", got)
	}
	if n := files(t, v); n["sha256"] != 1 || n["partial"] != 0 {
		t.Errorf("files are left: %v", n)
	}
	delete(content, digest([]byte("initrd")))
	content[digest([]byte("kernel 2"))] = strings.NewReader("kernel 2")
	if err := v.Add(t.Context(), m, content); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without the bytes of one file: %v", err)
	}
}

// Files in pieces of a blob are served without a copy.
func TestExtents(t *testing.T) {
	v := vault.Open(t.TempDir())
	iso := strings.Repeat(".", 100) + "hello " + strings.Repeat(".", 100) + "world" + strings.Repeat(".", 9)
	m, content := image("debian/live", map[string]string{"debian.iso": iso})
	text := "hello world"
	piece := vault.File{Role: vault.RoleKernel, Path: "live/vmlinuz", Digest: digest([]byte(text)), Size: int64(len(text)),
		Source: vault.Source{Blob: digest([]byte(iso)), Extents: []vault.Extent{{Offset: 100, Length: 6}, {Offset: 206, Length: 5}}}}
	m.Files = append(m.Files, piece)
	if err := v.Add(t.Context(), m, content); err != nil {
		t.Fatal(err)
	}
	f, err := v.Open("debian/live/live/vmlinuz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for off := range len(text) + 2 {
		for n := range len(text) + 2 {
			b := make([]byte, n)
			got, err := f.ReadAt(b, int64(off))
			want := text[min(off, len(text)):min(off+n, len(text))]
			if string(b[:got]) != want || (got < n) != errors.Is(err, io.EOF) {
				t.Fatalf("%d bytes at %d: %q, %v; want %q", n, off, b[:got], err, want)
			}
		}
	}
	if m.Size() != int64(len(iso)) {
		t.Errorf("the image has %d bytes, want those of the medium alone", m.Size())
	}
	m.Files[1].Source.Extents[1].Offset = int64(len(iso)) - 2
	m.Name = "debian/live2"
	if err := v.Add(t.Context(), m, nil); err == nil || !strings.Contains(err.Error(), "beyond the end") {
		t.Errorf("a piece beyond the end: %v", err)
	}
}

// Loaders of some systems ask in capitals that their medium does not have; and a file of a medium may be empty.
func TestFoldCaseAndEmpty(t *testing.T) {
	v := vault.Open(t.TempDir())
	m, content := image("win/11", map[string]string{"medium.iso": "0123456789"})
	blob := digest([]byte("0123456789"))
	for path, x := range map[string]vault.Extent{"Boot/BCD": {Offset: 2, Length: 3}, "empty": {}} {
		text := "0123456789"[x.Offset : x.Offset+x.Length]
		m.Files = append(m.Files, vault.File{Role: vault.RoleOther, Path: path, Digest: digest([]byte(text)), Size: x.Length, Source: vault.Source{Blob: blob, Extents: []vault.Extent{x}}})
	}
	must(t, v.Add(t.Context(), m, content))
	if _, err := v.Open("win/11/BOOT/bcd"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without fold_case: %v", err)
	}
	m.FoldCase = true
	must(t, v.Add(t.Context(), m, nil))
	for name, want := range map[string]string{"win/11/BOOT/bcd": "234", "win/11/Boot/BCD": "234", "win/11/empty": ""} {
		if got := served(t, v, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	must(t, v.Verify(t.Context(), "", func(f vault.Verified) {
		if f.Rot != "" {
			t.Errorf("%+v", f)
		}
	}))
}

// Everything below is what somebody may do to the directory while nobody looks.
func TestChangedBehindOurBack(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, path string){
		"overwritten": func(t *testing.T, path string) { write(t, path, "KERNEL") },
		"truncated":   func(t *testing.T, path string) { must(t, os.Truncate(path, 2)) },
		"replaced": func(t *testing.T, path string) {
			write(t, path+".new", "KERNEL")
			must(t, os.Rename(path+".new", path))
		},
		"with its times put back": func(t *testing.T, path string) {
			info, err := os.Stat(path)
			must(t, err)
			time.Sleep(20 * time.Millisecond) // a tick of the file system's clock
			write(t, path, "KERNEL")
			must(t, os.Chtimes(path, info.ModTime(), info.ModTime()))
		},
	} {
		t.Run(name, func(t *testing.T) {
			v := vault.Open(t.TempDir())
			add(t, v, "debian/12", map[string]string{"linux": "kernel", "initrd": "fine"})
			blob := filepath.Join(v.Dir(), "blobs/sha256", digest([]byte("kernel")).Hex())
			before := served(t, v, "debian/12/linux")
			change(t, blob)
			for _, who := range []*vault.Vault{v, vault.Open(v.Dir())} {
				var rot *vault.RotError
				if _, err := who.Open("debian/12/linux"); !errors.As(err, &rot) || rot.Blob != digest([]byte(before)) {
					t.Errorf("%v, want a RotError", err)
				}
				if got := served(t, who, "debian/12/initrd"); got != "fine" {
					t.Errorf("the other file is %q", got)
				}
			}
			add(t, v, "debian/12", map[string]string{"linux": "kernel", "initrd": "fine"})
			if got := served(t, v, "debian/12/linux"); got != "kernel" {
				t.Errorf("after it was added again: %q", got)
			}
		})
	}
}

// A file that looks another one and holds the same bytes, as after a restore from a backup, is served; it is hashed once.
func TestRestoredFromBackup(t *testing.T) {
	v := vault.Open(t.TempDir())
	add(t, v, "debian/12", map[string]string{"linux": "kernel"})
	blob := filepath.Join(v.Dir(), "blobs/sha256", digest([]byte("kernel")).Hex())
	write(t, blob+".new", "kernel")
	must(t, os.Rename(blob+".new", blob))
	seal := filepath.Join(v.Dir(), "seals", digest([]byte("kernel")).Hex())
	before, err := os.ReadFile(seal)
	must(t, err)
	for range 2 {
		if got := served(t, v, "debian/12/linux"); got != "kernel" {
			t.Errorf("got %q", got)
		}
	}
	after, err := os.ReadFile(seal)
	if err != nil || bytes.Equal(before, after) {
		t.Errorf("the seal is %s, %v: want that of the new file", after, err)
	}
}

func TestVerify(t *testing.T) {
	v := vault.Open(t.TempDir())
	add(t, v, "debian/12", map[string]string{"linux": "kernel", "initrd": "shared"})
	add(t, v, "debian/13", map[string]string{"linux": "kernel 13", "initrd": "shared"})
	look := func(image string) (rotten []string) {
		n := 0
		must(t, v.Verify(t.Context(), image, func(f vault.Verified) {
			n++
			if f.Rot != "" {
				rotten = append(rotten, f.Image+"/"+f.Path)
			}
		}))
		if want := map[string]int{"": 4, "debian/12": 2}[image]; n != want {
			t.Errorf("%d files were looked at, want %d", n, want)
		}
		return rotten
	}
	if rotten := look(""); rotten != nil {
		t.Errorf("%q are rotten", rotten)
	}
	must(t, os.Remove(filepath.Join(v.Dir(), "blobs/sha256", digest([]byte("kernel 13")).Hex())))
	write(t, filepath.Join(v.Dir(), "blobs/sha256", digest([]byte("shared")).Hex()), "SHARED")
	if got, want := look(""), []string{"debian/12/initrd", "debian/13/initrd", "debian/13/linux"}; !slices.Equal(got, want) {
		t.Errorf("rotten are %q, want %q", got, want)
	}
	if got := look("debian/12"); len(got) != 1 {
		t.Errorf("of one image: %q", got)
	}
	if err := v.Verify(t.Context(), "debian/14", nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an image that is not there: %v", err)
	}
}

// A manifest that cannot be read keeps the others, and keeps blobs from being taken away.
func TestBadManifest(t *testing.T) {
	v := vault.Open(t.TempDir())
	add(t, v, "debian/12", map[string]string{"linux": "kernel"})
	add(t, v, "debian/13", map[string]string{"linux": "kernel 13"})
	write(t, filepath.Join(v.Dir(), "images/debian@13.json"), "{")
	write(t, filepath.Join(v.Dir(), "images/README"), "hello")
	v.Refresh()
	list, bad := v.List()
	if len(list) != 1 || len(bad) != 2 {
		t.Errorf("%d images, %v", len(list), bad)
	}
	if _, err := v.GC(t.Context()); err == nil {
		t.Error("blobs were taken away")
	}
	if n := files(t, v); n["sha256"] != 2 {
		t.Errorf("files: %v", n)
	}
	must(t, os.Remove(filepath.Join(v.Dir(), "images/README")))
	if _, err := v.Remove(t.Context(), "debian/13"); err != nil { // the way out
		t.Error(err)
	}
	if freed, err := v.GC(t.Context()); err != nil || freed.Blobs != 1 {
		t.Errorf("freed %+v, %v", freed, err)
	}
}

// Another vault on the same directory, as in another process, is seen within a second.
func TestSeenByOthers(t *testing.T) {
	v := vault.Open(t.TempDir())
	other := vault.Open(v.Dir())
	other.List()
	add(t, v, "debian/12", map[string]string{"linux": "kernel"})
	other.Refresh()
	if got := served(t, other, "debian/12/linux"); got != "kernel" {
		t.Errorf("got %q", got)
	}
}

func TestGCLeavesWhatIsInTheMaking(t *testing.T) {
	v := vault.Open(t.TempDir())
	p, err := v.Partial("http://example.org/linux")
	must(t, err)
	_, err = p.WriteString("half")
	must(t, err)
	must(t, p.SetNote([]byte("etag")))
	if freed, err := v.GC(t.Context()); err != nil || freed.Partials != 0 {
		t.Errorf("freed %+v, %v of a file that is being written", freed, err)
	}
	if _, err := vault.Open(v.Dir()).Partial("http://example.org/linux"); err == nil {
		t.Error("two have the same file in the making")
	}
	must(t, p.Close())
	p, err = v.Partial("http://example.org/linux")
	must(t, err)
	if b, _ := io.ReadAll(p); string(b) != "half" || string(p.Note()) != "etag" {
		t.Errorf("going on with %q, %q", b, p.Note())
	}
	must(t, p.Close())
	if freed, err := v.GC(t.Context()); err != nil || freed.Partials != 1 || freed.Bytes != 4 {
		t.Errorf("freed %+v, %v", freed, err)
	}
	if n := files(t, v); n["partial"] != 0 {
		t.Errorf("files: %v", n)
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	must(t, os.WriteFile(path, []byte(content), 0o644))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
