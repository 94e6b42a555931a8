// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"errors"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/boot"
)

// shop is a profile with a menu of every sort of entry.
func shop(t testing.TB) (*Tree, boot.Plan) {
	t.Helper()
	menu := &boot.Menu{Title: "Shop", Default: "linux", Timeout: 7, Entries: []*boot.Entry{
		{Name: "disk", Kind: boot.EntryLocal},
		{Name: "linux", Title: "Linux", Kernel: txt("a/linux"), Initrd: txts("a/initrd"), Hotkey: "l"},
		{Name: "more", Title: "More", Kind: boot.EntryMenu, Menu: &boot.Menu{Title: "More", Default: "old", Timeout: 3, Entries: []*boot.Entry{
			{Name: "old", Title: "Old", Kernel: txt("old/linux")},
			{Name: "own", Title: "Own", Kind: boot.EntryScript, Script: txt("#!ipxe\necho own\nshell")},
		}}},
		{Name: "safe", Title: "Safe", Kernel: txt("safe/linux"), Password: "open sesame"},
		{Name: "vault", Title: "Vault", Kernel: txt("vault/linux"), Password: "something else"},
		{Name: "ghost", Kernel: txt("ghost/linux"), Hidden: true, Hotkey: "g"},
		{Name: "shell", Kind: boot.EntryShell},
		{Name: "iso", Kind: boot.EntryISO, Target: txt("x.iso")},
		{Name: "next", Kind: boot.EntryChain, Target: txt("http://198.51.100.7/x.efi")},
	}}
	cat, problems := boot.Build(boot.Spec{
		Profiles: []*boot.Draft{{Profile: boot.Profile{Entry: boot.Entry{Name: "shop"}, Start: menu}}},
		Unknown:  boot.Unknown{Action: boot.ActionBoot, Profile: "shop"},
	})
	if cat == nil {
		t.Fatal(problems)
	}
	tree, problems := New(cat, Options{})
	for _, p := range problems {
		t.Fatal(p)
	}
	return tree, cat.Plan(boot.Client{MAC: boot.MAC{0x52, 0x54, 0, 0, 0, 1}, Archs: []boot.Arch{boot.ArchBIOS}})
}

const shopURL = "http://192.0.2.1/m/52-54-00-00-00-01/"

func TestIPXEMenu(t *testing.T) {
	for _, tt := range []struct {
		name     string
		choice   []string
		platform string
		end      string
		events   []string
	}{
		{name: "time runs out", end: "boot", events: []string{"kernel " + shopURL + "a/linux initrd=initrd0", "initrd initrd0 " + shopURL + "a/initrd", "boot"}},
		{name: "by key", choice: []string{"0x6c"}, end: "boot", events: []string{"kernel " + shopURL + "a/linux initrd=initrd0", "initrd initrd0 " + shopURL + "a/initrd", "boot"}},
		{name: "disk", choice: []string{"disk"}, end: "disk", events: []string{"disk 0x80"}},
		{name: "disk on UEFI", choice: []string{"disk"}, platform: "efi", end: "exit 1"},
		{name: "escape", choice: []string{"escape"}, end: "disk", events: []string{"disk 0x80"}},
		{name: "sub-menu", choice: []string{"More ..."}, end: "boot", events: []string{"kernel " + shopURL + "old/linux", "boot"}},
		{name: "back", choice: []string{"More ...", "escape", "disk"}, end: "disk", events: []string{"disk 0x80"}},
		{name: "script", choice: []string{"More ...", "Own"}, end: "replaced", events: []string{"chain " + shopURL + "entry/e5.ipxe"}},
		{name: "password", choice: []string{"Safe"}, end: "replaced", events: []string{"login", "chain " + shopURL + "unlock/e6/6f70656e20736573616d65"}},
		{name: "wrong password", choice: []string{"Vault", "disk"}, end: "disk", events: []string{"login", "disk 0x80"}},
		{name: "hidden", choice: []string{"0x67"}, end: "boot", events: []string{"kernel " + shopURL + "ghost/linux", "boot"}},
		{name: "shell", choice: []string{"shell"}, end: "shell", events: []string{"shell"}},
		{name: "iso", choice: []string{"iso"}, end: "disk", events: []string{"sanboot " + shopURL + "x.iso", "disk 0x80"}},
		{name: "chain", choice: []string{"next"}, end: "disk", events: []string{"chain http://198.51.100.7/x.efi", "disk 0x80"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tree, p := shop(t)
			script, err := open(t, tree, p, "boot.ipxe")
			if err != nil {
				t.Fatal(err)
			}
			m := readIPXE(t, script)
			m.choice = tt.choice
			if tt.platform != "" {
				m.platform = tt.platform
			}
			m.files = func(url string) bool { // what is locked answers to its password only
				path := strings.TrimPrefix(url, shopURL)
				if !strings.HasPrefix(path, "unlock/") {
					return true
				}
				_, err := open(t, tree, p, path)
				return err == nil
			}
			if end := m.run(); end != tt.end {
				t.Errorf("ended with %q, want %q", end, tt.end)
			}
			if diff := cmp.Diff(tt.events, m.events); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
		})
	}
}

