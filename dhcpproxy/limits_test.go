// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"encoding/binary"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv6"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/dhcp4"
	"github.com/bootlace-net/bootlace/internal/machines"
)

// What the recorder lets through to the log.
const (
	linesPerMinute = 20
	linesPerSecond = 100
	linesAtOnce    = 20000
)

// metric reads a counter as Prometheus would.
func (s *site) metric(series string) string {
	s.t.Helper()
	w := httptest.NewRecorder()
	s.record.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	for line := range strings.Lines(w.Body.String()) {
		if value, ok := strings.CutPrefix(line, series+" "); ok {
			return strings.TrimSpace(value)
		}
	}
	s.t.Fatalf("no metric %s", series)
	return ""
}

// TestBrokenROMInATightLoop fills neither the network nor the log, whether it has an address or not.
func TestBrokenROMInATightLoop(t *testing.T) {
	for name, req := range map[string]request{
		"with an address": ofROM(boot.ArchBIOS),
		"with zeros":      {typ: dhcp4.Discover, class: "PXEClient", archs: []boot.Arch{0}, hlen: 6, chaddr: make([]byte, 16)},
		"with a GUID":     {typ: dhcp4.Discover, class: "PXEClient", archs: []boot.Arch{7}, hlen: 16, chaddr: []byte("0123456789abcdef")},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSite(t, "10.77.0.2/24")
				const perMAC = 20
				s.server.Limits.PerMAC = perMAC
				s.start()
				rom := s.station("lan0", "10.99.0.1/32", portClient)
				for range 1000 {
					rom.send(req.bytes(), everybody)
				}
				if n := len(s.replies()); n != perMAC {
					t.Errorf("%d answers to 1000 requests at once, want %d", n, perMAC)
				}
				if n := len(s.log.lines()); n > linesPerMinute+1 {
					t.Errorf("%d lines for 1000 requests, want at most %d", n, linesPerMinute+1)
				}
				time.Sleep(2 * time.Minute)
				rom.ask(req.bytes(), everybody)
				if n := len(s.log.lines("lines were left out", "980 lines")); n != 1 {
					t.Errorf("what was left out is told %d times", n)
				}
			})
		})
	}
}

// TestFloodOfInventedAddresses: memory and log are bounded, and a machine that was seen lately is remembered.
func TestFloodOfInventedAddresses(t *testing.T) {
	s := newSite(t, "10.77.0.2/24")
	s.server.Limits = Limits{Machines: 2000}
	c := &socket{role: RoleDHCP}
	packet := ofROM(boot.ArchX64).bytes()
	a := on67(0)
	for i := range 60000 {
		binary.BigEndian.PutUint32(packet[offCHAddr+2:], uint32(i))
		a.Time = a.Time.Add(10 * time.Microsecond)
		ans := s.server.Respond(packet, a, nil)
		s.server.tell(&ans, &a, c)
	}
	if n := s.server.sessions.Len(); n != 2000 {
		t.Errorf("%d sessions, want 2000", n)
	}
	if n := len(s.log.lines()); n < linesAtOnce || n > linesAtOnce+linesPerSecond+1 {
		t.Errorf("%d lines, want about %d", n, linesAtOnce)
	}
	if n := len(s.log.lines("the rest is only counted")); n != 1 {
		t.Errorf("that the rest is only counted is told %d times", n)
	}
}

// TestFloodOfInventedDUIDs is the same for DHCPv6.
func TestFloodOfInventedDUIDs(t *testing.T) {
	memory := machines.New(machines.Options{Machines: 500})
	r := &Responder{Planner: newPlanner(t), DUID: testDUID(), Machines: memory, Limits: Limits{Machines: 500}}
	m := solicit(t, dhcpv6.MessageTypeSolicit, "PXEClient:Arch:00007:UNDI:003000", 7, "")
	for i := range 5000 {
		id := [16]byte{15: 1}
		binary.BigEndian.PutUint32(id[:], uint32(i))
		m.UpdateOption(dhcpv6.OptClientID(&dhcpv6.DUIDUUID{UUID: id}))
		if ans := r.Respond6(m.ToBytes(), on547(), nil); i < 10 && ans.Verdict != AnsweredOffer {
			t.Fatal(ans.Verdict)
		}
	}
	if r.sessions.Len() > 500 || memory.Stats().Machines > 500 {
		t.Errorf("%d sessions and %d machines are remembered", r.sessions.Len(), memory.Stats().Machines)
	}
}

// TestNamelessMachines have no history together: they may be several.
func TestNamelessMachines(t *testing.T) {
	p := newPlay(t)
	for i := range 5 {
		ans := p.discover(float64(4*i), 1, boot.ArchX64, func(r *request) { r.hlen, r.chaddr = 6, make([]byte, 16) })
		if ans.Strategy != boot.StrategySkip {
			t.Errorf("try %d: %s", i, ans.Strategy)
		}
	}
	guid := func(r *request) { r.hlen, r.chaddr = 16, []byte("0123456789abcdef") }
	p.discover(0, 2, boot.ArchX64, guid)
	if ans := p.discover(4, 2, boot.ArchX64, guid); ans.Strategy != boot.StrategyBINL {
		t.Errorf("a machine known by its GUID does not rotate: %s", ans.Strategy)
	}
}

