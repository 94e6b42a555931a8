// SPDX-License-Identifier: Apache-2.0

//go:build linux || freebsd || darwin

package site

import (
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// somebody is a user of every system, and not the one that runs the tests.
func somebody() string {
	if u, err := user.Lookup("nobody"); err == nil && u.Uid == strconv.Itoa(os.Geteuid()) {
		return "daemon"
	}
	return "nobody"
}

// checked writes a configuration with one secret and one image that nobody but their owner may read, lets change do more, and
// gives what check finds, with the directory that all of it is in taken out.
func checked(t *testing.T, change func(dir string)) (errors, warnings []string) {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"c/bootlace.yaml":   "server: {state: " + dir + "/state, secrets: " + dir + "/secrets, user: " + somebody() + "}\n",
		"c/profiles/p.yaml": "kernel: linux\ninitrd: [more/initrd]\ncmdline: ['key={{ secret \"key\" }}']\nfiles: {seed: {content: '{{ secret \"root\" }}'}}\n",
		"c/hosts/h.yaml":    "hosts: [{name: one, match: {mac: '52:54:00:00:00:01'}, profile: p}]\n",
		"secrets/key":       "k", "secrets/root": "r",
		"state/images/linux": "kernel", "state/images/more/initrd": "initrd",
	})
	chmod(t, 0o755, filepath.Dir(dir)) // Go makes it for its owner alone
	change(dir)
	_, found, err := Check(dir+"/c", Overrides{}, false)
	if err != nil {
		t.Fatal(err)
	}
	texts := func(list []Finding) (out []string) {
		for _, f := range list {
			out = append(out, strings.NewReplacer(dir+"/", "", "user "+somebody(), "user nobody").Replace(f.Problem().Error()))
		}
		return out
	}
	return texts(found.Errors), texts(found.Warnings)
}

func chmod(t *testing.T, mode os.FileMode, path string) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

// TestCheckSeesAsTheServer: what a machine would be refused is a mistake, whoever checks.
func TestCheckSeesAsTheServer(t *testing.T) {
	for _, tc := range []struct {
		what   string
		change func(dir string)
		want   []string // the beginning and a part of the rest of each
	}{
		{"all is well", func(string) {}, nil},
		{"a kernel for its owner alone", func(dir string) { chmod(t, 0o600, dir+"/state/images/linux") },
			[]string{"c/profiles/p.yaml:1:9: kernel linux cannot be served: user nobody may not read state/images/linux (-rw-------): expected chmod o+r"}},
		{"a directory that cannot be entered", func(dir string) { chmod(t, 0o744, dir+"/state/images/more") },
			[]string{"c/profiles/p.yaml:2:10: file more/initrd cannot be served: user nobody may not enter state/images/more (drwxr--r--): expected chmod o+x"}},
		{"one above all images is told once", func(dir string) { chmod(t, 0o700, dir+"/state") },
			[]string{"c/profiles/p.yaml:1:9: kernel linux cannot be served: user nobody may not enter state (drwx------)"}},
		{"a loader without what it loads first", func(dir string) {
			write(t, dir, map[string]string{"c/profiles/s.yaml": "kernel: linux\nloader: {uefi: shimx64.efi}\n", "state/images/shimx64.efi": "shim"})
		}, []string{"c/profiles/s.yaml:2:16: loader shimx64.efi cannot start without grubx64.efi: expected that file in state/images"}},
		{"behind a link", func(dir string) {
			write(t, dir, map[string]string{"state/images/far/linux": "k"})
			chmod(t, 0o700, dir+"/state/images/far")
			if err := os.Remove(dir + "/state/images/linux"); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink("far/linux", dir+"/state/images/linux"); err != nil {
				t.Fatal(err)
			}
		}, []string{"c/profiles/p.yaml:1:9: kernel linux cannot be served: user nobody may not enter state/images/far (drwx------)"}},
		{"a link that leads out", func(dir string) {
			if err := os.Remove(dir + "/state/images/linux"); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink("../../secrets/key", dir+"/state/images/linux"); err != nil {
				t.Fatal(err)
			}
		}, []string{"c/profiles/p.yaml:1:9: kernel linux leads out of state/images"}},
		{"a secret for its owner alone", func(dir string) { chmod(t, 0o600, dir+"/secrets/root") },
			[]string{"c/profiles/p.yaml:4:28: host one: profile p: file seed: {{ secret $ \"root\" }}: secret root: user nobody may not read secrets/root (-rw-------): expected chmod o+r"}},
		{"secrets that are not there", func(dir string) {
			if err := os.Remove(dir + "/secrets/key"); err != nil {
				t.Fatal(err)
			}
		}, []string{`c/profiles/p.yaml:3:18: host one: profile p: cmdline: {{ secret $ "key" }}: there is no secret key in secrets: expected one of root`}},
		{"the configuration itself", func(dir string) { chmod(t, 0o640, dir+"/c/hosts/h.yaml") },
			[]string{"c/hosts/h.yaml: a reload cannot read it: user nobody may not read c/hosts/h.yaml (-rw-r-----)"}},
	} {
		t.Run(tc.what, func(t *testing.T) {
			got, warnings := checked(t, tc.change)
			if len(got) != len(tc.want) || len(warnings) > 0 {
				t.Fatalf("got\n%s\nand warnings %q, want\n%s", strings.Join(got, "\n"), warnings, strings.Join(tc.want, "\n"))
			}
			for i, want := range tc.want {
				if !strings.HasPrefix(got[i], want) {
					t.Errorf("got  %s\nwant %s", got[i], want)
				}
			}
		})
	}
}

