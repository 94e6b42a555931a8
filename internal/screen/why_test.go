// SPDX-License-Identifier: Apache-2.0

package screen

import (
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/api"
	"github.com/bootlace-net/bootlace/internal/secureboot"
)

// TestWhy: for each way to fail, the page says which it was.
func TestWhy(t *testing.T) {
	silent := func(b *boots) {
		b.note(0, boot.Event{Kind: boot.EventDHCP, Level: boot.LevelWarn, Text: "there is no loader for this architecture", Exchange: &boot.Exchange{Port: "67", Request: "DISCOVER", Verdict: "no-loader", Fresh: true}})
	}
	for name, tc := range map[string]struct {
		does func(*boots)
		tone tone
		says string
	}{
		"nothing":        {func(*boots) {}, toneQuiet, "Nothing was seen of it yet."},
		"installed":      {func(b *boots) { b.installs() }, toneGood, "It got all that it asked for. From there on its system speaks for itself."},
		"half an initrd": {func(b *boots) { b.breaks() }, toneBroken, "It got 13.4 MB of 39.3 MB of initrd.gz, then: broken off."},
		"loss":           {func(b *boots) { b.firmware().tftp(time.Second, "snp.efi", 1000, 400, 31) }, toneBroken, "It got 400 B of 1.0 kB of snp.efi, then: client fell silent."},
		"no file": {func(b *boots) {
			b.firmware().note(0, boot.Event{Kind: boot.EventFile, Level: boot.LevelWarn, Text: "linux", Transfer: &boot.Transfer{Protocol: boot.HTTP, Name: "linux", Outcome: "not found", Size: -1, Status: 404}})
		}, toneBroken, "It did not get linux: not found."},
		"optional": {func(b *boots) {
			b.firmware().http(time.Second, "vmlinuz", 9, 9).http(time.Second, "initrd.gz", 9, 9).note(0, boot.Event{Kind: boot.EventFile, Transfer: &boot.Transfer{Protocol: boot.HTTP, Name: "x", Outcome: boot.NotThere, Size: -1}})
		}, toneGood, "It got all that it asked for. From there on its system speaks for itself."},
		"again and whole": {func(b *boots) { b.breaks().http(time.Second, "initrd.gz", 39300000, 39300000) }, toneGood, "It got all that it asked for. From there on its system speaks for itself."},
		"not answered":    {silent, toneBroken, "It was not answered: there is no loader for this architecture."},
		"offered":         {func(b *boots) { b.dhcp(0, "67", "DISCOVER", "ipxe.efi", boot.StageROM, true) }, toneBroken, "It was answered, and never asked for what it was offered."},
		"loader": {func(b *boots) {
			b.dhcp(0, "67", "DISCOVER", "ipxe.efi", boot.StageROM, true).tftp(time.Second, "ipxe.efi", 9, 9, 0)
		}, toneBroken, "It has its loader, and nothing came after it."},
		"script": {func(b *boots) { b.firmware() }, toneIdle, "It has its script, and has loaded nothing that is in it."},
		"kernel": {func(b *boots) { b.firmware().http(time.Second, "vmlinuz", 9, 9) }, toneBroken, "It has its kernel, and nothing came after it."},
		"second": {func(b *boots) { b.breaks(); b.at = b.at.Add(time.Hour); b.installs() }, toneGood, "It got all that it asked for. From there on its system speaks for itself."},
	} {
		s := newSite(t, 0)
		now := time.Now()
		tc.does(s.machine(1, now.Add(-3*time.Hour)))
		story, err := s.api.As(api.Caller{Name: "test", Role: 3}).Timeline(t.Context(), "node1")
		if err != nil {
			t.Fatal(err)
		}
		if v := judge(story.Events, now); v.Tone != tc.tone || v.Text != tc.says {
			t.Errorf("%s: %v %q", name, v.Tone, v.Text)
		}
		if n := len(story.Events); n > 0 && tc.tone != toneBroken {
			if v := judge(story.Events, story.Events[n-1].Time.Add(time.Second)); v.Tone != toneBusy {
				t.Errorf("%s, just now: %v %q", name, v.Tone, v.Text)
			}
		}
	}
}

