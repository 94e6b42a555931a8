// SPDX-License-Identifier: Apache-2.0

package screen

import (
	"net/http"
	"net/http/cookiejar"
	"net/netip"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
)

func newJar(t testing.TB) http.CookieJar {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return jar
}

// boots has a machine boot as real ones do, up to the last of the steps that are said.
type boots struct {
	site   *site
	client boot.Client
	at     time.Time
}

func (s *site) machine(n int, at time.Time) *boots {
	c := boot.Client{MAC: card(n), Archs: []boot.Arch{boot.ArchX64}, Class: boot.ClassPXE, Vendor: "PXEClient:Arch:00007:UNDI:003016", Serial: "S" + card(n).String()[15:],
		Addr: netip.AddrFrom4([4]byte{192, 0, 2, byte(n)}), Interface: "eth0"}
	s.api.Memory.See(c)
	return &boots{s, c, at}
}

// note tells of a step that has ended after a time.
func (b *boots) note(after time.Duration, e boot.Event) *boots {
	b.at = b.at.Add(after)
	e.Time, e.Client = b.at, b.client
	if e.Level == boot.LevelDebug {
		e.Level = boot.LevelInfo
	}
	if x := e.Transfer; x != nil && x.Protocol == boot.HTTP {
		e.Time = e.Time.Add(-x.Duration)
	}
	b.site.note(e)
	return b
}

func (b *boots) dhcp(after time.Duration, port, request, file string, stage boot.Stage, fresh bool) *boots {
	b.client.Stage = stage
	return b.note(after, boot.Event{Kind: boot.EventDHCP, Text: "offered " + file,
		Exchange: &boot.Exchange{Port: port, Request: request, Verdict: map[string]string{"67": "offer", "4011": "ack"}[port], Answered: true, File: file, Fresh: fresh}})
}

func (b *boots) tftp(took time.Duration, name string, size, got, again int64) *boots {
	x := &boot.Transfer{Protocol: boot.TFTP, Name: name, Outcome: "complete", Good: true, Size: size, Bytes: got, Duration: took, BlockSize: 1468, WindowSize: 4, Retransmits: again}
	level := boot.LevelInfo
	if got < size {
		x.Outcome, x.Good, level = "client fell silent", false, boot.LevelWarn
	}
	return b.note(took, boot.Event{Kind: boot.EventFile, Level: level, Text: name, Transfer: x})
}

func (b *boots) http(took time.Duration, name string, size, got int64) *boots {
	x := &boot.Transfer{Protocol: boot.HTTP, Name: name, Outcome: "complete", Good: true, Size: size, Bytes: got, Duration: took, Status: 200}
	level := boot.LevelInfo
	if got < size {
		x.Outcome, x.Good, level = "broken off", false, boot.LevelWarn
	}
	return b.note(took, boot.Event{Kind: boot.EventFile, Level: level, Text: name, Transfer: x})
}

func (b *boots) log(after time.Duration, program, severity, text string) *boots {
	return b.note(after, boot.Event{Kind: boot.EventLog, Text: program + ": " + text, Log: &boot.LogLine{Form: "rfc3164", Program: program, Severity: severity}})
}

// firmware is what every boot begins with.
func (b *boots) firmware() *boots {
	return b.dhcp(0, "67", "DISCOVER", "m/"+b.client.MAC.String()+"/ipxe.efi", boot.StageROM, true).
		dhcp(2100*time.Millisecond, "4011", "REQUEST", "ipxe.efi", boot.StageROM, false).
		tftp(310*time.Millisecond, "ipxe.efi", 1035264, 1035264, 2).
		dhcp(1900*time.Millisecond, "67", "DISCOVER", "boot.ipxe", boot.StageBootlace, true).
		http(4*time.Millisecond, "boot.ipxe", 669, 669)
}

// installs goes on to the end of an installation.
func (b *boots) installs() *boots {
	return b.firmware().http(190*time.Millisecond, "vmlinuz", 8200000, 8200000).http(640*time.Millisecond, "initrd.gz", 39300000, 39300000).
		log(3*time.Second, "kernel", "info", "Linux version 6.1.0-28-amd64").
		http(20*time.Millisecond, "preseed.cfg", 2412, 2412).
		log(14*time.Second, "main-menu", "info", "INFO: Menu item 'partman-base' selected").
		log(9*time.Second, "in-target", "warning", "dpkg: warning: ignoring pre-dependency problem").
		note(12*time.Second, boot.Event{Kind: boot.EventNotice, Text: "generation 1 is installed, shown by its own report"})
}

// breaks is a boot whose initrd does not come to its end.
func (b *boots) breaks() *boots {
	return b.firmware().http(190*time.Millisecond, "vmlinuz", 8200000, 8200000).http(21*time.Second, "initrd.gz", 39300000, 13400000)
}
