// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"bytes"
	"context"
	"errors"
	"io"
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
	start   func(ctx context.Context, l *lab.Lab, dir string, log io.Writer) (*lab.Process, error) // files are in dir
}

// dhcpServers by their names in tests.
func dhcpServers() map[string]dhcpServer {
	return map[string]dhcpServer{
		"dnsmasq": ofLab("dnsmasq", lab.DHCPOptions{Server: lab.Dnsmasq, IPv6: true}),
		"dhcpd-4": ofLab("dhcpd", lab.DHCPOptions{Server: lab.ISC}),
		"dhcpd-6": ofLab("dhcpd", lab.DHCPOptions{Server: lab.ISC6}),
		"kea-4": kea("kea-dhcp4", "udp/67", `{"Dhcp4": {"interfaces-config": {"interfaces": ["eth0"]}, "lease-database": {"type": "memfile", "persist": false},
			"subnet4": [{"id": 1, "subnet": "10.77.0.0/24", "pools": [{"pool": "10.77.0.100-10.77.0.199"}]}]}}`),
		"kea-6": kea("kea-dhcp6", "udp/547", `{"Dhcp6": {"server-id": {"type": "LL", "persist": false}, "interfaces-config": {"interfaces": ["eth0"]}, "lease-database": {"type": "memfile", "persist": false},
			"subnet6": [{"id": 1, "interface": "eth0", "subnet": "fd77::/64", "pools": [{"pool": "fd77::100-fd77::1ff"}]}]}}`),
	}
}

// ofLab is a server that real machines boot beside, too (package e2e).
func ofLab(program string, o lab.DHCPOptions) dhcpServer {
	return dhcpServer{program, o.Ports(), func(ctx context.Context, l *lab.Lab, dir string, log io.Writer) (*lab.Process, error) {
		return l.Boot.StartDHCP(ctx, dir, lab.BootAddr(), o, log)
	}}
}

func kea(program, port, config string) dhcpServer {
	return dhcpServer{program, []string{port}, func(ctx context.Context, l *lab.Lab, dir string, log io.Writer) (*lab.Process, error) {
		file := filepath.Join(dir, "conf")
		if err := os.WriteFile(file, []byte(config), 0o644); err != nil {
			return nil, err
		}
		p, err := l.Boot.Start(log, "env", "KEA_PIDFILE_DIR="+dir, "KEA_LOCKFILE_DIR="+dir, program, "-c", file)
		if err != nil {
			return nil, err
		}
		if err := l.Boot.WaitPorts(ctx, p, port); err != nil {
			return nil, errors.Join(err, p.Stop())
		}
		return p, nil
	}}
}

// run starts the server on our host, says which port it cannot have, and sees that it is alive in the end.
func (d *dhcpServer) run(t *testing.T, l *lab.Lab) {
	t.Helper()
	var log bytes.Buffer
	ctx, cancel := context.WithTimeout(t.Context(), answerAge)
	defer cancel()
	p, err := d.start(ctx, l, t.TempDir(), &log)
	if err != nil {
		t.Fatalf("%v\n%s", err, log.String())
	}
	t.Cleanup(func() {
		alive := !p.Ended()
		_ = p.Stop() // the log is ours then
		if !alive {
			t.Errorf("%s ended: %v\n%s", d.program, p.Err(), log.String())
		}
	})
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
					server.run(t, l)
				}
				r.serve(l)
				if first == "ours" {
					server.run(t, l)
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
		file = file || !p.Address && p.URL == "tftp://[fd77::2]/m/52-54-00-12-34-56/snponly.efi"
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
