// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"context"
	"encoding/binary"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/internal/dhcp4"
)

// Where offers come from. Nobody listens on port 4011 of any of them: what is sent there finds no answer, at once.
var (
	dhcpIP  = netip.MustParseAddr("127.0.0.67")
	proxyIP = netip.MustParseAddr("127.0.0.69")
	leaseIP = netip.MustParseAddr("127.0.0.100")
)

// Contents of option 43.
const (
	bootNow = "\x06\x01\x08\xff"
	menu    = "\x06\x01\x03\x09\x0a\x80\x00\x07Install\x0a\x02\x05B\xff"
	diskTop = "\x06\x01\x03\x09\x07\x00\x00\x04Disk\xff"
	rpiMenu = "\x09\x14\x00\x00\x11Raspberry Pi Boot\xff"
	mtftp   = "\x01\x04\xe0\x00\x01\x02\x02\x02\x00\x10\x03\x02\x00\x11\x04\x01\x01\x05\x01\x01\xff"
)

type change func(*dhcp4.Answer)

// dhcp is an offer with an address.
func dhcp(changes ...change) dhcp4.Answer {
	p := dhcp4.Answer{Type: dhcp4.Offer, YIAddr: leaseIP, Server: dhcpIP, Size: 300}
	for _, c := range changes {
		c(&p)
	}
	return p
}

// proxy is a PXE offer without one.
func proxy(changes ...change) dhcp4.Answer {
	p := dhcp4.Answer{Type: dhcp4.Offer, Server: proxyIP, SIAddr: proxyIP, Class: "PXEClient", Size: 300}
	for _, c := range changes {
		c(&p)
	}
	return p
}

func vendor(v string) change    { return func(p *dhcp4.Answer) { p.Vendor = []byte(v) } }
func header(file string) change { return func(p *dhcp4.Answer) { p.HeaderFile = file } }
func option67(f string) change  { return func(p *dhcp4.Answer) { p.BootFile = f } }
func class(c string) change     { return func(p *dhcp4.Answer) { p.Class = c } }
func size(n int) change         { return func(p *dhcp4.Answer) { p.Size = n } }
func noServer(p *dhcp4.Answer)  { p.Server = netip.Addr{} }
func noNext(p *dhcp4.Answer)    { p.SIAddr = netip.Addr{} }

func play(t *testing.T, name string, offers ...dhcp4.Answer) (*session, *strings.Builder) {
	t.Helper()
	k, err := kindOf(name)
	if err != nil {
		t.Fatal(err)
	}
	var told strings.Builder
	s := &session{kind: k, tries: []time.Duration{50 * time.Millisecond}, ctx: context.Background(), opts: Options{Kind: name, XID: 7, Out: &told}}
	for _, p := range offers {
		s.offers = append(s.offers, offer{Answer: p, from: netip.AddrPortFrom(dhcpIP, portServer)})
	}
	return s, &told
}

