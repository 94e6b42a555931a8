// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/internal/api"
)

// TestListWaiting is the example of docs/machines.md.
func TestListWaiting(t *testing.T) {
	page, err := os.ReadFile("../../docs/machines.md")
	if err != nil {
		t.Fatal(err)
	}
	_, want, _ := strings.Cut(string(page), "# bootlace machines waiting\n")
	want, _, _ = strings.Cut(want, "```")
	var out bytes.Buffer
	err = listWaiting(&out, []api.Waiter{
		{Code: "K7MPX", Since: noon.Add(-5 * time.Minute), Asked: noon.Add(-2 * time.Second), From: "10.98.0.59", Machine: api.Machine{
			MACs: []string{"52:54:00:00:00:09"}, Arch: "uefi-x64", Inventory: &api.Inventory{Manufacturer: "Dell Inc.", Product: "PowerEdge R650", Serial: "4C4C454"}}},
		{Code: "9HFTC", Since: noon.Add(-time.Minute), Asked: noon.Add(-4 * time.Second), From: "10.98.0.60", Machine: api.Machine{MACs: []string{"52:54:00:00:00:0a"}, Arch: "bios"}},
	}, noon)
	if diff := cmp.Diff(want, out.String()); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

// TestPrintAdopted is the example of docs/machines.md.
func TestPrintAdopted(t *testing.T) {
	page, err := os.ReadFile("../../docs/machines.md")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err = printAdopted(&out, &api.Adopted{Code: "K7MPX", Name: "node9", MAC: "52:54:00:00:00:09", File: "/var/lib/bootlace/hosts/adopted.yaml"})
	if err != nil || !strings.Contains(string(page), "--allow-destructive\n"+out.String()+"```") {
		t.Errorf("%q, %v", out.String(), err)
	}
	out.Reset()
	if err := printAdopted(&out, &api.Adopted{Content: "hosts:\n"}); err != nil || out.String() != "hosts:\n" {
		t.Errorf("%q, %v", out.String(), err)
	}
}

func TestListRules(t *testing.T) {
	inUTC(t)
	until := noon
	var out bytes.Buffer
	err := listRules(&out, []api.RuleUse{{Name: "spring", Adopted: 12, Limit: 40, Until: &until}, {Name: "few", Adopted: 3, Limit: 3, Over: true}})
	want := "adopt rule spring: 12 of 40, until 2026-01-02 12:00:00\nadopt rule few: 3 of 3: adopts no more\n"
	if err != nil || out.String() != want {
		t.Errorf("%q, %v", out.String(), err)
	}
}

// TestListWaitingIsSafe: what machines say of themselves moves no cursor and begins no line.
func TestListWaitingIsSafe(t *testing.T) {
	var out bytes.Buffer
	err := listWaiting(&out, []api.Waiter{{Code: "K7MPX", Machine: api.Machine{Serial: "a\x1b[2J\nb\tc", Inventory: &api.Inventory{Product: "\u202eevil\r"}}}}, noon)
	if err != nil || strings.Count(out.String(), "\n") != 2 || strings.ContainsAny(out.String(), "\x1b\r\t") || strings.Contains(out.String(), "\u202e") {
		t.Errorf("%q, %v", out.String(), err)
	}
}
