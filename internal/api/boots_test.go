// SPDX-License-Identifier: Apache-2.0

package api

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/machines"
)

// asking is the first packet of a program; fetched is a file that it then loaded in a second.
func asking(at int, stage boot.Stage, port string) Event {
	return told(machines.Told{Event: boot.Event{Time: noon.Add(time.Duration(at) * time.Second), Kind: boot.EventDHCP, Client: boot.Client{Stage: stage},
		Exchange: &boot.Exchange{Port: port, Request: "DISCOVER", Verdict: "offer", Fresh: true}}})
}

func fetched(at int, p boot.Protocol) Event {
	e := boot.Event{Time: noon.Add(time.Duration(at) * time.Second), Kind: boot.EventFile,
		Transfer: &boot.Transfer{Protocol: p, Name: "x", Outcome: "complete", Good: true, Bytes: 1000, Duration: time.Second}}
	if p == boot.HTTP { // its event tells when it began
		e.Time = e.Time.Add(-time.Second)
	}
	return told(machines.Told{Event: e})
}

func TestBoots(t *testing.T) {
	const rom, ipxe, ours = boot.StageROM, boot.StageIPXE, boot.StageBootlace
	for _, tc := range []struct {
		name  string
		story []Event
		want  string // how many steps each boot has
	}{
		{"nothing", nil, ""},
		{"files alone, of which the DHCP was not seen", []Event{fetched(1, boot.TFTP), fetched(2, boot.HTTP)}, "2"},
		{"a ROM, then our iPXE", []Event{asking(0, rom, "67"), fetched(2, boot.TFTP), asking(3, ours, "67"), fetched(5, boot.HTTP)}, "4"},
		{"twice", []Event{asking(0, rom, "67"), fetched(2, boot.TFTP), asking(3, ours, "67"), asking(60, rom, "67"), fetched(62, boot.TFTP)}, "3 2"},
		{"the same ROM again, without a file", []Event{asking(0, rom, "67"), asking(20, rom, "67"), asking(40, rom, "67")}, "1 1 1"},
		{"IPv4, then IPv6", []Event{asking(0, rom, "67"), asking(20, rom, "547"), fetched(25, boot.TFTP)}, "3"},
		{"an iPXE of a network card's ROM, then ours", []Event{asking(0, ipxe, "67"), fetched(2, boot.TFTP), asking(3, ours, "67")}, "3"},
		{"an iPXE that comes back after our own", []Event{asking(0, ours, "67"), asking(9, ours, "67")}, "1 1"},
		{"long after", []Event{asking(0, rom, "67"), fetched(2, boot.TFTP), fetched(4000, boot.HTTP)}, "2 1"},
		{"a file that takes half an hour", []Event{asking(0, rom, "67"), func() Event {
			e := fetched(1800, boot.HTTP)
			e.File.Seconds = 1799
			return e
		}()}, "2"},
	} {
		var got []string
		for _, b := range Boots(tc.story) {
			got = append(got, fmt.Sprint(len(b.Steps)))
		}
		if s := strings.Join(got, " "); s != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, s, tc.want)
		}
	}
}

func TestWhatABootTook(t *testing.T) {
	b := Boots([]Event{fetched(1, boot.TFTP), asking(2, boot.StageBootlace, "67"), fetched(5, boot.HTTP)})[0]
	if !b.Began().Equal(noon) || b.Took() != 5*time.Second || b.Bytes() != 2000 {
		t.Errorf("%v %v %d", b.Began(), b.Took(), b.Bytes())
	}
}