// TestJudge: what each client does with what it was offered: the code it gives up with, or the file it loads and from where.
func TestJudge(t *testing.T) {
	plain := dhcp()
	for _, tt := range []struct {
		about  string
		kinds  string
		offers []dhcp4.Answer
		code   string // "" for a boot
		file   string
		host   netip.Addr
		says   string // in the verdict or the notes
	}{
		{"nobody", "x64 arm64", nil, "PXE-E16", "", netip.Addr{}, "nobody answered"},
		{"nobody", "bios", nil, "PXE-E51", "", netip.Addr{}, "nobody answered"},
		{"nobody", "ipxe ipxe-efi", nil, "no IP configuration (ipxe.org/040ee119)", "", netip.Addr{}, "waits for an address"},
		{"nobody", "http rpi", nil, "no address", "", netip.Addr{}, "no DHCP server"},
		{"a proxy alone", "x64", []dhcp4.Answer{proxy(vendor(bootNow), header("a.efi"))}, "PXE-E16", "", netip.Addr{}, "only a ProxyDHCP server"},
		{"a proxy alone", "bios", []dhcp4.Answer{proxy(vendor(bootNow), header("a.0"))}, "PXE-E52", "", netip.Addr{}, "only a ProxyDHCP server"},
		{"addresses alone", "x64", []dhcp4.Answer{plain}, "PXE-E16", "", netip.Addr{}, "names no boot file"},
		{"addresses alone", "bios", []dhcp4.Answer{plain}, "PXE-E53", "", netip.Addr{}, "no boot file"},
		{"addresses alone", "ipxe", []dhcp4.Answer{plain}, "Nothing to boot (ipxe.org/2d03e13b)", "", netip.Addr{}, "two seconds"},
		{"addresses alone", "http", []dhcp4.Answer{plain}, "no boot URI", "", netip.Addr{}, "HTTPClient"},
		{"addresses alone", "rpi", []dhcp4.Answer{plain}, "no boot server", "", netip.Addr{}, "Raspberry Pi Boot"},

		{"take the file at once", "x64 arm64 bios", []dhcp4.Answer{plain, proxy(vendor(bootNow), header("a"))}, "", "a", proxyIP, "{6: 8}"},
		{"the proxy first", "x64", []dhcp4.Answer{proxy(vendor(bootNow), header("a")), plain}, "", "a", proxyIP, "{6: 8}"},
		{"option 67 is enough for UEFI", "x64", []dhcp4.Answer{plain, proxy(vendor(bootNow), option67("a"))}, "", "a", proxyIP, ""},
		{"but not for a BIOS, which asks on", "bios", []dhcp4.Answer{plain, proxy(vendor(bootNow), option67("a"))}, "PXE-E55", "", netip.Addr{}, "does not answer on port 4011"},
		{"no option 43, nobody on 4011", "x64", []dhcp4.Answer{plain, proxy(header("a"))}, "PXE-E16", "", netip.Addr{}, "does not answer on port 4011"},
		{"no option 43, nobody on 4011", "bios", []dhcp4.Answer{plain, proxy(header("a"))}, "PXE-E55", "", netip.Addr{}, "does not answer on port 4011"},
		{"a menu, nobody on 4011", "x64", []dhcp4.Answer{plain, proxy(vendor(menu))}, "PXE-E16", "", netip.Addr{}, `first item is "Install" (type 8000)`},
		{"the disk first", "x64 bios", []dhcp4.Answer{plain, proxy(vendor(diskTop))}, "PXE-E21", "", netip.Addr{}, "local disk"},

		{"the DHCP server is a boot server itself", "x64 bios", []dhcp4.Answer{dhcp(class("PXEClient"), vendor(bootNow), header("own"))}, "", "own", dhcpIP, ""},
		{"option 60 of a DHCP server hides the proxy", "x64", []dhcp4.Answer{dhcp(class("PXEClient")), proxy(vendor(bootNow), header("a"))}, "PXE-E16", "", netip.Addr{}, "Remove option 60"},
		{"a DHCP server's own file", "x64 bios ipxe", []dhcp4.Answer{dhcp(header("own"))}, "", "own", dhcpIP, "DHCP server's own boot file"},
		{"the proxy's goes before it", "x64 bios", []dhcp4.Answer{dhcp(header("own")), proxy(vendor(bootNow), header("a"))}, "", "a", proxyIP, ""},
		{"a DHCP server's file in option 67 only", "bios", []dhcp4.Answer{dhcp(option67("own"))}, "PXE-E53", "", netip.Addr{}, "option 67 only"},

		{"no server identifier", "x64", []dhcp4.Answer{plain, proxy(vendor(bootNow), header("a"), noServer)}, "PXE-E16", "", netip.Addr{}, "no option 54"},
		{"too large for EDK2's buffer", "x64", []dhcp4.Answer{plain, proxy(vendor(bootNow), header("a"), size(1473))}, "PXE-E16", "", netip.Addr{}, "larger than 1472"},
		{"just not too large", "x64", []dhcp4.Answer{plain, proxy(vendor(bootNow), header("a"), size(1472))}, "", "a", proxyIP, ""},
		{"MTFTP", "x64", []dhcp4.Answer{plain, proxy(vendor(mtftp), header("a"))}, "PXE-E16", "", netip.Addr{}, "1 to 5 (MTFTP)"},
		{"no class", "x64", []dhcp4.Answer{plain, proxy(vendor(bootNow), header("a"), class(""))}, "PXE-E16", "", netip.Addr{}, "means nothing to firmware"},

		{"iPXE takes a file with siaddr", "ipxe ipxe-efi", []dhcp4.Answer{plain, proxy(option67("http://h/s"))}, "", "http://h/s", proxyIP, "siaddr and a file"},
		{"without siaddr it asks 4011", "ipxe", []dhcp4.Answer{plain, proxy(option67("http://h/s"), noNext)}, "Nothing to boot (ipxe.org/2d03e13b)", "", netip.Addr{}, "does not answer"},

		{"a URL", "http http-arm64", []dhcp4.Answer{plain, proxy(class("HTTPClient"), option67("http://10.0.0.1/a.efi"))}, "", "http://10.0.0.1/a.efi", proxyIP, "https only"},
		{"a URL with a name", "http", []dhcp4.Answer{plain, proxy(class("HTTPClient"), option67("http://boot/a.efi"))}, "", "http://boot/a.efi", proxyIP, "host is a name"},
		{"no URL", "http", []dhcp4.Answer{plain, proxy(class("HTTPClient"), option67("a.efi"))}, "no boot URI", "", netip.Addr{}, "is no URL"},
		{"a PXE offer for HTTP Boot", "http", []dhcp4.Answer{plain, proxy(vendor(bootNow), option67("http://10.0.0.1/a.efi"))}, "no boot URI", "", netip.Addr{}, ""},
		{"an HTTP offer for PXE", "x64", []dhcp4.Answer{plain, proxy(class("HTTPClient"), option67("http://10.0.0.1/a.efi"))}, "PXE-E16", "", netip.Addr{}, ""},

		{"the Raspberry Pi's menu", "rpi", []dhcp4.Answer{plain, proxy(vendor(rpiMenu))}, "", "", proxyIP, "own file names"},
		{"another menu", "rpi", []dhcp4.Answer{plain, proxy(vendor(menu))}, "no boot server", "", netip.Addr{}, ""},
	} {
		for name := range strings.FieldsSeq(tt.kinds) {
			t.Run(tt.about+"/"+name, func(t *testing.T) {
				s, told := play(t, name, tt.offers...)
				v := s.kind.judge(s)
				if v.Code != tt.code || v.File != tt.file || v.Code == "" && v.Host != tt.host {
					t.Errorf("%q, file %q from %s: %s", v.Code, v.File, v.Host, v.Text)
				}
				if all := told.String() + v.Text; !strings.Contains(all, tt.says) {
					t.Errorf("nothing about %q in %q", tt.says, all)
				}
			})
		}
	}
}

