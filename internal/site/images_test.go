// SPDX-License-Identifier: Apache-2.0

package site

import (
	"bytes"
	"errors"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/images/vault"
)

// keepImage puts an image into the vault of a state directory; files are by role and path.
func keepImage(t *testing.T, state, name string, files [][2]string, cmdline ...string) {
	t.Helper()
	m := &vault.Manifest{Format: vault.Format, Name: name, Family: "debian", Version: "12", Arch: "x86_64", Cmdline: cmdline, Added: time.Now().UTC()}
	content := make(map[vault.Digest]io.Reader)
	for _, f := range files {
		b := []byte("the " + f[1])
		d, n, _ := vault.DigestOf(bytes.NewReader(b))
		m.Files = append(m.Files, vault.File{Role: vault.Role(f[0]), Path: f[1], Digest: d, Size: n, Source: vault.Source{Blob: d}})
		m.Origins = append(m.Origins, vault.Origin{URL: "http://example.org/" + f[1], Digest: d, Size: n, Trust: vault.TrustOpenPGP, Key: "ABCD", Fetched: m.Added})
		content[d] = bytes.NewReader(b)
	}
	if err := vault.Open(filepath.Join(state, "vault")).Add(t.Context(), m, content); err != nil {
		t.Fatal(err)
	}
}

func debian(t *testing.T, state string) {
	t.Helper()
	keepImage(t, state, "debian/12", [][2]string{{"kernel", "linux"}, {"initrd", "initrd.gz"}, {"other", "live/root.squashfs"}},
		"boot=live", "fetch={url}live/root.squashfs", "console=tty0", "quiet")
}

// imageSite is a configuration with a profile that boots an image.
func imageSite(t *testing.T, state, profile string, more map[string]string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	config := map[string]string{"bootlace.yaml": "server: {user: \"\"}\n", "profiles/p.yaml": profile, "hosts/h.yaml": "hosts: [{name: h, match: {mac: " + one + "}, profile: p}]\n"}
	for name, text := range more {
		config[name] = text
	}
	write(t, dir, config)
	return dir
}

func open(t *testing.T, dir, state string) *Site {
	t.Helper()
	s, problems, err := Open(dir, Overrides{State: state})
	if s == nil || err != nil {
		t.Fatalf("%v %v", problems, err)
	}
	return s
}

// A profile that names an image gets its kernel, initrds and arguments, and all its files, by the names that all files have.
func TestImageBoots(t *testing.T) {
	state := t.TempDir()
	debian(t, state)
	s := open(t, imageSite(t, state, "image: debian/12\ncmdline: [console=ttyS0, mine]\n", nil), state)
	script, err := ask(t, s, boot.HTTP, "boot.ipxe", one)
	if err != nil {
		t.Fatal(err)
	}
	m, _ := boot.ParseMAC(one)
	base := "http://10.0.0.254:8080/m/" + m.Dash() + "/debian/12/"
	for _, want := range []string{base + "linux", base + "initrd.gz", "boot=live fetch=" + base + "live/root.squashfs console=ttyS0 quiet mine"} {
		if !strings.Contains(script, want) {
			t.Errorf("%q is not in:\n%s", want, script)
		}
	}
	for _, p := range []boot.Protocol{boot.HTTP, boot.TFTP} {
		for name, want := range map[string]string{"debian/12/linux": "the linux", "debian/12/live/root.squashfs": "the live/root.squashfs"} {
			if got, err := ask(t, s, p, name, one); err != nil || got != want {
				t.Errorf("%s by %v: %q, %v", name, p, got, err)
			}
		}
	}
	x := s.Explain(boot.Client{MAC: m, Stage: boot.StageIPXE}, netip.Addr{}, Reported{})
	if x.Image == nil || !strings.Contains(x.Image.String(), "debian/12, from http://example.org/linux and ") || !strings.Contains(x.Image.String(), "signed by ABCD") {
		t.Errorf("explain says %v", x.Image)
	}
	for _, f := range x.Files {
		if !f.OK {
			t.Errorf("%+v", f)
		}
	}
	if missing := s.Missing(); len(missing) != 0 {
		t.Errorf("%v", missing)
	}
}

