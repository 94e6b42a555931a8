// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/e2e/target"
	"github.com/bootlace-net/bootlace/e2e/trace"
)

// Every case has an address, a name and patterns that nobody else has and that compile.
func TestCasesAreSound(t *testing.T) {
	cases := Cases(target.Initrds{AMD64: "/amd64", ARM64: "/arm64", Installer: "/installer"})
	if len(cases) == 0 {
		t.Fatal("there are no cases")
	}
	taken := map[string]string{}
	for _, c := range cases {
		for _, key := range []string{c.Name, c.MAC().String(), c.About} {
			if other := taken[key]; other != "" {
				t.Errorf("%s: %s is that of %s too", c.Name, key, other)
			}
			taken[key] = c.Name
		}
		for _, p := range append(append(append([]string{}, c.Console...), c.Story...), c.Never...) {
			if _, err := regexp.Compile(c.fill(p, "0")); err != nil {
				t.Errorf("%s: %v", c.Name, err)
			}
		}
		if len(c.Console) == 0 || c.Client == "" || c.timeout() < time.Minute {
			t.Errorf("%s: nothing is waited for, or no client, or not long enough", c.Name)
		}
	}
}

// The token stands in the host profile and nowhere else.
func TestTokenOnlyInHost(t *testing.T) {
	const token = "5e90c1d3"
	for _, c := range Cases(target.Initrds{AMD64: "/amd64", ARM64: "/arm64", Installer: "/installer"}) {
		for name, text := range c.files(token) {
			if strings.Contains(text, token) != (name == "hosts/lab.yaml" && !c.Config.Unknown) {
				t.Errorf("%s: %s: %s", c.Name, name, text)
			}
		}
	}
}

// What is shown is what is written.
func TestYAML(t *testing.T) {
	c := Case{Name: "x", Config: Config{Profile: "local: true\n"}}
	text := c.YAML()
	for name, body := range c.files("drawn-for-each-boot") {
		if !strings.Contains(text, "--- "+name+"\n"+strings.TrimRight(body, "\n")+"\n") {
			t.Errorf("%s is not in:\n%s", name, text)
		}
	}
}

func TestWrite(t *testing.T) {
	src := t.TempDir()
	for name, text := range map[string]string{"tree/a": "A", "tree/sub/b": "B", "file": "F"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(src, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(src, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("sub/b", filepath.Join(src, "tree", "link")); err != nil {
		t.Fatal(err)
	}
	c := Case{Name: "x", Config: Config{Profile: "local: true\n", Images: map[string]string{
		"deb": filepath.Join(src, "tree"), "tiny/linux": filepath.Join(src, "file")}}}
	dir := t.TempDir()
	if err := c.write(dir, "t0k"); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"etc/bootlace.yaml": defaultAppliance, "etc/profiles/target.yaml": "local: true\n",
		"etc/hosts/lab.yaml": "hosts:\n  - name: machine\n    match: {mac: \"" + c.MAC().String() + "\"}\n    profile: target\n    vars: {token: \"t0k\"}\n",
		"state/images/deb/a": "A", "state/images/deb/sub/b": "B", "state/images/deb/link": "B", "state/images/tiny/linux": "F",
	}
	for name, text := range want {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(text, string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if to, err := os.Readlink(filepath.Join(dir, "state/images/deb/link")); err != nil || to != "sub/b" {
		t.Errorf("the link became %q, %v", to, err)
	}
}

func TestReport(t *testing.T) {
	var b strings.Builder
	err := WriteReport(&b, []Result{
		{Case: Case{Name: "one", About: "it boots", Client: pxe4, Machine: uefi()}, Trace: good(), Took: 16500 * time.Millisecond, Accel: "tcg"},
		{Case: Case{Name: "two", Client: ipxeROM, Machine: bios("virtio")}, Err: os.ErrNotExist},
		{Case: Case{Name: "three", Silent: true}, Trace: &trace.Trace{}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| `one` | OVMF x86-64 | PXEv4 | BINL | none | TFTP | boots | 16.5 | 0.0 |\n", "| `two` | SeaBIOS | iPXE option ROM | none | none | nothing | **fails** | 0.0 | 0.0 |\n",
		"| none | none | nothing | left alone |", "under TCG", "* `one`: it boots\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in:\n%s", want, &b)
		}
	}
}
