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
