// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/dhcp4"
)

// pitfalls is how many ways to fail are known, numbered from 1. Each needs a vector: a request as a capture, the answer as a
// text, and what must be true of it; those of sockets and of several packets have tests of their own, which are named.
const pitfalls = 32

// vector is one packet and what must be true of the answer to it.
type vector struct {
	n       int
	about   string
	req     request
	raw     []byte // instead of req
	from    string // default: a broadcast from 0.0.0.0:68
	role    Role
	setup   func(*Responder, *planner)
	silent  Verdict // the answer is silence, for this reason
	correct func(dhcp4.Answer, *Answer) bool
}

// elsewhere are the pitfalls that one packet cannot show.
func elsewhere() map[int]func(*testing.T) {
	return map[int]func(*testing.T){
		21: TestTwoInterfaces,
		23: TestRivals,
		28: TestLoopIsLoud, // the words for each firmware's local boot are the menus'
		30: TestDHCPv6,
	}
}

// notHere are pitfalls of TFTP and HTTP servers, and of the site's own DHCP server.
func notHere() map[int]string {
	return map[int]string{24: "TestDelay: answers wait for nothing unless told to", 25: "tftpd", 26: "tftpd", 27: "httpd", 32: "a lease is the site's"}
}

func vectors() []vector {
	uuid := "\x00\x78\x56\x34\x12\x34\x12\x78\x56\x9a\xbc\xde\xf0\x12\x34\x56\x78"
	big := "\x05\xc0"
	on := func(r request, f func(*request)) request { f(&r); return r }
	chosen := func(typ dhcp4.MessageType) request {
		return on(ofROM(boot.ArchX64), func(r *request) { r.typ, r.ciaddr = typ, "10.77.0.100" })
	}
	relayed := func(info string) request {
		return on(ofROM(boot.ArchX64).with(dhcp4.OptRelayAgent, info), func(r *request) { r.giaddr = "10.9.0.1" })
	}
	overloaded := request{typ: dhcp4.Discover, xid: 7}.with(dhcp4.OptOverload, "\x03").bytes()
	copy(overloaded[offFile:], append([]byte{dhcp4.OptClass, 9}, "PXEClient\xff"...))
	copy(overloaded[offSName:], []byte{dhcp4.OptArch, 2, 0, 11, dhcp4.OptEnd})
	long := func(file string) func(*Responder, *planner) {
		return func(_ *Responder, p *planner) { p.loader = strings.Repeat("d/", 60) + file }
	}
	pinned := func(s boot.Strategy) func(*Responder, *planner) {
		return func(_ *Responder, p *planner) { p.strategy = s }
	}
	return []vector{
		{n: 1, about: "option 54 is our address", req: ofROM(boot.ArchX64), correct: func(p dhcp4.Answer, _ *Answer) bool { return p.Server == serverIP }},
		{n: 2, about: "option 53 says OFFER", req: ofROM(boot.ArchX64), correct: func(p dhcp4.Answer, _ *Answer) bool { return p.Type == dhcp4.Offer }},
		{n: 3, about: "yiaddr is 0", req: ofROM(boot.ArchBIOS), correct: func(p dhcp4.Answer, _ *Answer) bool { return !p.YIAddr.IsValid() }},
		{n: 4, about: "PXE clients get PXEClient", req: ofROM(boot.ArchX64), correct: func(p dhcp4.Answer, _ *Answer) bool { return p.Class == "PXEClient" }},
		{n: 4, about: "HTTP clients get HTTPClient, an IP literal, and no option 43", req: ofROM(boot.ArchX64HTTP),
			correct: func(p dhcp4.Answer, _ *Answer) bool {
				return p.Class == "HTTPClient" && p.Vendor == nil && strings.HasPrefix(p.File(), "http://10.77.0.2:8080/")
			}},
		{n: 5, about: "43 {6: 8} with a file boots at once", req: ofROM(boot.ArchX64), correct: func(p dhcp4.Answer, _ *Answer) bool { return p.BootNow() && p.File() != "" }},
		{n: 5, about: "BINL has no option 43", req: ofROM(boot.ArchX64), setup: pinned(boot.StrategyBINL), correct: func(p dhcp4.Answer, _ *Answer) bool { return p.Vendor == nil }},
		{n: 5, about: "and port 4011 answers", req: chosen(dhcp4.Request), setup: pinned(boot.StrategyBINL), role: RoleBINL, from: "10.77.0.100:4011",
			correct: func(p dhcp4.Answer, _ *Answer) bool { return p.Type == dhcp4.Ack && p.File() != "" }},
		{n: 6, about: "no MTFTP, in a menu neither", req: ofROM(boot.ArchBIOS), setup: pinned(boot.StrategyMenu),
			correct: func(p dhcp4.Answer, _ *Answer) bool {
				for code := byte(1); code <= 5; code++ {
					if dhcp4.SubOption(p.Vendor, code) != nil {
						return false
					}
				}
				return p.PXE()
			}},
		{n: 7, about: "EDK2 waits on 4011", req: chosen(dhcp4.Request), role: RoleBINL, from: "10.77.0.100:4011",
			correct: func(_ dhcp4.Answer, a *Answer) bool { return a.To.Remote == unicast("10.77.0.100:4011") }},
		{n: 8, about: "iPXE asks 4011 from port 68 and waits there", req: chosen(dhcp4.Request).with(dhcp4.OptUserClass, "iPXE"), role: RoleBINL, from: "10.77.0.100:68",
			correct: func(_ dhcp4.Answer, a *Answer) bool { return a.To.Remote == unicast("10.77.0.100:68") }},
		{n: 9, about: "siaddr and file are in an iPXE's offer", req: ofROM(boot.ArchX64).with(dhcp4.OptUserClass, "iPXE"),
			correct: func(p dhcp4.Answer, _ *Answer) bool {
				return p.SIAddr == serverIP && strings.HasSuffix(p.HeaderFile, "/boot.ipxe")
			}},
		{n: 10, about: "shim reads header and siaddr, others option 67: both are set", req: ofROM(boot.ArchX64),
			setup: func(_ *Responder, p *planner) { p.loader = "shim/shimx64.efi" },
			correct: func(p dhcp4.Answer, _ *Answer) bool {
				return p.HeaderFile != "" && p.HeaderFile == p.BootFile && p.SIAddr == serverIP
			}},
		{n: 11, about: "a BIOS cannot read a long name: silence with a reason", req: ofROM(boot.ArchBIOS).with(dhcp4.OptMaxSize, big), setup: long("undionly.kpxe"), silent: SilentTooLong},
		{n: 11, about: "UEFI reads it in option 67", req: ofROM(boot.ArchX64).with(dhcp4.OptMaxSize, big), setup: long("snponly.efi"),
			correct: func(p dhcp4.Answer, _ *Answer) bool { return p.HeaderFile == "" && len(p.BootFile) > dhcp4.SizeFile }},
		{n: 12, about: "the largest menu fits option 43 and is ended", req: ofROM(boot.ArchBIOS), setup: func(_ *Responder, p *planner) { p.strategy, p.title = boot.StrategyMenu, strings.Repeat("title ", 60) },
			correct: func(p dhcp4.Answer, _ *Answer) bool {
				types, texts := p.Items()
				return len(p.Vendor) <= 255 && p.Vendor[len(p.Vendor)-1] == dhcp4.OptEnd && len(types) == 2 && len(texts[0]) == dhcp4.MaxMenuText
			}},
		{n: 13, about: "at least 300 bytes", req: ofROM(boot.ArchX64), setup: pinned(boot.StrategyBINL), correct: func(p dhcp4.Answer, _ *Answer) bool { return p.Size >= dhcp4.MinSize }},
		{n: 13, about: "no more than the client says", req: ofROM(boot.ArchBIOS).with(dhcp4.OptRelayAgent, "\x01\xf0"+strings.Repeat("c", 240)).with(dhcp4.OptClientID, strings.Repeat("i", 200)),
			correct: func(p dhcp4.Answer, _ *Answer) bool { return p.Size <= 576-28 }},
		{n: 13, about: "nor than 1472, whatever it says: rather silence", req: parts(ofROM(boot.ArchX64).with(dhcp4.OptMaxSize, "\xff\x00"), 5), silent: SilentTooBig},
		{n: 14, about: "97, 61 and 82 come back, 82 last", req: ofROM(boot.ArchX64).with(dhcp4.OptMaxSize, big).with(dhcp4.OptRelayAgent, "\x01\x01a").with(dhcp4.OptUUID, uuid).with(dhcp4.OptClientID, "\x01\x52\x54\x00\x12\x34\x56"),
			correct: func(_ dhcp4.Answer, a *Answer) bool {
				var codes []byte
				for _, o := range dhcp4.Options(a.Reply[offOpts:]) {
					codes = append(codes, o.Code)
				}
				s := string(codes)
				return strings.Contains(s, string([]byte{dhcp4.OptUUID})) && strings.Contains(s, string([]byte{dhcp4.OptClientID})) && codes[len(codes)-1] == dhcp4.OptRelayAgent
			}},
		{n: 14, about: "82 in parts comes back in parts", req: parts(ofROM(boot.ArchX64).with(dhcp4.OptMaxSize, big), 2),
			correct: func(_ dhcp4.Answer, a *Answer) bool {
				list := dhcp4.Options(a.Reply[offOpts:])
				n := len(list)
				return list[n-1].Code == dhcp4.OptRelayAgent && list[n-2].Code == dhcp4.OptRelayAgent && len(list[n-2].Value)+len(list[n-1].Value) == 500
			}},
		{n: 15, about: "the first known of several architectures", req: request{typ: dhcp4.Discover, class: "PXEClient", archs: []boot.Arch{60000, boot.ArchX64, boot.ArchBIOS}},
			correct: func(p dhcp4.Answer, _ *Answer) bool { return strings.HasSuffix(p.File(), "/snponly.efi") }},
		{n: 15, about: "9 is x64 too", req: ofROM(boot.ArchEBC), correct: func(p dhcp4.Answer, _ *Answer) bool { return strings.HasSuffix(p.File(), "/snponly.efi") }},
		{n: 15, about: "39 is LoongArch", req: ofROM(boot.ArchLoong64), correct: func(p dhcp4.Answer, _ *Answer) bool { return strings.HasSuffix(p.File(), "/ipxe-loongarch64.efi") }},
		{n: 15, about: "12 is Open Firmware: there is no loader, and no wrong one", req: ofROM(12), silent: SilentNoLoader},
		{n: 15, about: "41 is a Raspberry Pi", req: ofROM(boot.ArchRPi), correct: func(_ dhcp4.Answer, a *Answer) bool { return a.Strategy == boot.StrategyRPi }},
		{n: 16, about: "hlen 16", req: request{typ: dhcp4.Discover, class: "PXEClient", archs: []boot.Arch{7}, hlen: 16, chaddr: []byte("0123456789abcdef")},
			correct: func(_ dhcp4.Answer, a *Answer) bool {
				return a.Client.MAC.IsZero() && a.Reply[offHLen] == 16 && string(a.Reply[offCHAddr:offCHAddr+16]) == "0123456789abcdef"
			}},
		{n: 16, about: "an address of zeros", req: request{typ: dhcp4.Discover, class: "PXEClient", archs: []boot.Arch{7}, hlen: 6, chaddr: make([]byte, 16)},
			correct: func(p dhcp4.Answer, _ *Answer) bool { return p.File() == "snponly.efi" }},
		{n: 17, about: "raw user class", req: ofROM(boot.ArchX64).with(dhcp4.OptUserClass, "iPXE"), correct: func(_ dhcp4.Answer, a *Answer) bool { return a.Strategy == boot.StrategyIPXE }},
		{n: 17, about: "RFC 3004 user class", req: ofROM(boot.ArchX64).with(dhcp4.OptUserClass, "\x04iPXE"), correct: func(_ dhcp4.Answer, a *Answer) bool { return a.Strategy == boot.StrategyIPXE }},
		{n: 18, about: "no END", req: on(ofROM(boot.ArchX64), func(r *request) { r.noEnd = true }), correct: func(p dhcp4.Answer, _ *Answer) bool { return p.File() != "" }},
		{n: 18, about: "padding between options", raw: padded(), correct: func(p dhcp4.Answer, _ *Answer) bool { return p.File() != "" }},
		{n: 18, about: "options in file and sname", raw: overloaded, correct: func(p dhcp4.Answer, _ *Answer) bool { return strings.HasSuffix(p.File(), "snp-arm64.efi") }},
		{n: 19, about: "a request for an address is not ours", req: chosen(dhcp4.Request), silent: SilentRequest},
		{n: 19, about: "an INFORM may be", req: chosen(dhcp4.Inform), correct: func(p dhcp4.Answer, a *Answer) bool {
			return p.Type == dhcp4.Ack && a.To.Remote == unicast("10.77.0.100:68")
		}},
		{n: 20, about: "a relay gets it on port 67", req: relayed("\x01\x04ge-1"), from: "10.9.0.1:67", correct: func(_ dhcp4.Answer, a *Answer) bool { return a.To.Remote == unicast("10.9.0.1:67") }},
		{n: 20, about: "or where RFC 8357 says", req: relayed("\x13\x00"), from: "10.9.0.1:40067",
			correct: func(_ dhcp4.Answer, a *Answer) bool {
				return a.To.Remote == unicast("10.9.0.1:40067") && a.To.Local == serverIP && a.To.Interface == 0
			}},
		{n: 21, about: "a broadcast leaves where the request came in, from and with the address there", req: ofROM(boot.ArchX64),
			correct: func(p dhcp4.Answer, a *Answer) bool {
				return a.To.Broadcast() && a.To.Interface == 2 && a.To.Local == serverIP && p.SIAddr == serverIP
			}},
		{n: 22, about: "a request on 4011 that names another server is left to it", req: chosen(dhcp4.Request).with(dhcp4.OptServerID, "\x0a\x4d\x00\x63"), role: RoleBINL, from: "10.77.0.100:4011", silent: SilentOtherServer},
		{n: 29, about: "our own iPXE is told by its user class", req: ofROM(boot.ArchBIOS).with(dhcp4.OptUserClass, dhcp4.OurUserClass), correct: func(p dhcp4.Answer, _ *Answer) bool { return strings.HasSuffix(p.File(), "/boot.ipxe") }},
		{n: 29, about: "a foreign one by option 175 alone", req: ofROM(boot.ArchX64).with(dhcp4.OptIPXE, "\x13\x01\x01\x24\x01\x01"), correct: func(p dhcp4.Answer, _ *Answer) bool { return strings.HasSuffix(p.File(), "/boot.ipxe") }},
		{n: 31, about: "the Raspberry Pi finds its words", req: request{typ: dhcp4.Discover, mac: boot.MAC{0xdc, 0xa6, 0x32, 1, 2, 3}, class: "PXEClient:Arch:00000:UNDI:002001", archs: []boot.Arch{0}},
			correct: func(p dhcp4.Answer, _ *Answer) bool {
				_, texts := p.Items()
				return len(texts) == 1 && texts[0] == "Raspberry Pi Boot" && p.SIAddr == serverIP
			}},
	}
}

