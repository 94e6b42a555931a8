// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFiles(t *testing.T) {
	d := kernelDraft("d")
	d.Initrd = texts2("/d//initrd", "own.gz", "https://example.net/x", "{{ .vars.x }}")
	d.Files = map[string]*FileSpec{"own.gz": {Path: "own.gz"}}
	d.Install = &Install{Success: Success{By: SuccessFetch, Path: "installed"}}
	d.Loader = map[string]Text{"bios": {S: "pxelinux.0"}}
	d.ByArch = map[string]*Entry{"arm64": {Kernel: Text{S: "d/Image"}}}
	d.Start = &Menu{Entries: []*Entry{
		{Name: "w", Kind: EntryWimboot, Kernel: Text{S: "wimboot"}, Initrd: texts2("BCD=win/bcd")},
		{Name: "x", Kind: EntryMenu, Menu: &Menu{Entries: []*Entry{{Name: "y", Kind: EntryModules, Kernel: Text{S: "xen.gz"}, Initrd: texts2("dom0 console=hvc0")}}}},
		{Name: "z", Kind: EntryISO, Target: Text{S: "m.iso"}},
		{Name: "g", Kind: EntryChain, Target: Text{S: "boot.ipxe"}},
	}}
	c := mustBuild(t, Spec{Profiles: []*Draft{d, emptyDraft("child", "d")}})
	var got []string
	for _, f := range c.Files() {
		got = append(got, f.What+" "+f.As+" = "+f.Name)
	}
	want := []string{"kernel d/linux = d/linux", "file /d//initrd = d/initrd", "kernel d/Image = d/Image", "program wimboot = wimboot",
		"file win/bcd = win/bcd", "program xen.gz = xen.gz", "file dom0 = dom0", "iso m.iso = m.iso", "loader pxelinux.0 = pxelinux.0",
		"success file installed = installed"}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
