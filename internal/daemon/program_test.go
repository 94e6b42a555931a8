// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/dhcp4"
	"github.com/bootlace-net/bootlace/tftpd"
)

// TestSecondProgram: a machine whose firmware loads a program of which nothing is heard is offered the other one when it comes for the
// third time, and stays with that if it comes up. A program that was not loaded to its end, or that asked for anything, stays.
func TestSecondProgram(t *testing.T) {
	a := withImages(t, []string{"linux"}, map[string]string{"profiles/p.yaml": "kernel: linux\n", "bootlace.yaml": "unknown: {profile: p}\nloop: {returns: 100}\n"})
	const one = "m/52-54-00-00-00-01/"
	p := &power{assembled: a, t: t, at: time.Now(), ask: dhcp4.Ask{MAC: mac(1), Class: boot.ClassPXE, Arch: boot.ArchX64}}
	load := func(name string, how tftpd.Outcome) func() {
		return func() { p.transfer(t, one+name, "10.0.0.1", how) }
	}
	script := func() { p.byHTTP(one + "boot.ipxe") }
	for i, boots := range []struct {
		offered string
		then    []func()
	}{
		{"snponly.efi", []func(){load("snponly.efi", tftpd.Probed), load("snponly.efi", tftpd.Complete), script}},
		{"snponly.efi", []func(){load("snponly.efi", tftpd.TimedOut)}},
		{"snponly.efi", nil}, // switched off before it loaded anything
		{"snponly.efi", []func(){load("snponly.efi", tftpd.Complete)}}, // it hangs
		{"snponly.efi", []func(){load("snponly.efi", tftpd.Complete)}}, // once more
		{"ipxe.efi", []func(){load("ipxe.efi", tftpd.Complete), script}},
		{"ipxe.efi", []func(){load("ipxe.efi", tftpd.Complete), load("autoexec.ipxe", tftpd.Complete)}},
		{"ipxe.efi", []func(){load("ipxe.efi", tftpd.Complete)}},
		{"ipxe.efi", []func(){load("ipxe.efi", tftpd.Complete)}},
		{"snponly.efi", []func(){load("snponly.efi", tftpd.Complete), func() { p.at = p.at.Add(time.Hour) }}}, // an hour later: nobody knows why
		{"snponly.efi", nil},
	} {
		p.at = p.at.Add(time.Minute)
		if ans := p.discover(); ans.File != one+boots.offered || !strings.HasSuffix(ans.Plan.Loader.Path(), boots.offered) {
			t.Errorf("boot %d: %s of %s, expected %s", i, ans.File, ans.Plan.Loader, boots.offered)
		}
		for _, do := range boots.then {
			do()
		}
	}
}
