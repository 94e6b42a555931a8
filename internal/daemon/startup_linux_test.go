// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/bootlace-net/bootlace/dhcpproxy"
)

func TestTroubleWithInterfaces(t *testing.T) {
	four, six := netip.MustParsePrefix("10.0.0.1/24"), netip.MustParsePrefix("fd00::1/64")
	for _, tc := range []struct {
		nic  dhcpproxy.NIC
		want string
	}{
		{dhcpproxy.NIC{Name: "eth0", Up: true, Prefixes: []netip.Prefix{six, four}}, ""},
		{dhcpproxy.NIC{Name: "eth0", Prefixes: []netip.Prefix{four}}, "ip link set eth0 up"},
		{dhcpproxy.NIC{Name: "eth0", Up: true, Prefixes: []netip.Prefix{six}}, "ip address add ADDRESS/BITS dev eth0"},
	} {
		if got := troubleWith(tc.nic); (got == "") != (tc.want == "") || !strings.Contains(got, tc.want) {
			t.Errorf("%v: %q, want %q in it", tc.nic, got, tc.want)
		}
	}
}

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

// TestPortInUse: the line names who has the port and what to do.
func TestPortInUse(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	text := explain("http: listen", syscall.EADDRINUSE, owner("tcp", netip.MustParseAddrPort(l.Addr().String()).Port()), "http.port").Error()
	for _, want := range []string{"address already in use", "daemon.test (pid ", "http.port"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q has no %q", text, want)
		}
	}
	if text := explain("tftp: listen", syscall.EACCES, "", "tftp.listen").Error(); !strings.Contains(text, "setcap") {
		t.Errorf("missing rights are told as %q", text)
	}
}
