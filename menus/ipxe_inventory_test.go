// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"net/netip"
	"os"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/bootlace-net/bootlace/boot"
)

// wanted gives a rendered file of the case of inventories.
func wanted(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/inventory.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range txtar.Parse(b).Files {
		if f.Name == "want/"+name {
			return string(f.Data)
		}
	}
	t.Fatal("no ", name)
	return ""
}

// TestInventoryScript: a build that has forms sends one, another a query; where nothing can be sent the script still ends well.
func TestInventoryScript(t *testing.T) {
	for _, params := range []string{"", "yes"} {
		for _, works := range []bool{true, false} {
			m := readIPXE(t, wanted(t, "bios/inventory.ipxe"))
			m.settings["params"], m.settings["serial"], m.settings["net0/mac"] = params, "S 1", "52:54:00:00:00:01"
			m.files = func(string) bool { return works }
			if end := m.run(); end != "end of script" {
				t.Errorf("params %q, works %t: %s", params, works, end)
			}
			sent := strings.Join(m.events, "\n")
			switch {
			case m.fetched != 1:
				t.Errorf("params %q, works %t: %d requests", params, works, m.fetched)
			case params != "" && !strings.Contains(sent, "param --params inventory serial S 1\n"):
				t.Errorf("the form: %s", sent)
			case works && params != "" && !strings.HasSuffix(sent, "/inventory##params=inventory"):
				t.Errorf("the form: %s", sent)
			case works && params == "" && (!strings.Contains(sent, "/inventory?serial=") || !strings.Contains(sent, "&nics=52:54:00:00:00:01,,,,,,,&") || strings.Contains(sent, "param")):
				t.Errorf("the query: %s", sent)
			}
		}
	}
}

// TestNoInventoryStopsABoot: not when the script cannot be had, and once it is sent nobody asks again.
func TestNoInventoryStopsABoot(t *testing.T) {
	for _, tt := range []struct {
		sent   string
		works  bool
		events string
	}{
		{"", true, "chain http://10.0.0.1:8080/m/52-54-00-00-00-01/inventory.ipxe\nkernel http://10.0.0.1:8080/m/52-54-00-00-00-01/linux\nboot"},
		{"", false, "kernel http://10.0.0.1:8080/m/52-54-00-00-00-01/linux\nboot"},
		{"yes", true, "kernel http://10.0.0.1:8080/m/52-54-00-00-00-01/linux\nboot"},
	} {
		m := readIPXE(t, wanted(t, "bios/boot.ipxe"))
		m.settings["inventoried"] = tt.sent
		m.files = func(url string) bool { return tt.works || !strings.HasSuffix(url, "inventory.ipxe") }
		if end := m.run(); end != "boot" || strings.Join(m.events, "\n") != tt.events {
			t.Errorf("%+v: %s\n%s", tt, end, strings.Join(m.events, "\n"))
		}
		if m.settings["syslog"] != "10.0.0.1 ||" && m.settings["syslog"] != "10.0.0.1" {
			t.Errorf("syslog is %q", m.settings["syslog"])
		}
	}
}

// TestWhoTakesSyslog: iPXE is told of a server only where that listens, on the one port that it knows.
func TestWhoTakesSyslog(t *testing.T) {
	for _, tt := range []struct {
		listen, server string
		want           bool
	}{
		{"0.0.0.0:514", "10.0.0.1", true}, {"10.0.0.1:514", "10.0.0.1", true}, {"10.0.0.2:514", "10.0.0.1", false}, {"0.0.0.0:5140", "10.0.0.1", false},
		{"0.0.0.0:514", "2001:db8::1", false}, {"[::]:514", "2001:db8::1", true}, {"[::]:514", "10.0.0.1", false}, {"[2001:db8::1]:514", "2001:db8::1", true},
	} {
		tree := &Tree{opts: Options{Syslog: []netip.AddrPort{netip.MustParseAddrPort(tt.listen)}}}
		w := &ipxeWriter{session: newSession(tree, boot.Visit{Server: boot.Endpoint{Host: netip.MustParseAddr(tt.server)}}, boot.Plan{})}
		if got := w.takesSyslog(); got != tt.want {
			t.Errorf("%s at %s: %t", tt.listen, tt.server, got)
		}
	}
	tree := &Tree{opts: Options{Syslog: []netip.AddrPort{netip.AddrPortFrom(netip.Addr{}, 514)}}} // ":514"
	w := &ipxeWriter{session: newSession(tree, boot.Visit{Server: boot.Endpoint{Host: netip.MustParseAddr("10.0.0.1")}}, boot.Plan{})}
	if !w.takesSyslog() {
		t.Error(":514 is every address")
	}
}
