// SPDX-License-Identifier: Apache-2.0

package boot

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMissingFiles(t *testing.T) {
	d := kernelDraft("d")
	d.Initrd = texts2("/d//initrd", "own.gz", "https://example.net/x", "{{ .vars.x }}")
	d.Files = map[string]*FileSpec{"own.gz": {Path: "own.gz"}}
	d.Loader = map[string]Text{"bios": {S: "pxelinux.0"}}
	d.ByArch = map[string]*Entry{"arm64": {Kernel: Text{S: "d/Image"}}}
	d.Start = &Menu{Entries: []*Entry{
		{Name: "w", Kind: EntryWimboot, Kernel: Text{S: "wimboot"}, Initrd: texts2("BCD=win/bcd")},
		{Name: "x", Kind: EntryMenu, Menu: &Menu{Entries: []*Entry{{Name: "y", Kind: EntryModules, Kernel: Text{S: "xen.gz"}, Initrd: texts2("dom0 console=hvc0")}}}},
		{Name: "z", Kind: EntryISO, Target: Text{S: "m.iso"}},
		{Name: "g", Kind: EntryChain, Target: Text{S: "boot.ipxe"}},
	}}
	c := mustBuild(t, Spec{Profiles: []*Draft{d, emptyDraft("child", "d")}})
	got := strings.Join(each(c.MissingFiles(func(name string) bool { return name == "d/linux" || name == "wimboot" }, []string{"arm.efi"}), Problem.Error), "\n")
	want := map[string]bool{}
	for _, name := range []string{"file /d//initrd", "loader pxelinux.0", "kernel d/Image", "file win/bcd", "program xen.gz", "file dom0", "iso m.iso"} {
		want[name+" does not exist: expected a file below images"] = true
	}
	have := map[string]bool{}
	for line := range strings.SplitSeq(got, "\n") {
		have[line] = true
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