// TestIPXE: of the offers that say PXEClient an iPXE takes the one with the highest priority, of equals the last, and only of those
// that come before it has an address as well. Times are in seconds.
func TestIPXE(t *testing.T) {
	type heard struct {
		at    float64
		offer dhcp4.Answer
	}
	priority := func(n int8) change { return func(p *dhcp4.Answer) { p.Priority = n } }
	noProxy := func(p *dhcp4.Answer) { p.NoProxy = true }
	other := netip.MustParseAddr("127.0.0.70")
	from := func(a netip.Addr) change { return func(p *dhcp4.Answer) { p.Server, p.SIAddr = a, a } }
	ours, sixty := proxy(header("ours"), priority(1)), dhcp(class("PXEClient"))
	const nothing = "Nothing to boot (ipxe.org/2d03e13b)"
	for _, tt := range []struct {
		about  string
		offers []heard
		code   string
		file   string
		says   string
	}{
		{"option 60 first", []heard{{0.1, sixty}, {0.2, ours}}, nothing, "", "127.0.0.67 says PXEClient, names no file"},
		{"option 60 a second later", []heard{{0, ours}, {1, sixty}}, "", "ours", "the offer of 127.0.0.67 is lost"},
		{"without a priority", []heard{{0, proxy(header("ours"))}, {1, sixty}}, nothing, "", "the offer of 127.0.0.69 is lost"},
		{"option 60 with a file of its own", []heard{{0, dhcp(class("PXEClient"), header("own"), from(dhcpIP))}, {0.1, ours}}, "", "own", "Remove option 60"},
		{"another proxy, the last counts", []heard{{0, proxy(header("ours"))}, {0.1, proxy(header("theirs"), from(other))}, {0.2, dhcp()}}, "", "theirs", "lost"},
		{"another proxy, the higher counts", []heard{{0, ours}, {0.1, proxy(header("theirs"), from(other))}, {0.2, dhcp()}}, "", "ours", "lost"},
		{"another proxy, too late", []heard{{0, ours}, {0.1, dhcp()}, {0.2, proxy(header("theirs"), from(other), priority(9))}}, "", "ours", "lost"},
		{"a proxy after two seconds", []heard{{0, dhcp()}, {2.9, ours}}, "", "ours", "at once"},
		{"a proxy after three seconds", []heard{{0, dhcp()}, {3.1, ours}}, nothing, "", "two seconds"},
		{"an address after three seconds", []heard{{0, ours}, {3.9, dhcp()}}, "", "ours", "at once"},
		{"a DHCP server's own file", []heard{{0, dhcp(header("own"))}, {0.1, proxy(header("ours"))}}, "", "own", "goes before a proxy's"},
		{"and ours", []heard{{0, dhcp(header("own"))}, {0.1, ours}}, "", "ours", "at once"},
		{"no proxy allowed", []heard{{0, dhcp(noProxy)}, {0.1, ours}}, nothing, "", "175.176"},
		{"no answer on port 4011, but a file", []heard{{0, dhcp(header("own"))}, {0.1, proxy()}}, "", "own", "does not answer on port 4011"},
		{"a menu", []heard{{0, dhcp()}, {0.1, proxy(vendor(menu))}}, nothing, "", "Install"},
		{"the disk", []heard{{0, dhcp()}, {0.1, proxy(vendor(diskTop))}}, "local boot", "", "local disk"},
	} {
		var list []dhcp4.Answer
		for _, h := range tt.offers {
			list = append(list, h.offer)
		}
		s, told := play(t, "ipxe", list...)
		for i, h := range tt.offers {
			s.offers[i].at = time.Duration(h.at * float64(time.Second))
		}
		v := s.kind.judge(s)
		if v.Code != tt.code || v.File != tt.file || !strings.Contains(told.String()+v.Text, tt.says) {
			t.Errorf("%s: %q, file %q: %s\n%s", tt.about, v.Code, v.File, v.Text, told)
		}
	}
}

