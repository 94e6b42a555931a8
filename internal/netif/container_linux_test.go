// SPDX-License-Identifier: Apache-2.0

package netif

import (
	"os"
	"path/filepath"
	"testing"
)

// TestIsCable has sysfs as the kernel shows it: a virtual cable, a card, macvlan, loopback.
func TestIsCable(t *testing.T) {
	for name, tc := range map[string]struct {
		files map[string]string
		want  bool
	}{
		"veth":    {map[string]string{"ifindex": "2\n", "iflink": "7\n", "uevent": "INTERFACE=eth0\nIFINDEX=2\n"}, true},
		"card":    {map[string]string{"ifindex": "2\n", "iflink": "2\n", "uevent": "INTERFACE=eth0\nIFINDEX=2\n", "device/vendor": "0x8086"}, false},
		"macvlan": {map[string]string{"ifindex": "2\n", "iflink": "7\n", "uevent": "DEVTYPE=macvlan\nINTERFACE=eth0\nIFINDEX=2\n"}, false},
		"lo":      {map[string]string{"ifindex": "1\n", "iflink": "1\n", "uevent": "INTERFACE=lo\nIFINDEX=1\n"}, false},
		"gone":    {nil, false},
	} {
		dir := t.TempDir()
		for file, text := range tc.files {
			path := filepath.Join(dir, file)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got := isCable(dir); got != tc.want {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
	}
}

// TestBehind: what a container engine makes has the host as its way out; a cable into a network for booting has not.
func TestBehind(t *testing.T) {
	sysfs := t.TempDir() + "/"
	for name, text := range map[string]string{"ifindex": "2\n", "iflink": "7\n", "uevent": "INTERFACE=eth0\n"} {
		if err := os.MkdirAll(sysfs+"eth0", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(sysfs+"eth0/"+name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	const head = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
	const network, out = "eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n", "eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
	for _, tc := range []struct {
		what, routes string
		nics         []Interface
		want         bool
	}{
		{"a container's own network", head + out + network, []Interface{{Name: "eth0"}}, true},
		{"a cable into a network for booting", head + network, []Interface{{Name: "eth0"}}, false},
		{"a card beside it", head + out + network, []Interface{{Name: "eth0"}, {Name: "eno1"}}, false},
		{"no interface", head + out, nil, false},
	} {
		if got := behind(tc.nics, tc.routes, sysfs); got != tc.want {
			t.Errorf("%s: %v, want %v", tc.what, got, tc.want)
		}
	}
}