// A machine whose files cannot be loaded says so, waits between attempts, and ends on its disk.
func TestIPXENeverLoops(t *testing.T) {
	for _, choice := range [][]string{nil, {"Linux"}, {"More ..."}, {"iso"}, {"next"}} {
		for _, platform := range []string{"pcbios", "efi"} {
			tree, p := shop(t)
			for _, name := range []string{"boot.ipxe", "autoexec.ipxe"} {
				script, err := open(t, tree, p, name)
				if err != nil {
					t.Fatal(err)
				}
				m := readIPXE(t, script)
				m.choice, m.platform = choice, platform
				m.files = func(string) bool { return false }
				end := m.run()
				if want := map[string]string{"pcbios": "disk", "efi": "exit 1"}[platform]; end != want {
					t.Errorf("%s, %v: ended with %q, want %q", platform, choice, end, want)
				}
				if m.fetched != retryAttempts {
					t.Errorf("%s, %v: asked %d times, want %d", platform, choice, m.fetched, retryAttempts)
				}
				if want := retryAttempts * retryDelay; m.waited < want {
					t.Errorf("%s, %v: waited %d ms, want at least %d", platform, choice, m.waited, want)
				}
			}
		}
	}
}

// Only a part of the files may be missing, and the second attempt may work.
func TestIPXERecovers(t *testing.T) {
	tree, p := shop(t)
	script, err := open(t, tree, p, "boot.ipxe")
	if err != nil {
		t.Fatal(err)
	}
	m := readIPXE(t, script)
	asked := 0
	m.files = func(url string) bool {
		if strings.HasSuffix(url, "a/initrd") {
			asked++
			return asked > 2
		}
		return true
	}
	if end := m.run(); end != "boot" || asked != 3 {
		t.Errorf("ended with %q after %d attempts", end, asked)
	}
}

func TestEntryScripts(t *testing.T) {
	tree, p := shop(t)
	for _, tt := range []struct{ path, want string }{
		{"entry/e5.ipxe", "echo own"},
		{"entry/e4.ipxe", ""},                                     // no script
		{"entry/e6.ipxe", ""},                                     // locked
		{"entry/e99.ipxe", ""},                                    // no entry
		{"entry/e3.ipxe", ""},                                     // a menu
		{"unlock/e6/6f70656e20736573616d65", "safe/linux"},        // "open sesame"
		{"unlock/e6/6F70656E20736573616D65", "safe/linux"},        // the same
		{"unlock/e6/6f70656e20736573616d66", ""},                  // another password
		{"unlock/e7/6f70656e20736573616d65", ""},                  // another entry
		{"unlock/e2/6f70656e20736573616d65", ""},                  // not locked
		{"unlock/e6/x/6f70656e20736573616d65", ""},                // no entry
		{"unlock/e6/zz", ""},                                      // not hexadecimal
		{"unlock/e7/736f6d657468696e6720656c7365", "vault/linux"}, // "something else"
	} {
		got, err := open(t, tree, p, tt.path)
		switch {
		case tt.want == "" && !errors.Is(err, fs.ErrNotExist):
			t.Errorf("%s: %q, %v, want nothing", tt.path, got, err)
		case tt.want != "" && !strings.Contains(got, tt.want):
			t.Errorf("%s: %q, %v, want something with %q", tt.path, got, err, tt.want)
		}
	}
}

func TestIPXEText(t *testing.T) {
	for in, want := range map[string]string{
		"plain": "plain", "a && b": "a & b", "x || y ; z": "x | y , z", "#1 # x": "No.1 No. x", "${net0/mac}": "$ {net0/mac}",
		"--gap": "_--gap", "a --gap": "a --gap", "a\nb\tc": "a b c", "": "", `back\`: `back\`, "$${x}": "$$ {x}",
	} {
		if got := ipxeText(in); got != want {
			t.Errorf("ipxeText(%q) = %q, want %q", in, got, want)
		}
	}
}

// A line that ends with a backslash would swallow the next one.
func TestIPXEBackslash(t *testing.T) {
	tree, p := victim(t, "x", "y", `C:\`)
	script, err := open(t, tree, p, "boot.ipxe")
	if err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(strings.Split(script, "\n"), func(l string) bool { return strings.HasSuffix(l, `\`) }) {
		t.Errorf("a line ends with a backslash:\n%s", script)
	}
}
