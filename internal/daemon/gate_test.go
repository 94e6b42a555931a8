// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/dhcpproxy"
	"github.com/bootlace-net/bootlace/httpd"
	"github.com/bootlace-net/bootlace/internal/dhcp4"
	"github.com/bootlace-net/bootlace/internal/dhcp6"
	"github.com/bootlace-net/bootlace/internal/machines/life"
	"github.com/bootlace-net/bootlace/internal/recorder"
	"github.com/bootlace-net/bootlace/internal/site"
	"github.com/bootlace-net/bootlace/tftpd"
)

// assembled is an appliance of some files without its sockets: what they would ask is asked directly.
type assembled struct {
	*daemon
	dhcp *dhcpproxy.Server
	tftp *tftpd.Server
	http *httpd.Server
}

func assembledOf(t *testing.T, files map[string]string) *assembled {
	t.Helper()
	a, _ := assembledAt(t, directory(t, files), t.TempDir())
	return a
}

// directory makes a configuration.
func directory(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// assembledAt is one with a state directory, until it is stopped or the test ends.
func assembledAt(t testing.TB, dir, state string) (a *assembled, stop func()) {
	t.Helper()
	d, err := assemble(Options{Dir: dir, Over: site.Overrides{State: state}, Log: func(configs.Log) (recorder.Log, error) { return recorder.Log{}, nil }})
	if err != nil {
		t.Fatal(err)
	}
	stop = runState(t, d)
	s := &d.site.Settings
	a = &assembled{d, d.dhcpServer(s), d.tftpServer(&s.TFTP), d.httpServer(&s.HTTP)}
	a.dhcp.Limits.PerMAC = 0 // all is asked at once
	return a, stop
}

// runState keeps the machines' lives until it is stopped or the test ends.
func runState(t testing.TB, d *daemon) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- d.state.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return stop
}

var (
	ourAddr = netip.MustParseAddr("127.0.0.1")
	ourNet  = netip.MustParsePrefix("127.0.0.1/8")
	ourV6   = netip.MustParseAddr("2001:db8::1")
)

// offered is the file that DHCP answers with; "" when it stays silent.
func (a *assembled) offered(ask dhcp4.Ask) string {
	at := a.arrival()
	if ask.Type == dhcp4.Request {
		at.Role, at.Remote = dhcpproxy.RoleBINL, netip.AddrPortFrom(ask.CIAddr, 4011)
	}
	return a.dhcp.Respond(ask.Bytes(), at, nil).File
}

func (a *assembled) arrival() dhcpproxy.Arrival {
	return dhcpproxy.Arrival{Local: ourAddr, Subnet: ourNet, Interface: "lo", Tree: a.site.Endpoint(), Remote: netip.MustParseAddrPort("0.0.0.0:68"), Time: time.Now()}
}

func (a *assembled) offered6(ask dhcp6.Ask) string {
	at := dhcpproxy.Arrival{Local: ourV6, Subnet: netip.MustParsePrefix("2001:db8::1/64"), Interface: "lo", Tree: a.site.Endpoint(), Remote: netip.MustParseAddrPort("[fe80::5054:ff:fe00:1]:546")}
	if ask.Server != nil {
		at.Role = dhcpproxy.RoleBINL
	}
	return a.dhcp.Respond6(ask.Bytes(), at, nil).File
}

