// SPDX-License-Identifier: Apache-2.0

//go:build linux || freebsd || darwin

package site

import (
	"os"
	"strings"
	"testing"
)

const powered = `hosts:
  - {name: one, match: {mac: '52:54:00:00:00:01'}, profile: p, power: {redfish: {url: 'https://bmc', user: x, password: bmc, ca: ca.pem}}}
`

// TestCheckPower: the user that serves must be able to read what switching needs, and check says where not.
func TestCheckPower(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(dir string)
		want   []string // beginnings; none: all is well
	}{
		{"well", func(dir string) {
			write(t, dir, map[string]string{"secrets/bmc": "s", "c/ca.pem": "x"})
		}, nil},
		{"none", func(string) {}, []string{"c/hosts/h.yaml:2:81: power: no certificates to trust: ", "c/hosts/h.yaml:2:121: power: no password: there is no secret bmc in secrets: "}},
		{"not for the server", func(dir string) {
			write(t, dir, map[string]string{"secrets/bmc": "s", "c/ca.pem": "x"})
			chmod(t, 0o600, dir+"/secrets/bmc")
			chmod(t, 0o600, dir+"/c/ca.pem")
		}, []string{"c/hosts/h.yaml:2:81: power: no certificates to trust: ", "c/hosts/h.yaml:2:121: power: no password: secret bmc: "}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			errors, _ := checked(t, func(dir string) {
				write(t, dir, map[string]string{"c/hosts/h.yaml": powered})
				tc.change(dir)
			})
			if len(errors) != len(tc.want) {
				t.Fatalf("%q; want %q", errors, tc.want)
			}
			for i := range errors {
				if !strings.HasPrefix(errors[i], tc.want[i]) {
					t.Errorf("%q; want %q", errors[i], tc.want[i])
				}
			}
		})
	}
}

// TestPowerCredentials: errors for operators name places and not what is written there.
func TestPowerCredentials(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"c/bootlace.yaml": "server: {state: " + dir + ", secrets: " + dir + "/secrets}\n", "c/profiles/p.yaml": "local: true\n",
		"c/hosts/h.yaml": powered, "secrets/bmc": "geheim\n", "c/ca.pem": "pem"})
	s, problems, err := Open(dir+"/c", Overrides{})
	if s == nil {
		t.Fatal(problems, err)
	}
	way := s.Catalog.Host("one").Power
	password, ca, err := s.PowerCredentials(way)
	if password != "geheim" || string(ca) != "pem" || err != nil {
		t.Errorf("%q, %q, %v", password, ca, err)
	}
	if err := os.Remove(dir + "/secrets/bmc"); err != nil {
		t.Fatal(err)
	}
	if _, _, err = s.PowerCredentials(way); err == nil || !strings.Contains(err.Error(), "the secret that password names at "+dir+"/c/hosts/h.yaml:2:121 does not exist") {
		t.Error(err)
	}
}