func TestCheckOfUsers(t *testing.T) {
	set := func(dir, more string) {
		write(t, dir, map[string]string{"c/bootlace.yaml": "server: {state: " + dir + "/state, secrets: " + dir + "/secrets, " + more + "}\n"})
		chmod(t, 0o600, dir+"/state/images/linux")
	}
	if got, warnings := checked(t, func(dir string) { set(dir, "user: root") }); len(got)+len(warnings) > 0 {
		t.Errorf("root may read all: %q %q", got, warnings)
	}
	got, warnings := checked(t, func(dir string) { set(dir, "user: bootlace-is-nobody") })
	if len(got) > 0 || len(warnings) != 1 || !strings.HasPrefix(warnings[0], "c/bootlace.yaml: server.user: ") {
		t.Errorf("a user that does not exist: %q %q, want one warning", got, warnings)
	}
	got, _ = checked(t, func(dir string) {
		write(t, dir, map[string]string{"c/bootlace.yaml": "server: {state: " + dir + "/state}\n"})
	})
	if len(got) != 2 || !strings.Contains(got[0], "there are no secrets: expected server.secrets to name their directory") {
		t.Errorf("without a directory of secrets: %q", got)
	}
}

func TestCheckOfUploads(t *testing.T) {
	got, _ := checked(t, func(dir string) {
		write(t, dir, map[string]string{"c/bootlace.yaml": "server: {user: " + somebody() + ", state: " + dir + "/state, secrets: " + dir + "/secrets}\ntftp: {writes: {directory: " + dir + "/secrets}}\n"})
	})
	want := "c/bootlace.yaml: tftp.writes.directory: uploads cannot be stored: user nobody may not write to secrets (drwxr-xr-x): expected chown "
	if len(got) != 1 || !strings.HasPrefix(got[0], want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// For another machine's configuration nothing is looked at but itself.
func TestCheckElsewhere(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"profiles/p.yaml": "kernel: linux\ncmdline: ['key={{ secret \"key\" }}']\n",
		"hosts/h.yaml":    "hosts: [{name: one, match: {mac: '52:54:00:00:00:01'}, profile: p}]\n",
	})
	if s, found, err := Check(dir, Overrides{State: dir}, true); s == nil || err != nil || len(found.Errors)+len(found.Warnings) > 0 {
		t.Errorf("%+v %v", found, err)
	}
}