// TestAssumeDHCP judges a proxy as if there were a DHCP server beside it.
func TestAssumeDHCP(t *testing.T) {
	for name, offered := range map[string]dhcp4.Answer{
		"x64": proxy(vendor(bootNow), header("a")), "bios": proxy(vendor(bootNow), header("a")), "ipxe": proxy(header("a")),
		"http": proxy(class("HTTPClient"), option67("http://10.0.0.1/a")), "rpi": proxy(vendor(rpiMenu)),
	} {
		s, _ := play(t, name, offered)
		s.opts.AssumeDHCP = true
		if v := s.kind.judge(s); v.Code != "" || v.Host != proxyIP {
			t.Errorf("%s: %s from %s: %s", name, v.Code, v.Host, v.Text)
		}
	}
}

// pe is the beginning of a program for a machine type.
func pe(machine uint16) []byte {
	b := make([]byte, 128)
	copy(b, "MZ")
	b[60] = 64
	copy(b[64:], "PE\x00\x00")
	binary.LittleEndian.PutUint16(b[68:], machine)
	return b
}

// TestInspect: what came is looked at with the client's eyes.
func TestInspect(t *testing.T) {
	broken := pe(0x8664)
	broken[63] = 0x80 // the header would be beyond the end
	for _, tt := range []struct {
		kind string
		body []byte
		code string
	}{
		{"x64", pe(0x8664), ""},
		{"http", pe(0x8664), ""},
		{"arm64", pe(0xaa64), ""},
		{"arm64", pe(0x8664), "wrong architecture"},
		{"x64", pe(0xaa64), "wrong architecture"},
		{"x64", broken, "not an EFI program"},
		{"x64", []byte("MZ"), "not an EFI program"},
		{"x64", make([]byte, 100), "not an EFI program"},
		{"x64", nil, "empty file"},
		{"x64", []byte("#!ipxe\n"), "not a program"},
		{"bios", []byte("#!ipxe\n"), "not a program"},
		{"bios", []byte("\xea anything"), ""},
		{"ipxe", []byte("#!ipxe\nshell\n"), ""},
		{"ipxe", []byte("\xea anything"), ""},
	} {
		s, told := play(t, tt.kind)
		err := s.inspect(Verdict{File: "http://10.0.0.1/f"}, tt.body)
		var no *ErrNoBoot
		switch {
		case tt.code == "" && (err != nil || tt.kind != "ipxe" && !strings.Contains(told.String(), "would boot")):
			t.Errorf("%s, %.20q: %v; %s", tt.kind, tt.body, err, told)
		case tt.code != "" && (!errors.As(err, &no) || no.Code != tt.code):
			t.Errorf("%s, %.20q: %v, want %s", tt.kind, tt.body, err, tt.code)
		}
	}
}

// TestFileOf finds what a script loads.
func TestFileOf(t *testing.T) {
	vars := map[string]string{}
	for line, want := range map[string]string{
		"kernel vmlinuz quiet":                 "vmlinuz",
		"kernel --name k http://h/k a=b":       "http://h/k",
		"initrd -n i initrd.gz || goto failed": "initrd.gz",
		"chain --autofree http://h/next":       "http://h/next",
		"chain ${unknown}/x":                   "",
		"echo kernel x":                        "",
		"kernel":                               "",
		"# kernel x":                           "",
	} {
		if got := fileOf(line, vars); got != want {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
	fileOf("set base http://h", vars)
	if got := fileOf("kernel ${base}/k", vars); got != "http://h/k" {
		t.Errorf("a variable of the script: %q", got)
	}
}
