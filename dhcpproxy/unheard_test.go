// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/dhcp4"
)

// TestUnheard: a DHCP server that leads machines elsewhere by offers that only they hear is told of by what they do next, once.
func TestUnheard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, "10.77.0.2/24")
		s.server.Fetches = true
		s.start()
		rom := s.station("lan0", "10.99.0.1/32", portClient)
		for xid := range uint32(3) {
			req := ofROM(boot.ArchBIOS)
			asIPXE(&req)
			req.xid = xid + 1
			rom.send(req.bytes(), everybody)
			req.typ = dhcp4.Request
			rom.send(req.with(dhcp4.OptServerID, "\x0a\x4d\x00\x01").bytes(), everybody)
			time.Sleep(2 * time.Minute)
		}
		told := s.log.lines("10.77.0.1", "asked nothing of us", "option 60", "probe", "firewall")
		if len(told) != 1 || !strings.Contains(told[0], `"rival":"unheard"`) || !strings.Contains(told[0], `"server":"10.77.0.1"`) {
			t.Errorf("%d lines: %q", len(told), told)
		}
		if n := s.metric(`bootlace_dhcp_rivals_total{kind="unheard"}`); n != "3" {
			t.Errorf("counted %s times", n)
		}
	})
}

// TestUnheardIsCareful: nobody is suspected whose machines do ask us, or go elsewhere for a reason that is known.
func TestUnheardIsCareful(t *testing.T) {
	const server = "\x0a\x4d\x00\x01"
	type step func(p *play, xid uint32, at float64)
	request := func(id string) step {
		return func(p *play, xid uint32, at float64) {
			req := ofROM(boot.ArchX64)
			req.typ, req.xid = dhcp4.Request, xid
			if id != "" {
				req = req.with(dhcp4.OptServerID, id)
			}
			p.r.Respond(req.bytes(), on67(seconds(at)), nil)
		}
	}
	asks := func(after float64) step {
		return func(p *play, _ uint32, at float64) {
			p.r.Machines.Learn(machine, func(h *boot.History) { h.Asked = midnight.Add(seconds(at + after)) })
		}
	}
	took := request(server)
	for _, tt := range []struct {
		about  string
		change func(*Responder)
		boots  [][]step
		want   string // lost machines after each boot
	}{
		{"it asks for nothing", nil, [][]step{{took}, {took}}, "1 1"},
		{"it asks for a file", nil, [][]step{{took, asks(1)}}, "0"},
		{"it asks port 4011", nil, [][]step{{took, func(p *play, xid uint32, at float64) { p.binl(at+1, xid) }}}, "0"},
		{"it asked before", nil, [][]step{{asks(-1), took}}, "1"},
		{"others do, and it was switched off once or twice", nil, [][]step{{took, asks(1)}, {took}, {took}, {took}, {took, asks(1)}, {took}}, "0 0 0 1 0 0"},
		{"another offer was heard", nil, [][]step{{func(p *play, xid uint32, at float64) { p.r.outbid(machine, xid, midnight.Add(seconds(at))) }, took}}, "0"},
		{"it never went on", nil, [][]step{{}}, "0"},
		{"it does not say to whom", nil, [][]step{{request("")}}, "0"},
		{"another transaction", nil, [][]step{{func(p *play, xid uint32, at float64) { took(p, xid+99, at) }}}, "0"},
		{"it is sent to its disk", func(r *Responder) { r.Planner.(*planner).toDisk = true }, [][]step{{took}}, "0"},
		{"only watching", func(r *Responder) { r.Observe = true }, [][]step{{took}}, "0"},
		{"names without the machine", func(r *Responder) { r.Bare = true }, [][]step{{took}}, "0"},
		{"no files are noted", func(r *Responder) { r.Fetches = false }, [][]step{{took}}, "0"},
		{"nothing is remembered", func(r *Responder) { r.Machines = nil }, [][]step{{took}}, "0"},
	} {
		p := newPlay(t)
		p.r.Fetches = true
		if tt.change != nil {
			tt.change(p.r)
		}
		var got []string
		for i, steps := range tt.boots {
			at, xid := float64(300*i), uint32(10+i)
			p.discover(at, xid, boot.ArchX64)
			for _, f := range steps {
				f(p, xid, at)
			}
			if lost := p.r.unheard(midnight.Add(seconds(at + 29))); len(lost) > 0 {
				t.Errorf("%s: told too soon", tt.about)
			}
			got = append(got, fmt.Sprint(len(p.r.unheard(midnight.Add(seconds(at+31))))))
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: %v, want %s", tt.about, got, tt.want)
		}
	}
}

// TestUnheardIsBounded: whoever invents machines and servers fills no memory.
func TestUnheardIsBounded(t *testing.T) {
	p := newPlay(t)
	p.r.Fetches = true
	for i := range 4 * mostWaiting {
		req := ofROM(boot.ArchX64)
		req.xid, req.mac = uint32(i+1), boot.MAC{2, 0, 0, 0, byte(i >> 8), byte(i)}
		p.r.Respond(req.bytes(), on67(0), nil)
		req.typ = dhcp4.Request
		p.r.Respond(req.with(dhcp4.OptServerID, string(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}).AsSlice())).bytes(), on67(0), nil)
	}
	if len(p.r.waiting) != mostWaiting {
		t.Errorf("%d machines are waited for", len(p.r.waiting))
	}
	p.r.unheard(midnight.Add(time.Minute))
	if len(p.r.waiting) > 0 || len(p.r.servers) > mostServers {
		t.Errorf("%d machines, %d servers", len(p.r.waiting), len(p.r.servers))
	}
}
