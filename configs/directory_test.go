// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hashicorp/go-multierror"

	"github.com/bootlace-net/bootlace/boot"
)

// TestLoadErrors: the error holds every problem but warnings, in the order of files and lines.
func TestLoadErrors(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"hosts/z.yaml": "hosts: [{name: a, match: {mac: x}}]\n", "hosts/a.yaml": "x: y\n\nz: y\n", "bootlace.yaml": "unknown: x\n", "host.yaml": "",
	} {
		if err := errors.Join(os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o777), os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	cfg, problems := check(os.DirFS(dir), dir)
	err := Failure(problems)
	var all *multierror.Error
	if cfg != nil || !errors.As(err, &all) || len(all.Errors) != 4 {
		t.Fatalf("got %v", err)
	}
	var places []string
	for _, e := range all.Errors {
		var p boot.Problem
		if !errors.As(e, &p) {
			t.Fatalf("%T", e)
		}
		places = append(places, strings.TrimPrefix(p.Pos.String(), dir+string(filepath.Separator)))
	}
	if got := filepath.ToSlash(strings.Join(places, " ")); got != "bootlace.yaml:1:10 hosts/a.yaml:1:1 hosts/a.yaml:3:1 hosts/z.yaml:1:32" {
		t.Errorf("got %s", got)
	}
	if n := strings.Count(err.Error(), "\n"); n != 3 {
		t.Errorf("%d line breaks in %q", n, err)
	}
	if Failure([]boot.Problem{{What: "x", Warning: true}}) != nil {
		t.Error("warnings are no failure")
	}
}

// TestLinkedFiles: Kubernetes mounts every file as a symbolic link into a hidden directory.
func TestLinkedFiles(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "hosts", "..data")
	err := errors.Join(os.MkdirAll(data, 0o777), os.WriteFile(filepath.Join(data, "h.yaml"), []byte("hosts: [{name: a, match: {mac: 52:54:00:00:00:01}}]"), 0o666),
		os.Symlink(filepath.Join("..data", "h.yaml"), filepath.Join(dir, "hosts", "h.yaml")))
	if err != nil {
		t.Fatal(err)
	}
	cfg, problems := check(os.DirFS(dir), dir)
	if cfg == nil || len(cfg.Catalog.Hosts()) != 1 {
		t.Fatal(cfg, problems)
	}
	if err := os.Symlink("nowhere", filepath.Join(dir, "hosts", "i.yaml")); err != nil {
		t.Fatal(err)
	}
	if _, problems := check(os.DirFS(dir), dir); !strings.Contains(showProblems(problems), "i.yaml: cannot be read") {
		t.Errorf("a link to nowhere: got %v", problems)
	}
}

// failing is a file system with one file that cannot be read, and one that is too big.
type failing struct{ fstest.MapFS }

func (f failing) Open(name string) (fs.File, error) {
	if name == "hosts/secret.yaml" {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return f.MapFS.Open(name)
}

func (f failing) ReadFile(name string) ([]byte, error) {
	if _, err := f.Open(name); err != nil {
		return nil, err
	}
	return f.MapFS.ReadFile(name)
}

func TestUnreadable(t *testing.T) {
	cfg, problems := check(failing{fstest.MapFS{
		"hosts/secret.yaml":   {Data: []byte("x")},
		"profiles/image.yaml": {Data: make([]byte, maxFile+1)},
		"hosts/pipe.yaml":     {Mode: fs.ModeNamedPipe},
		"hosts/null.yaml":     {Mode: fs.ModeDevice | fs.ModeCharDevice},
	}}, "")
	if got := showProblems(problems); cfg != nil || got != "hosts/null.yaml: cannot be read: it is a device: expected a regular file, or a link to one\n"+
		"hosts/pipe.yaml: cannot be read: it is a FIFO: expected a regular file, or a link to one\n"+
		"hosts/secret.yaml: cannot be read: permission denied\n"+
		"profiles/image.yaml: cannot be read: it has 67108865 bytes: expected at most 67108864\n" {
		t.Errorf("got %s", got)
	}
}

func TestArchitecturesByName(t *testing.T) {
	_, byKey := matchKeys()
	for text, want := range map[string]string{
		"bios": "[bios]", "uefi-x64-http": "[uefi-x64]", "amd64": "[bios uefi-x64]", "i686": "[bios pc98 arc-x86 intel-lean-client uefi-ia32]",
		"aarch64": "[uefi-arm64 uboot-arm64 rpi]", "loong64": "[uefi-loong64]", "7": "[uefi-x64]",
	} {
		_, problems := check(fstest.MapFS{"hosts/h.yaml": {Data: []byte("groups: [{name: g, match: {arch: " + text + "}}]")}}, "")
		var m boot.Match
		for range 2 { // said twice, it is there once
			if err := byKey["arch"].Parse(&m, text); err != nil || len(problems) > 0 {
				t.Errorf("%s: %v %v", text, err, problems)
			}
		}
		var names []string
		for _, x := range m.Archs {
			names = append(names, x.String())
		}
		if got := "[" + strings.Join(names, " ") + "]"; got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func TestRemaps(t *testing.T) {
	cfg, problems := check(fstest.MapFS{"bootlace.yaml": {Data: []byte(`
tftp:
  remap:
    - {match: '(?i)^secret', deny: true}
    - {match: '^([a-z]+)-([0-9]+)$', replace: '$1/$2', final: true}
`)}}, "")
	if cfg == nil {
		t.Fatal(problems)
	}
	want := `[{(?i)^secret  false true} {^([a-z]+)-([0-9]+)$ $1/$2 true false}]`
	if got := fmt.Sprint(cfg.Settings.TFTP.Remap); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	_, problems = check(fstest.MapFS{"bootlace.yaml": {Data: []byte("tftp: {remap: [{match: '(', replace: x}, {replace: y}]}\n")}}, "")
	if got := showProblems(problems); got != `bootlace.yaml:1:24: tftp.remap[0].match: "(": expected a regular expression as Go has them (RE2)
bootlace.yaml:1:42: tftp.remap[1]: expected match
` {
		t.Errorf("wrong rules: %s", got)
	}
}
