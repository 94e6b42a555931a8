// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"encoding/binary"
	"hash/crc32"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/boot"
)

// bootScript opens U-Boot's script of a machine with a profile.
func bootScript(t *testing.T, name string, p *boot.Profile) []byte {
	t.Helper()
	tree, _ := New(nil, Options{Modified: time.Unix(1_800_000_000, 0)})
	n, err := boot.ParseName(name)
	if err != nil {
		t.Fatal(err)
	}
	c := boot.Client{MAC: hostMAC(1), Archs: []boot.Arch{boot.ArchARM64UBoot}}
	v := boot.Visit{Name: n, Client: c, Server: boot.Endpoint{Host: netip.MustParseAddr("192.0.2.1")}}
	f, err := tree.Open(v, boot.Plan{Action: boot.ActionBoot, Client: c, Profile: p, Host: &boot.Host{Name: "o'neil"}})
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(io.NewSectionReader(f, 0, f.Size()))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBootScript(t *testing.T) {
	local := &boot.Profile{Entry: boot.Entry{Name: "disk", Kind: boot.EntryLocal}}
	kernel := &boot.Profile{Entry: boot.Entry{Name: "tiny", Kernel: boot.Text{S: "linux"}}}
	for _, tt := range []struct {
		name    string
		profile *boot.Profile
		want    string
	}{
		{"boot.scr.uimg", kernel, "# Bootlace: o'neil (52:00:00:00:00:01), profile tiny\n" +
			"echo 'Bootlace: o`neil (52:00:00:00:00:01), profile tiny'\nif pxe get; then\n  pxe boot\nfi\n"},
		{"m/52-54-00-00-00-01/boot.scr", local, "# Bootlace: o'neil (52:00:00:00:00:01), profile disk\n" +
			"echo 'Bootlace: o`neil (52:00:00:00:00:01), profile disk'\n"},
	} {
		b := bootScript(t, tt.name, tt.profile)
		u32 := func(at int) uint32 { return binary.BigEndian.Uint32(b[at:]) }
		if u32(0) != 0x27051956 || u32(8) != 1_800_000_000 || u32(12) != uint32(len(b)-64) || u32(24) != crc32.ChecksumIEEE(b[64:]) {
			t.Errorf("%s: the header is %x", tt.name, b[:64])
		}
		if u32(64) != uint32(len(tt.want)) || u32(68) != 0 {
			t.Errorf("%s: lengths %d %d, want %d and 0", tt.name, u32(64), u32(68), len(tt.want))
		}
		if diff := cmp.Diff(tt.want, string(b[72:])); diff != "" {
			t.Errorf("%s -want +got:\n%s", tt.name, diff)
		}
	}
}

// U-Boot's own tool takes it for what it is, which it does not when a checksum or a length is wrong.
func TestBootScriptForMkimage(t *testing.T) {
	mkimage, err := exec.LookPath("mkimage")
	if err != nil {
		t.Skip("mkimage (u-boot-tools) is not installed")
	}
	file := filepath.Join(t.TempDir(), "boot.scr")
	if err := os.WriteFile(file, bootScript(t, "boot.scr", &boot.Profile{Entry: boot.Entry{Kernel: boot.Text{S: "linux"}}}), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(mkimage, "-l", file).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, want := range []string{"Image Name:   Bootlace", "AArch64 Linux Script (uncompressed)", "Contents:\n   Image 0: "} {
		if !strings.Contains(string(out), want) {
			t.Errorf("mkimage does not say %q:\n%s", want, out)
		}
	}
}