// Images that are a medium or a program are started as such; in menus and for architectures, too.
func TestImageKinds(t *testing.T) {
	state := t.TempDir()
	debian(t, state)
	keepImage(t, state, "rescue/1", [][2]string{{"iso", "rescue.iso"}})
	keepImage(t, state, "netboot.xyz/latest", [][2]string{{"program", "netboot.xyz.efi"}, {"other", "netboot.xyz.kpxe"}})
	keepImage(t, state, "parts/1", [][2]string{{"other", "x"}})
	s := open(t, imageSite(t, state, "menu: {entries: [{image: rescue/1}, {title: Deb, image: debian/12, arch: {arm64: {image: rescue/1}}}, {image: netboot.xyz/latest}]}\n", nil), state)
	entries := s.Catalog.Profile("p").Start.Entries
	for i, want := range []boot.EntryKind{boot.EntryISO, boot.EntryKernel, boot.EntryChain} {
		if entries[i].Kind != want {
			t.Errorf("entry %s is of kind %v, want %v", entries[i].Name, entries[i].Kind, want)
		}
	}
	if e := entries[1].For(boot.ArchARM64); e.Kind != boot.EntryISO || e.Target.S != "rescue/1/rescue.iso" {
		t.Errorf("for arm64: %+v", e)
	}
	if s = open(t, imageSite(t, state, "image: parts/1\n", nil), state); len(s.Missing()) != 1 || !strings.Contains(s.Missing()[0].Error(), "nothing that can be started") {
		t.Errorf("%v", s.Missing())
	}
}

// What cannot be booted is a mistake for check, with what would help, and no reason for serve not to run.
func TestImageMissing(t *testing.T) {
	state := t.TempDir()
	debian(t, state)
	for profile, want := range map[string]string{
		"image: debian/13\n":              "profiles/p.yaml:1:8: image debian/13 is not here: expected it to be pulled: bootlace images pull debian/13; or did you mean debian/12?",
		"image: debian/12\n":              "profiles/p.yaml:1:8: image debian/12 is hidden by " + filepath.Join(state, "images/debian/12"),
		"image: debian/12\nlocal: true\n": "starts both image and local",
	} {
		write(t, filepath.Join(state, "images"), map[string]string{"debian/12/linux": "the operator's"})
		dir := imageSite(t, state, profile, nil)
		_, found, err := Check(dir, Overrides{State: state}, false)
		if err != nil || len(found.Errors) != 1 || !strings.Contains(found.Errors[0].Problem().Error(), want) {
			t.Errorf("%s: %v %+v, want %q", profile, err, found.Errors, want)
		}
		if strings.Contains(want, "both") {
			continue
		}
		if s := open(t, dir, state); len(s.Missing()) != 1 {
			t.Errorf("%s: serve warns of %v", profile, s.Missing())
		}
	}
}

