// SPDX-License-Identifier: Apache-2.0

package recorder

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

// TestSecureBootIsNoticed: a loader that was sent whole and asks for nothing was refused by the firmware, which comes again.
func TestSecureBootIsNoticed(t *testing.T) {
	other := boot.MAC{0x52, 0x54, 0, 0, 0, 2}
	dhcp := func(stage boot.Stage, arch boot.Arch) boot.Event {
		return boot.Event{Kind: boot.EventDHCP, Level: boot.LevelInfo, Client: boot.Client{MAC: node1, Archs: []boot.Arch{arch}, Class: boot.ClassPXE, Stage: stage},
			Text: "offered", Exchange: &boot.Exchange{Port: "67", Fresh: true, Verdict: "offer"}}
	}
	get := func(mac boot.MAC, arch boot.Arch, name string, bytes int64) boot.Event {
		return boot.Event{Kind: boot.EventFile, Level: boot.LevelInfo, Client: boot.Client{MAC: mac, Archs: []boot.Arch{arch}}, Text: name,
			Transfer: &boot.Transfer{Protocol: boot.TFTP, Name: name, Remote: netip.MustParseAddrPort("10.0.0.7:2000"), Outcome: "complete", Good: true, Size: 1000, Bytes: bytes}}
	}
	const x64, loader = boot.ArchX64, "m/52-54-00-00-00-01/ipxe.efi"
	rom := dhcp(boot.StageROM, x64)
	late := rom
	late.Time = start.Add(2 * refusedWithin)
	for _, tt := range []struct {
		what   string
		events []boot.Event
		want   int
	}{
		{"refused, and the next boot entry", []boot.Event{rom, get(node1, x64, loader, 0), get(node1, x64, loader, 1000), rom}, 1},
		{"again and again is said once", []boot.Event{rom, get(node1, x64, loader, 1000), rom, get(node1, x64, loader, 1000), rom}, 1},
		{"loaded twice without DHCP", []boot.Event{get(node1, x64, loader, 1000), get(node1, x64, loader, 1000)}, 1},
		{"started", []boot.Event{rom, get(node1, x64, loader, 1000), get(node1, x64, "m/52-54-00-00-00-01/boot.ipxe", 500), rom}, 0},
		{"started, and it names another card", []boot.Event{rom, get(node1, x64, loader, 1000), get(other, x64, "m/52-54-00-00-00-02/boot.ipxe", 500), rom}, 0},
		{"started, and it asks DHCP", []boot.Event{rom, get(node1, x64, loader, 1000), dhcp(boot.StageBootlace, x64), rom}, 0},
		{"broken off", []boot.Event{rom, get(node1, x64, loader, 900), rom}, 0},
		{"the size only", []boot.Event{rom, get(node1, x64, loader, 0), rom}, 0},
		{"a BIOS machine", []boot.Event{dhcp(boot.StageROM, boot.ArchBIOS), get(node1, boot.ArchBIOS, "undionly.kpxe", 1000), dhcp(boot.StageROM, boot.ArchBIOS)}, 0},
		{"shim is signed", []boot.Event{rom, get(node1, x64, "shimx64.efi", 1000), rom}, 0},
		{"its shim started it", []boot.Event{rom, get(node1, x64, "loaders/s/snponly-shim.efi", 1000), get(node1, x64, "loaders/s/snponly.efi", 1000), get(node1, x64, "loaders/s/autoexec.ipxe", 50), rom}, 0},
		{"its shim refused it", []boot.Event{rom, get(node1, x64, "loaders/s/snponly-shim.efi", 1000), get(node1, x64, "loaders/s/snponly.efi", 1000), rom}, 1},
		{"long ago", []boot.Event{rom, get(node1, x64, loader, 1000), late}, 0},
	} {
		d := newDiary(boot.LevelInfo)
		for _, e := range tt.events {
			if e.Time.IsZero() {
				e.Time = start.Add(time.Second)
			}
			d.Record(e)
		}
		if log := d.out.String(); strings.Count(log, "Secure Boot? the loader is not signed") != tt.want {
			t.Errorf("%s: want it said %d times:\n%s", tt.what, tt.want, log)
		}
	}
}