// TestLoopIsLoud: a machine that boots again and again is left to its disk, with a warning and a count for each boot.
func TestLoopIsLoud(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, "10.77.0.2/24")
		s.server.Limits = Limits{Returns: 3, Within: 20 * time.Minute}
		s.start()
		rom := s.station("lan0", "10.99.0.1/32", portClient)
		for i := range 5 {
			req := ofROM(boot.ArchX64)
			req.xid = uint32(i)
			p := rom.ask(req.bytes(), everybody)
			reply, _ := dhcp4.ParseAnswer(p.Data)
			if local := i >= 3; local != (reply.File() == "") {
				t.Errorf("boot %d is offered %q", i+1, reply.File())
			}
			time.Sleep(2 * time.Minute)
		}
		if n := len(s.log.lines(`"level":"warn"`, "told to boot its local disk", `"returns":`)); n != 2 {
			t.Errorf("%d warnings, want one for each boot too many\n%s", n, s.log.b.String())
		}
		if n := s.metric("bootlace_dhcp_loops_total"); n != "2" {
			t.Errorf("%s loops are counted", n)
		}
		looping := 0
		for _, e := range s.events {
			if e.Exchange != nil && e.Exchange.Returns > 0 {
				looping++
			}
		}
		if looping != 2 {
			t.Errorf("%d events", looping)
		}
	})
}

// TestRivals: what other servers do to us is told once, with the fix, and counted each time.
func TestRivals(t *testing.T) {
	offer := func(give string, more ...dhcp4.Option) []byte {
		r := dhcp4.Reply{SIAddr: serverIP}
		for _, o := range append([]dhcp4.Option{{Code: dhcp4.OptType, Value: []byte{byte(dhcp4.Offer)}}}, more...) {
			r.Add(o.Code, o.Value)
		}
		var m dhcp4.Message
		m.Parse(ofROM(boot.ArchX64).bytes())
		b := r.Encode(&m, nil, dhcp4.MaxSize)
		if give != "" {
			putAddr(b[offYIAddr:], give)
		}
		return b
	}
	id := dhcp4.Option{Code: dhcp4.OptServerID, Value: []byte{10, 77, 0, 1}}
	for _, tt := range []struct {
		name  string
		kind  rival
		offer []byte
		words []string
	}{
		{"another proxy", rivalProxy, offer("", id, dhcp4.Option{Code: dhcp4.OptClass, Value: []byte("PXEClient")}), []string{"10.77.0.1 is another ProxyDHCP server", "Stop one of the two"}},
		{"option 60", rivalClass, offer("10.77.0.50", id, dhcp4.Option{Code: dhcp4.OptClass, Value: []byte("PXEClient")}), []string{"DHCP server 10.77.0.1", "Remove option 60"}},
		{"a file", rivalFile, offer("10.77.0.50", id, dhcp4.Option{Code: dhcp4.OptBootFile, Value: []byte("pxelinux.0")}), []string{"DHCP server 10.77.0.1", "pxelinux.0", "Remove the boot file"}},
		{"no harm", rivalNone, offer("10.77.0.50", id), nil},
		{"option 60 of this host's server, which leads to us", rivalNone, offer("10.77.0.50", dhcp4.Option{Code: dhcp4.OptServerID, Value: []byte{10, 77, 0, 2}}, dhcp4.Option{Code: dhcp4.OptClass, Value: []byte("PXEClient")}), nil},
		{"our own, heard again", rivalNone, offer("", dhcp4.Option{Code: dhcp4.OptServerID, Value: []byte{10, 77, 0, 2}}, dhcp4.Option{Code: dhcp4.OptClass, Value: []byte("PXEClient")}), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSite(t, "10.77.0.2/24")
				s.start()
				s.station("lan0", "10.99.0.1/32", portClient).ask(ofROM(boot.ArchX64).bytes(), everybody)
				other := s.station("lan0", "10.77.0.1/24", portServer)
				for range 3 {
					other.send(tt.offer, "255.255.255.255:68")
				}
				warnings := s.log.lines(append([]string{`"level":"warn"`, `"rival"`}, tt.words...)...)
				if tt.kind == rivalNone {
					if len(warnings) > 0 {
						t.Errorf("a warning about nothing: %s", warnings)
					}
					return
				}
				if len(warnings) != 1 {
					t.Errorf("told %d times, want once, with %q\n%s", len(warnings), tt.words, s.log.b.String())
				}
				if n := s.metric(`bootlace_dhcp_rivals_total{kind="` + tt.kind.String() + `"}`); n != "3" {
					t.Errorf("counted %s times, want 3", n)
				}
			})
		})
	}
}

// TestHeardByTwoInterfaces is told once for all machines, and counted.
func TestHeardByTwoInterfaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, "10.77.0.2/24", "10.78.0.2/24")
		s.start()
		one, two := s.station("lan0", "10.99.0.1/32", portClient), s.station("lan1", "10.99.0.1/32", portClient)
		for i := range 4 {
			req := ofROM(boot.ArchX64)
			req.mac = boot.MAC{0x52, 0x54, 0, 0, 0, byte(i + 1)}
			first, second := one, two
			if i%2 > 0 {
				first, second = two, one
			}
			first.send(req.bytes(), everybody)
			second.send(req.bytes(), everybody)
		}
		if n := len(s.log.lines("by eth0 and by eth1", "serve only one of them (server.interfaces)")); n != 1 {
			t.Errorf("told %d times\n%s", n, s.log.b.String())
		}
		if n := s.metric(`bootlace_dhcp_rivals_total{kind="two-interfaces"}`); n != "4" {
			t.Errorf("counted %s times, want 4", n)
		}
	})
}