// Manifests that cannot be used, and mistakes in the catalogue, are told of by check.
func TestImageProblems(t *testing.T) {
	state := t.TempDir()
	debian(t, state)
	if err := os.WriteFile(filepath.Join(state, "vault/images/debian@13.json"), []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	dir := imageSite(t, state, "image: debian/12\n", map[string]string{"catalog.yaml": "images: {mine: {titel: x}}\n"})
	_, found, err := Check(dir, Overrides{State: state}, false)
	if err != nil || len(found.Errors) != 1 || !strings.Contains(found.Errors[0].What, "images.mine.titel") {
		t.Errorf("%v %+v", err, found.Errors)
	}
	if len(found.Warnings) != 1 || !strings.Contains(found.Warnings[0].What, "debian@13.json") {
		t.Errorf("%+v", found.Warnings)
	}
}

// A reload sees what was pulled meanwhile.
func TestImagePulledLater(t *testing.T) {
	state := t.TempDir()
	s := open(t, imageSite(t, state, "image: debian/12\n", nil), state)
	if len(s.Missing()) != 1 {
		t.Fatalf("%v", s.Missing())
	}
	before := s.Images.Vault().State()
	debian(t, state)
	s.Images.Vault().Refresh()
	if s.Images.Vault().State() == before {
		t.Error("nobody would notice")
	}
	again, problems, err := s.Again()
	if again == nil || err != nil || len(again.Missing()) != 0 {
		t.Fatalf("%v %v", problems, err)
	}
	if got, err := ask(t, again, boot.HTTP, "debian/12/linux", one); err != nil || got != "the linux" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestUses(t *testing.T) {
	state := t.TempDir()
	k, err := OpenKept(imageSite(t, state, "menu: {entries: [{image: debian/12, arch: {arm64: {image: debian/12/arm64}}}]}\n", map[string]string{"profiles/broken.yaml": "image: debian/12\nnothing: 1\n"}), Overrides{State: state})
	if err != nil {
		t.Fatal(err)
	}
	if uses := k.Uses("debian/12"); len(uses) != 2 || !strings.Contains(uses[0], "profile broken (") || !strings.Contains(uses[1], "p.yaml:1:26") {
		t.Errorf("%q", uses)
	}
	if uses := k.Uses("debian/12/arm64"); len(uses) != 1 {
		t.Errorf("%q", uses)
	}
	if uses := k.Uses("debian/11"); len(uses) != 0 {
		t.Errorf("%q", uses)
	}
}

// Without any configuration, the menu of what there is starts images as they say, and guesses nothing about their files.
func TestImagesInTheDefaultMenu(t *testing.T) {
	state := t.TempDir()
	debian(t, state)
	keepImage(t, state, "rescue/1", [][2]string{{"iso", "rescue.iso"}})
	keepImage(t, state, "parts/1", [][2]string{{"other", "vmlinuz"}, {"other", "initrd"}})
	write(t, filepath.Join(state, "images"), map[string]string{"own/linux": "k", "own/initrd": "i"})
	s, _, err := Open("", Overrides{State: state})
	if err != nil {
		t.Fatal(err)
	}
	script, err := ask(t, s, boot.HTTP, "boot.ipxe", one)
	if err != nil {
		t.Fatal(err)
	}
	m, _ := boot.ParseMAC(one)
	base := "http://10.0.0.254:8080/m/" + m.Dash()
	for _, want := range []string{base + "/debian/12/linux", "fetch=" + base + "/debian/12/live/root.squashfs console=tty0 quiet", base + "/rescue/1/rescue.iso", base + "/own/linux"} {
		if !strings.Contains(script, want) {
			t.Errorf("%q is not in:\n%s", want, script)
		}
	}
	if strings.Contains(script, "parts/1") || strings.Count(script, "debian/12/linux") != 1 {
		t.Errorf("guessed:\n%s", script)
	}
}

// What was changed behind our back is served by no protocol, and the error for the log says what to do.
func TestImageRots(t *testing.T) {
	state := t.TempDir()
	debian(t, state)
	s := open(t, imageSite(t, state, "image: debian/12\n", nil), state)
	if err := os.WriteFile(s.path("debian/12/linux"), []byte("evil kernel"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, p := range []boot.Protocol{boot.HTTP, boot.TFTP} {
		var rot *vault.RotError
		if got, err := ask(t, s, p, "debian/12/linux", one); !errors.As(err, &rot) || !strings.Contains(err.Error(), "bootlace images verify") {
			t.Errorf("by %v: %q, %v", p, got, err)
		}
		if got, err := ask(t, s, p, "debian/12/initrd.gz", one); err != nil || got != "the initrd.gz" {
			t.Errorf("the other file by %v: %q, %v", p, got, err)
		}
	}
	if missing := s.Missing(); len(missing) != 1 || !strings.Contains(missing[0].Error(), "changed behind our back") {
		t.Errorf("%v", missing)
	}
}