// TestPhases: a row for the names that loaders ask for.
func TestPhases(t *testing.T) {
	for name, want := range map[string]phase{
		"ipxe.efi": phaseLoader, "m/52-54-00-00-00-01/undionly.kpxe": phaseLoader, "pxelinux.0": phaseLoader, "ldlinux.c32": phaseLoader, `\Boot\bootmgfw.efi`: phaseLoader, "grub/x86_64-efi/http.mod": phaseLoader,
		"boot.ipxe": phaseScript, "m/52-54-00-00-00-01/pxelinux.cfg/default": phaseScript, "grub/grub.cfg": phaseScript, "autoexec.ipxe": phaseScript,
		"debian/linux": phaseKernel, "images/debian/12/vmlinuz-6.1": phaseKernel, "vmlinuz?x=1": phaseKernel, "wimboot": phaseKernel,
		"debian/initrd.gz": phaseInitrd, "initramfs-linux.img": phaseInitrd, "LiveOS/squashfs.img": phaseInitrd, "preseed.cfg": phaseInstaller, "user-data": phaseInstaller, "ks.cfg": phaseInstaller, "readme.txt": phaseFile, "": phaseFile,
	} {
		if got := phaseOfFile(name); got != want {
			t.Errorf("%q is %s, expected %s", name, got, want)
		}
	}
}

// FuzzDraw: whatever a file is called and however long it took, a bar stays in its picture.
func FuzzDraw(f *testing.F) {
	f.Add("initrd.gz", int64(5), int64(3), 1.5, int64(2))
	f.Fuzz(func(t *testing.T, name string, size, bytes int64, seconds float64, after int64) {
		at := time.Unix(1000, 0)
		w := draw([]api.Event{{Time: at, Kind: "dhcp", Text: name, DHCP: &api.DHCP{Port: name, Fresh: true}},
			{Time: at.Add(time.Duration(after)), Kind: "file", File: &api.File{Name: name, Size: size, Bytes: bytes, Seconds: seconds}}})
		for _, b := range w.Boots {
			for _, s := range b.Steps {
				if !(s.X >= 0 && s.X <= 100 && s.W > 0 && s.W <= 100) {
					t.Errorf("a bar from %v, %v long", s.X, s.W)
				}
			}
		}
	})
}

// FuzzWithin: a login leads to a page of ours, whatever a form says.
func FuzzWithin(f *testing.F) {
	for _, p := range []string{"/", "/m/x?y=1", "//evil", "/\\evil", "https://evil/", "/%2f/evil", "/\t/evil", "/./\\evil", "/%2fevil.example/ "} {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, path string) {
		to := within(path)
		if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") {
			t.Errorf("%q leads to %q", path, to)
		}
	})
}

// TestVerdictsAreShown: what is known before a boot to go wrong is said above all that happened.
func TestVerdictsAreShown(t *testing.T) {
	s := quietSite(t)
	s.api.Judge = func(boot.Plan, *boot.Inventory) api.Verdicts {
		return api.Verdicts{Memory: &boot.MemoryVerdict{Answer: "too-little", Why: "it needs 4096 MiB of memory"},
			SecureBoot: &secureboot.Verdict{Answer: secureboot.No, Code: "db", Why: "shimx64.efi is signed by 2011 only", Needs: []string{"Microsoft UEFI CA 2023"}, Steps: []secureboot.Step{{Name: "shimx64.efi", Answer: secureboot.No, Why: "no key"}}}}
	}
	_, page := s.user(t, "read").get("/m/node1")
	for _, want := range []string{"it needs 4096 MiB of memory", "it will be refused: shimx64.efi is signed by 2011 only", "Microsoft UEFI CA 2023", "<b>shimx64.efi</b> no: no key"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}
