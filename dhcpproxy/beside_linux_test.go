// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/e2e/lab"
	"github.com/bootlace-net/bootlace/internal/dhcp6"
)

// dhcpServer is a DHCP server as a distribution has it.
type dhcpServer struct {
	program string
	ports   []string
	command func(t *testing.T, dir string) []string // files are in dir
}

// dhcpServers by their names in tests.
func dhcpServers() map[string]dhcpServer {
	return map[string]dhcpServer{
		"dnsmasq": {"dnsmasq", []string{"udp/67", "udp/547"}, func(_ *testing.T, dir string) []string {
			return strings.Fields("dnsmasq --keep-in-foreground --conf-file=/dev/null --port=0 --user=root --log-facility=- --log-dhcp --no-ping --interface=eth0 --except-interface=lo" +
				" --dhcp-leasefile=" + dir + "/leases --pid-file= --dhcp-range=10.77.0.100,10.77.0.199,1h --dhcp-range=fd77::100,fd77::1ff,64,1h")
		}},
		"dhcpd-4": {"dhcpd", []string{"udp/67"}, func(t *testing.T, dir string) []string {
			return dhcpd(t, dir, "-4", "authoritative;\nping-check false;\nsubnet 10.77.0.0 netmask 255.255.255.0 {range 10.77.0.100 10.77.0.199;}\n")
		}},
		"dhcpd-6": {"dhcpd", []string{"udp/547"}, func(t *testing.T, dir string) []string {
			return dhcpd(t, dir, "-6", "subnet6 fd77::/64 {range6 fd77::100 fd77::1ff;}\n")
		}},
		"kea-4": {"kea-dhcp4", []string{"udp/67"}, func(t *testing.T, dir string) []string {
			return kea(t, dir, "kea-dhcp4", `{"Dhcp4": {"interfaces-config": {"interfaces": ["eth0"]}, "lease-database": {"type": "memfile", "persist": false},
				"subnet4": [{"id": 1, "subnet": "10.77.0.0/24", "pools": [{"pool": "10.77.0.100-10.77.0.199"}]}]}}`)
		}},
		"kea-6": {"kea-dhcp6", []string{"udp/547"}, func(t *testing.T, dir string) []string {
			return kea(t, dir, "kea-dhcp6", `{"Dhcp6": {"server-id": {"type": "LL", "persist": false}, "interfaces-config": {"interfaces": ["eth0"]}, "lease-database": {"type": "memfile", "persist": false},
				"subnet6": [{"id": 1, "interface": "eth0", "subnet": "fd77::/64", "pools": [{"pool": "fd77::100-fd77::1ff"}]}]}}`)
		}},
	}
}

// dhcpd runs a copy: where AppArmor is on, Debian confines the program at its own path to its own directories.
func dhcpd(t *testing.T, dir, version, config string) []string {
	t.Helper()
	path, err := exec.LookPath("dhcpd")
	if err != nil {
		t.Fatal(err)
	}
	if err := lab.Copy(filepath.Join(dir, "dhcpd"), path); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "conf", config)
	write(t, dir, "leases", "")
	return strings.Fields(dir + "/dhcpd " + version + " -f -d --no-pid -cf " + dir + "/conf -lf " + dir + "/leases eth0")
}

func kea(t *testing.T, dir, program, config string) []string {
	t.Helper()
	write(t, dir, "conf", config)
	t.Setenv("KEA_PIDFILE_DIR", dir)
	t.Setenv("KEA_LOCKFILE_DIR", dir)
	return []string{program, "-c", dir + "/conf"}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// start starts the server on our host, and says which port it cannot have.
func (d *dhcpServer) start(t *testing.T, l *lab.Lab) {
	t.Helper()
	var log bytes.Buffer
	argv := d.command(t, t.TempDir())
	p, err := l.Boot.Start(&log, argv[0], argv[1:]...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Stop() })
	ctx, cancel := context.WithTimeout(t.Context(), answerAge)
	defer cancel()
	if err := l.Boot.WaitPorts(ctx, p, d.ports...); err != nil {
		_ = p.Stop() // the log is ours then
		t.Fatalf("%v\n%s", err, log.String())
	}
}

// TestStartOrder: whichever of the two starts first, a DHCP server of this host gives addresses, and we give the file.
func TestStartOrder(t *testing.T) {
	for name, server := range dhcpServers() {
		for _, first := range []string{"theirs", "ours"} {
			t.Run(name+"/"+first, func(t *testing.T) {
				if _, err := exec.LookPath(server.program); err != nil {
					t.Skip("NOT RUN:", err)
				}
				l := newLab(t)
				r := newRig(t, l)
				r.server.NoIPv6 = false
				if first == "theirs" {
					server.start(t, l)
				}
				r.serve(l)
				if first == "ours" {
					server.start(t, l)
				}
				for _, port := range server.ports {
					switch port {
					case "udp/67":
						r.boots()
					case "udp/547":
						r.boots6(l)
					}
					r.says("port "+strings.TrimPrefix(port, "udp/")+" belongs to "+server.program, first == "theirs")
				}
			})
		}
	}
}

// says waits for a line about who has a port: among the notices of the start, or later in the log.
func (r *rig) says(text string, atOnce bool) {
	r.t.Helper()
	if got := strings.Join(r.server.Notices(), "\n"); strings.Contains(got, text) != atOnce {
		r.t.Errorf("notices %q, want %q: %v", got, text, atOnce)
	}
	said := func() bool { return strings.Contains(strings.Join(r.heard(), "\n"), text) }
	for end := time.Now().Add(answerAge); !atOnce && !said(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			r.t.Fatalf("%q is not said: %q", text, r.heard())
		}
	}
}

// boots6 has a machine ask for an address and for a file: each server gives its part.
func (r *rig) boots6(l *lab.Lab) {
	r.t.Helper()
	conn, group := client6(r.t, l)
	ask := dhcp6.Ask{Class: boot.ClassPXE, Arch: boot.ArchX64, MAC: machine, XID: [3]byte{6, 6, 6}}
	var address, file bool
	asksSix(r.t, conn, ask.Bytes(), group, func(p dhcp6.Answer, from string) bool {
		if !strings.HasSuffix(from, "]:547") {
			r.t.Errorf("an %s from %s", p.Type, from)
		}
		address = address || p.Address
		file = file || !p.Address && p.URL == "tftp://[fd77::2]/m/52-54-00-12-34-56/ipxe.efi"
		return address && file
	})
}

// TestInterfacesComeAndGo: what the kernel does to interfaces is told.
func TestInterfacesComeAndGo(t *testing.T) {
	l := newLab(t)
	r := newRig(t, l)
	r.serve(l)
	for _, step := range [][2]string{
		{"link add eth7 type veth peer name eth8;link set eth8 up;addr add 10.79.0.2/24 dev eth7;link set eth7 up", "now answering PXE clients on eth7"},
		{"link set eth7 down", "nothing is answered on eth7 any more"},
		{"link set eth7 up", "now answering PXE clients on eth7"},
		{"link del eth7", "nothing is answered on eth7 any more"},
	} {
		before := len(r.heard())
		configure(t, l.Boot, step[0])
		for end := time.Now().Add(answerAge); !strings.Contains(strings.Join(r.heard()[before:], "\n"), step[1]); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(end) {
				served, err := r.server.Served()
				t.Fatalf("after ip %s: %q, want %q; interfaces %+v, %v", step[0], r.heard()[before:], step[1], served, err)
			}
		}
	}
}
