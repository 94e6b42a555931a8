// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/boot"
)

// waiting gives what a machine reads that waits.
func waiting(t *testing.T, path string) string {
	t.Helper()
	tree, _ := New(nil, Options{})
	n, err := boot.ParseName(path)
	if err != nil {
		t.Fatal(err)
	}
	c := boot.Client{MAC: hostMAC(1), Hostname: "a\nreboot\n${b}", Serial: "`;reboot"}
	v := boot.Visit{Name: n.For(c.MAC), Client: c, Server: boot.Endpoint{Scheme: boot.HTTP, Host: netip.MustParseAddr("192.0.2.1"), Port: 80}, Code: "K7MPX"}
	text, err := content(tree, v, boot.Plan{Action: boot.ActionWait, Client: c})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestWaitingGoesOn: a machine asks again when it was told to, and when nobody answers; it never ends up anywhere else by itself.
func TestWaitingGoesOn(t *testing.T) {
	for _, fails := range []int{0, 3} {
		m := readIPXE(t, waiting(t, "boot.ipxe"))
		asked := 0
		m.files = func(url string) bool {
			asked++
			return strings.HasSuffix(url, "/m/52-00-00-00-00-01/boot.ipxe") && asked > fails
		}
		if end := m.run(); end != "replaced" || asked != fails+1 || m.waited < (fails+1)*waitDelay*1000 {
			t.Errorf("%d fail: %s after %d requests and %d ms", fails, end, asked, m.waited)
		}
	}
}

// TestWaitingRenewsItsLease now and then, for iPXE does not.
func TestWaitingRenewsItsLease(t *testing.T) {
	text := waiting(t, "boot.ipxe")
	for _, rounds := range []string{"5", "119"} {
		m := readIPXE(t, text)
		m.settings["rounds"], m.files = rounds, func(string) bool { return true }
		m.run()
		if want := map[string]string{"5": "6", "119": "0"}[rounds]; m.settings["rounds"] != want {
			t.Errorf("after round %s: %s", rounds, m.settings["rounds"])
		}
	}
	if !strings.Contains(text, "\ndhcp netX ||\n") {
		t.Error("no lease is asked for")
	}
}

// TestNothingOfTheMachineIsOnItsScreen: what it says of itself is in no script, so it cannot be a command.
func TestNothingOfTheMachineIsOnItsScreen(t *testing.T) {
	for _, path := range []string{"boot.ipxe", "pxelinux.cfg/default", "grub.cfg"} {
		if text := waiting(t, path); strings.Contains(text, "reboot") || !strings.Contains(text, "K7MPX") {
			t.Errorf("%s:\n%s", path, text)
		}
	}
}