// parts adds an option 82 that is too long for one (RFC 3396).
func parts(r request, n int) request {
	for range n {
		r = r.with(dhcp4.OptRelayAgent, strings.Repeat("c", 250))
	}
	return r
}

// padded has zeros between its options.
func padded() []byte {
	b := ofROM(boot.ArchX64).bytes()
	out := append([]byte(nil), b[:offOpts]...)
	for _, o := range dhcp4.Options(b[offOpts:]) {
		out = append(append(out, dhcp4.OptPad, dhcp4.OptPad, o.Code, byte(len(o.Value))), o.Value...)
	}
	return append(out, dhcp4.OptPad, dhcp4.OptEnd)
}

// TestPitfalls replays a capture for each known way to fail.
func TestPitfalls(t *testing.T) {
	seen := map[int]int{}
	for _, v := range vectors() {
		seen[v.n]++
		name := fmt.Sprintf("%02d-%s", v.n, strings.Join(strings.FieldsFunc(v.about, func(r rune) bool { return r < '0' || r > 'z' || r > '9' && r < 'A' }), "-"))
		t.Run(name, func(t *testing.T) {
			p := newPlanner(t)
			r := &Responder{Planner: p, Machines: remember()}
			if v.setup != nil {
				v.setup(r, p)
			}
			packet, a := v.replay(t, filepath.Join("testdata", "pitfall", name+".pcap"))
			ans := r.Respond(packet, a, nil)
			golden(t, "pitfall/"+name, ans.story())
			if v.correct == nil {
				if ans.Verdict != v.silent || len(ans.Reply) > 0 {
					t.Errorf("%s, want silence: %s", ans.Verdict, v.silent)
				}
				return
			}
			reply, ok := dhcp4.ParseAnswer(ans.Reply)
			if !ok {
				t.Fatalf("no answer: %s", ans.Verdict)
			}
			checkReply(t, packet, ans)
			if !v.correct(reply, &ans) {
				t.Errorf("not so:\n%s", ans.story())
			}
		})
	}
	for n, test := range elsewhere() {
		if seen[n]++; test == nil {
			t.Errorf("pitfall %d has no test", n)
		}
	}
	for n := range notHere() {
		seen[n]++
	}
	for n := 1; n <= pitfalls; n++ {
		if seen[n] == 0 {
			t.Errorf("pitfall %d has no vector", n)
		}
	}
	for kind, dir := range map[string]string{".pcap": "testdata/pitfall", ".txt": "testdata/golden/pitfall"} {
		if files, err := filepath.Glob(dir + "/*" + kind); err != nil || len(files) != len(vectors()) {
			t.Errorf("%d files in %s, %v: want one for each of %d vectors", len(files), dir, err, len(vectors()))
		}
	}
}

