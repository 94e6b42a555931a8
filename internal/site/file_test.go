// SPDX-License-Identifier: Apache-2.0

package site

import (
	"errors"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/images"
)

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

// write puts files below dir, by slash-separated name.
func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// siteOf opens a site of files of a configuration and of images; a problem in it ends the test.
func siteOf(t *testing.T, config, images map[string]string) *Site {
	t.Helper()
	dir, state := t.TempDir(), t.TempDir()
	write(t, dir, config)
	write(t, filepath.Join(state, "images"), images)
	s, problems, err := Open(dir, Overrides{State: state})
	if s == nil || err != nil {
		t.Fatalf("%v %v", problems, err)
	}
	return s
}

// ask opens a name for the machine with that address.
func ask(t *testing.T, s *Site, p boot.Protocol, asked, mac string) (string, error) {
	t.Helper()
	m, err := boot.ParseMAC(mac)
	if err != nil {
		t.Fatal(err)
	}
	name, err := s.Name(p, asked)
	if err != nil {
		return "", err
	}
	plan := s.Plan(boot.Client{MAC: m})
	v := s.Visit(name.For(m), plan.Client, addr("10.0.0.254"))
	v.Protocol = p
	f, err := s.File(v, plan)
	if err != nil {
		return "", err
	}
	defer f.Close()
	body, err := io.ReadAll(io.NewSectionReader(f, 0, f.Size()))
	return string(body), err
}

const one = "52:54:00:00:00:01"

func TestFile(t *testing.T) {
	s := siteOf(t, map[string]string{
		"bootlace.yaml":   "unknown: ignore\ntftp: {ignore_case: true, remap: [{match: '^tftpboot/', replace: ''}, {match: '^private', deny: true}]}\n",
		"profiles/p.yaml": "kernel: linux\nfiles: {seed: {content: 'of {{ .host.name }}'}}\n",
		"hosts/h.yaml":    "hosts: [{name: one, match: {mac: '52:54:00:00:00:01'}, profile: p}]\n",
	}, map[string]string{"linux": "kernel", "seed": "not this", "pxelinux.cfg/readme": "static", "private": "x"})
	for _, tc := range []struct {
		what, name string
		protocol   boot.Protocol
		body       string
		err        error
	}{
		{"rendered goes before the store", "seed", boot.TFTP, "of one", nil},
		{"what is not rendered lies in the store", "linux", boot.TFTP, "kernel", nil},
		{"a directory of ours in the store", "pxelinux.cfg/readme", boot.HTTP, "static", nil},
		{"rules rewrite names of TFTP", "tftpboot/linux", boot.TFTP, "kernel", nil},
		{"and leave the machine's prefix", "m/52-54-00-00-00-01/tftpboot/linux", boot.TFTP, "kernel", nil},
		{"and refuse some", "private", boot.TFTP, "", fs.ErrPermission},
		{"HTTP's names are as they are", "tftpboot/linux", boot.HTTP, "", fs.ErrNotExist},
		{"TFTP's in any case", "LINUX", boot.TFTP, "kernel", nil},
		{"HTTP's as they are written", "LINUX", boot.HTTP, "", fs.ErrNotExist},
		{"outside", "../etc/passwd", boot.TFTP, "", fs.ErrInvalid},
		{"missing", "nothing", boot.TFTP, "", fs.ErrNotExist},
	} {
		t.Run(tc.what, func(t *testing.T) {
			body, err := ask(t, s, tc.protocol, tc.name, one)
			if body != tc.body || !errors.Is(err, tc.err) {
				t.Errorf("%q, %v; want %q, %v", body, err, tc.body, tc.err)
			}
		})
	}
	if body, err := ask(t, s, boot.HTTP, "seed", "52:54:00:00:00:77"); body != "not this" || err != nil {
		t.Errorf("a machine that is ignored gets what anybody does: %q, %v", body, err)
	}
}