// byTFTP gives the text of a file; "" when there is none.
func (a *assembled) byTFTP(t *testing.T, name, from string) string {
	t.Helper()
	r := tftpd.Request{Name: name, Local: netip.AddrPortFrom(ourAddr, 69), Remote: netip.AddrPortFrom(addr(from), 2000)}
	f, err := a.tftp.Opener.Open(t.Context(), &r)
	if errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	text, err := io.ReadAll(io.NewSectionReader(f, 0, f.Size()))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func (a *assembled) byHTTP(name string) string {
	w := httptest.NewRecorder()
	here := context.WithValue(context.Background(), http.LocalAddrContextKey, &net.TCPAddr{IP: ourAddr.AsSlice(), Port: 8080})
	a.http.Handler().ServeHTTP(w, httptest.NewRequestWithContext(here, "GET", "http://127.0.0.1/"+name, nil))
	if w.Code != 200 {
		return ""
	}
	return w.Body.String()
}

// countingGate changes plans, and counts how often it is asked.
type countingGate struct {
	pass   func(boot.Client, boot.Plan) boot.Plan
	passed int
}

func (g *countingGate) Offer(_ source, p boot.Plan, _ dhcpproxy.Moment) boot.Plan {
	g.passed++
	return g.pass(p.Client, p)
}

func (g *countingGate) Open(_ context.Context, site source, v *boot.Visit, p boot.Plan, _ life.Claim) (boot.File, boot.Plan, passage, error) {
	g.passed++
	p = g.pass(p.Client, p)
	f, err := site.File(*v, p)
	return f, p, passage{}, err
}

// TestEveryRequestPassesTheGate: for each protocol and each loader's way to its file there is one decision, and what the gate
// says is what the machine gets.
func TestEveryRequestPassesTheGate(t *testing.T) {
	a := assembledOf(t, map[string]string{
		"profiles/install.yaml": "kernel: linux\ncmdline: [say=install]\nfiles: {seed: {content: 'say=install'}}\n",
		"profiles/rescue.yaml":  "kernel: linux\ncmdline: [say=rescue]\nfiles: {seed: {content: 'say=rescue'}}\n",
		"hosts/h.yaml": "hosts:\n  - {name: one, match: {mac: '52:54:00:00:00:01'}, profile: install}\n" +
			"  - {name: two, match: {mac: '52:54:00:00:00:02'}, profile: install}\n  - {name: pi, match: {mac: 'dc:a6:32:00:00:01'}, profile: install}\n",
	})
	pi := boot.MAC{0xdc, 0xa6, 0x32, 0, 0, 1}
	a.memory.See(boot.Client{MAC: mac(1), Addr: addr("10.0.0.1")})
	a.memory.See(boot.Client{MAC: pi, Addr: addr("10.0.0.3"), Archs: []boot.Arch{boot.ArchRPi}})
	uefi := dhcp4.Ask{Type: dhcp4.Discover, XID: 1, MAC: mac(1), Class: boot.ClassPXE, Arch: boot.ArchX64}
	rom, port4011 := uefi, uefi
	rom.Arch = boot.ArchBIOS
	port4011.Type, port4011.CIAddr = dhcp4.Request, addr("10.0.0.1")
	httpBoot := uefi
	httpBoot.Class, httpBoot.Arch = boot.ClassHTTP, boot.ArchX64HTTP
	ipxe := uefi
	ipxe.IPXE = true
	six := dhcp6.Ask{XID: [3]byte{1}, MAC: mac(1), Class: boot.ClassPXE, Arch: boot.ArchX64}
	six4011 := six
	six4011.Server = a.duid()
	one := "m/52-54-00-00-00-01/"
	requests := []struct {
		what string
		file bool // with the profile's words in it
		ask  func() string
	}{
		{"DHCPv4, UEFI", false, func() string { return a.offered(uefi) }},
		{"DHCPv4, BIOS", false, func() string { return a.offered(rom) }},
		{"DHCPv4, UEFI HTTP Boot", false, func() string { return a.offered(httpBoot) }},
		{"DHCPv4, iPXE", false, func() string { return a.offered(ipxe) }},
		{"port 4011", false, func() string { return a.offered(port4011) }},
		{"DHCPv6", false, func() string { return a.offered6(six) }},
		{"DHCPv6, port 4011", false, func() string { return a.offered6(six4011) }},
		{"TFTP, iPXE", true, func() string { return a.byTFTP(t, one+"boot.ipxe", "10.0.0.99") }},
		{"TFTP, by address", true, func() string { return a.byTFTP(t, "boot.ipxe", "10.0.0.1") }},
		{"TFTP, PXELINUX", true, func() string { return a.byTFTP(t, "pxelinux.cfg/01-52-54-00-00-00-01", "10.0.0.99") }},
		{"TFTP, GRUB", true, func() string { return a.byTFTP(t, one+"grub/grub.cfg", "10.0.0.99") }},
		{"TFTP, extlinux", true, func() string { return a.byTFTP(t, one+"extlinux/extlinux.conf", "10.0.0.99") }},
		{"TFTP, a Raspberry Pi", true, func() string { return a.byTFTP(t, "cmdline.txt", "10.0.0.3") }},
		{"TFTP, a file of the profile", true, func() string { return a.byTFTP(t, one+"seed", "10.0.0.99") }},
		{"HTTP, iPXE", true, func() string { return a.byHTTP(one + "boot.ipxe") }},
		{"HTTP, GRUB", true, func() string { return a.byHTTP(one + "grub/grub.cfg") }},
		{"HTTP, a file of the profile", true, func() string { return a.byHTTP(one + "seed") }},
	}
	gates := []struct {
		what string
		gate func(boot.Client, boot.Plan) boot.Plan
		word string // in every file; "": there are none, and DHCP stays silent
	}{
		{"none", nil, "say=install"},
		{"all may pass", func(_ boot.Client, p boot.Plan) boot.Plan { return p }, "say=install"},
		{"it may not install now", func(c boot.Client, p boot.Plan) boot.Plan {
			p.Profile = a.site.Catalog.Profile("rescue")
			return p
		}, "say=rescue"},
		{"it is to be left alone", func(c boot.Client, p boot.Plan) boot.Plan { return boot.Plan{Client: p.Client, Host: p.Host} }, ""},
	}
	for _, g := range gates {
		counted := &countingGate{}
		a.decider.gate = nil
		if g.gate != nil {
			a.decider.gate = counted
			counted.pass = func(c boot.Client, p boot.Plan) boot.Plan {
				if c.MAC != mac(1) && c.MAC != pi {
					return p
				}
				return g.gate(c, p)
			}
		}
		for _, r := range requests {
			counted.passed = 0
			got := r.ask()
			switch {
			case g.word == "" && got != "", g.word != "" && got == "", r.file && !strings.Contains(got, g.word):
				t.Errorf("gate %q, %s: got %q", g.what, r.what, got)
			case g.gate != nil && counted.passed != 1:
				t.Errorf("gate %q, %s: asked %d times", g.what, r.what, counted.passed)
			}
		}
		if got := a.byTFTP(t, "m/52-54-00-00-00-02/boot.ipxe", "10.0.0.99"); !strings.Contains(got, "say=install") {
			t.Errorf("gate %q: another machine gets %q", g.what, got)
		}
	}
}

// TestAHostIsFoundByWhatEarlierPacketsSaid: a host is selected by its UUID, which only the first packet tells.
func TestAHostIsFoundByWhatEarlierPacketsSaid(t *testing.T) {
	id := boot.UUID{0x4c, 0x4c, 0x45, 0x44, 0, 0x32, 0x46, 0x10, 0x80, 0x53, 0xb7, 0xc0, 0x4f, 0x4d, 0x50, 0x31}
	a := assembledOf(t, map[string]string{
		"profiles/p.yaml": "kernel: linux\ncmdline: [say=yes]\n",
		"hosts/h.yaml":    fmt.Sprintf("hosts: [{name: one, match: {uuid: %s}, profile: p}]\n", id),
	})
	ask := dhcp4.Ask{Type: dhcp4.Discover, XID: 1, MAC: mac(1), UUID: id, Class: boot.ClassPXE, Arch: boot.ArchX64}
	if got := a.offered(ask); got == "" {
		t.Fatal("DISCOVER: no answer")
	}
	ask.Type, ask.UUID, ask.CIAddr = dhcp4.Request, boot.UUID{}, addr("10.0.0.1")
	if got := a.offered(ask); got == "" {
		t.Error("a request on port 4011 that leaves the UUID out: no answer")
	}
	if got := a.byTFTP(t, "boot.ipxe", "10.0.0.1"); !strings.Contains(got, "say=yes") {
		t.Errorf("TFTP: %q", got)
	}
	if got := a.byHTTP("m/52-54-00-00-00-01/boot.ipxe"); !strings.Contains(got, "say=yes") {
		t.Errorf("HTTP: %q", got)
	}
}

// duid names this server as its answers do.
func (a *assembled) duid() []byte {
	reply := a.dhcp.Respond6(dhcp6.Ask{XID: [3]byte{1}, MAC: mac(1), Class: boot.ClassPXE, Arch: boot.ArchX64}.Bytes(),
		dhcpproxy.Arrival{Local: ourV6, Tree: a.site.Endpoint(), Remote: netip.MustParseAddrPort("[fe80::5054:ff:fe00:1]:546")}, nil).Reply
	answer, _ := dhcp6.ParseAnswer(reply)
	return answer.Server
}