// replay reads the request out of a capture, which -update writes.
func (v *vector) replay(t *testing.T, path string) ([]byte, Arrival) {
	t.Helper()
	from, to := unicast("0.0.0.0:68"), netip.AddrPortFrom(broadcastAddr(), portServer)
	if v.from != "" {
		from, to = unicast(v.from), netip.AddrPortFrom(serverIP, portServer)
	}
	if v.role == RoleBINL {
		to = netip.AddrPortFrom(serverIP, portBINL)
	}
	if *update {
		packet := v.raw
		if packet == nil {
			packet = v.req.bytes()
		}
		writePcap(t, path, from, to, packet)
	}
	list := readPcap(t, path)
	if len(list) != 1 || list[0].from != from || list[0].to != to {
		t.Fatalf("%s: not one packet from %s to %s", path, from, to)
	}
	a := on67(0)
	a.Role, a.Remote = v.role, from
	return list[0].payload, a
}

// writePcap makes a capture of one UDP datagram.
func writePcap(t *testing.T, path string, from, to netip.AddrPort, payload []byte) {
	t.Helper()
	udp := binary.BigEndian.AppendUint16(nil, from.Port())
	udp = binary.BigEndian.AppendUint16(udp, to.Port())
	udp = binary.BigEndian.AppendUint16(udp, uint16(8+len(payload)))
	udp = append(append(udp, 0, 0), payload...) // checksum 0: none
	ip := []byte{0x45, 0, 0, 0, 0, 0, 0, 0, 64, 17, 0, 0}
	ip = append(append(ip, from.Addr().AsSlice()...), to.Addr().AsSlice()...)
	binary.BigEndian.PutUint16(ip[2:], uint16(20+len(udp)))
	sum := uint32(0) // RFC 1071
	for i := 0; i < len(ip); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(ip[i:]))
	}
	binary.BigEndian.PutUint16(ip[10:], ^uint16(sum>>16+sum))
	frame := append([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x52, 0x54, 0, 0x12, 0x34, 0x56, 8, 0}, ip...)
	frame = append(frame, udp...)
	var file []byte
	for _, n := range []uint32{0xa1b2c3d4, 4<<16 | 2, 0, 0, 65535, 1, 0, 0, uint32(len(frame)), uint32(len(frame))} {
		file = binary.LittleEndian.AppendUint32(file, n)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(file, frame...), 0o644); err != nil {
		t.Fatal(err)
	}
}