// A Raspberry Pi asks for everything below its serial number, and gets what all of them share where there is nothing of its
// own. To other machines that directory means nothing.
func TestFileOfRaspberryPi(t *testing.T) {
	s := siteOf(t, nil, map[string]string{"rpi/start4.elf": "shared", "rpi/fixup4.dat": "shared", "abcdef12/fixup4.dat": "its own", "pi/vmlinuz": "kernel"})
	mac := boot.MAC{0xdc, 0xa6, 0x32, 1, 2, 3}
	four := boot.Client{MAC: mac, Archs: []boot.Arch{boot.ArchRPi}, Serial: "abcdef12"}
	three := boot.Client{MAC: mac, Archs: []boot.Arch{boot.ArchRPi}}
	for _, tc := range []struct {
		what, name string
		client     boot.Client
		body       string
	}{
		{"firmware that all share", "abcdef12/start4.elf", four, "shared"},
		{"firmware of its own", "abcdef12/fixup4.dat", four, "its own"},
		{"what config.txt names", "abcdef12/pi/vmlinuz", four, "kernel"},
		{"its hardware address for a directory", "dc-a6-32-01-02-03/start4.elf", four, "shared"},
		{"the directory of another", "abcdef13/start4.elf", four, ""},
		{"a model that does not tell its serial number", "0badcafe/start4.elf", three, "shared"},
		{"no Raspberry Pi", "abcdef12/start4.elf", boot.Client{MAC: mac}, ""},
		{"nothing anywhere", "abcdef12/recovery.elf", four, ""},
	} {
		for _, p := range []boot.Protocol{boot.TFTP, boot.HTTP} {
			t.Run(tc.what+" by "+p.String(), func(t *testing.T) {
				name, err := s.Name(p, tc.name)
				if err != nil {
					t.Fatal(err)
				}
				v := s.Visit(name, tc.client, addr("10.0.0.254"))
				v.Protocol = p
				f, err := s.File(v, s.Plan(tc.client))
				if tc.body == "" {
					if !errors.Is(err, fs.ErrNotExist) {
						t.Errorf("got error %v, want fs.ErrNotExist", err)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				defer f.Close()
				if got, _ := io.ReadAll(io.NewSectionReader(f, 0, f.Size())); string(got) != tc.body {
					t.Errorf("got %q, want %q", got, tc.body)
				}
			})
		}
	}
}

// A template that fails is an error, never a file of the same name.
func TestFileKeepsRenderErrors(t *testing.T) {
	s := siteOf(t, map[string]string{
		"bootlace.yaml":   "server: {secrets: " + t.TempDir() + "}\n",
		"profiles/p.yaml": "kernel: linux\nfiles: {seed: {content: '{{ secret \"none\" }}'}}\n",
		"hosts/h.yaml":    "hosts: [{name: one, match: {mac: '52:54:00:00:00:01'}, profile: p}]\n",
	}, map[string]string{"seed": "not this"})
	if body, err := ask(t, s, boot.HTTP, "seed", one); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%q, %v", body, err)
	}
}

func TestLoaderIsPatched(t *testing.T) {
	body, err := ask(t, siteOf(t, nil, nil), boot.TFTP, "m/52-54-00-00-00-01/ipxe.efi", one)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(body, "chain --replace http://10.0.0.254:8080/m/${mac:hexhyp}/boot.ipxe ||") {
		t.Error("our iPXE does not know its script")
	}
}

func TestLoaderScriptFits(t *testing.T) {
	for _, server := range []string{"255.255.255.255", "fd77:aaaa:bbbb:cccc:dddd:eeee:ffff:1111"} {
		for _, port := range []uint16{0, 80, 65535} {
			for _, scheme := range []boot.Protocol{boot.TFTP, boot.HTTP, boot.HTTPS} {
				if s := loaderScript(boot.Endpoint{Scheme: scheme, Host: addr(server), Port: port}); len(s) > images.ScriptRoom {
					t.Errorf("%d bytes with %s and port %d, room for %d", len(s), server, port, images.ScriptRoom)
				}
			}
		}
	}
}

// Boot programs that come in two files need both.
func TestMissingCompanions(t *testing.T) {
	profiles := "name: p\nloader: {bios: bios/pxelinux.0, uefi-x64: efi/syslinux.efi, uefi-arm64: shimaa64.efi}\nkernel: linux\n" +
		"---\nname: q\nloader: {uefi: shimx64.efi.signed}\nchain: lpxelinux.0\n"
	programs := map[string]string{"linux": "x", "bios/pxelinux.0": "x", "efi/syslinux.efi": "x", "shimaa64.efi": "x", "shimx64.efi.signed": "x", "lpxelinux.0": "x",
		"ldlinux.c32": "x", "grubx64.efi": "x"}
	config := map[string]string{"profiles/p.yaml": profiles}
	var got []string
	for _, p := range siteOf(t, config, programs).Missing() {
		level := "error: "
		if p.Warning {
			level = "warning: "
		}
		got = append(got, level+p.What)
	}
	want := []string{
		"warning: loader bios/pxelinux.0 cannot start without bios/ldlinux.c32",
		"error: loader efi/syslinux.efi cannot start without efi/ldlinux.e64",
		"error: loader shimaa64.efi cannot start without grubaa64.efi",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, beside := range []string{"bios/ldlinux.c32", "efi/ldlinux.e64", "grubaa64.efi"} {
		programs[beside] = "x"
	}
	if missing := siteOf(t, config, programs).Missing(); len(missing) > 0 {
		t.Errorf("with all of them: %v", missing)
	}
}

// A reload sees an images directory that was replaced, also in what it says of missing files.
func TestAgainSeesReplacedImages(t *testing.T) {
	s := siteOf(t, map[string]string{"profiles/p.yaml": "kernel: linux\n"}, map[string]string{"other": "x"})
	if len(s.Missing()) != 1 {
		t.Fatalf("missing before: %v", s.Missing())
	}
	dir := s.ImagesDir()
	write(t, dir+".new", map[string]string{"linux": "kernel"})
	if err := errors.Join(os.Rename(dir, dir+".old"), os.Rename(dir+".new", dir)); err != nil {
		t.Fatal(err)
	}
	s, problems, err := s.Again()
	if s == nil || err != nil {
		t.Fatalf("%v %v", problems, err)
	}
	if missing := s.Missing(); len(missing) > 0 {
		t.Errorf("still missing: %v", missing)
	}
}
