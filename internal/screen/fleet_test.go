// SPDX-License-Identifier: Apache-2.0

package screen

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/api"
)

// mostPage is what the page of 10,000 machines may have.
const mostPage = 500_000

// TestFleetOfTenThousand: all of them are on one page that is small enough.
func TestFleetOfTenThousand(t *testing.T) {
	s := newSite(t, 10000)
	for i := range 10000 {
		if i%3 == 0 {
			s.machine(1000+i, time.Now().Add(-time.Hour)).dhcp(0, "67", "DISCOVER", "ipxe.efi", boot.StageROM, true)
		}
	}
	s.serve(t)
	u := s.user(t, "read")
	status, page := u.get("/")
	if n := strings.Count(page, " href=m/"); status != http.StatusOK || n != 10004 || len(page) >= mostPage {
		t.Errorf("%d: %d machines in %d bytes", status, n, len(page))
	}
	t.Logf("10,000 machines: %d bytes", len(page))
	for find, want := range map[string]int{"node00007": 1, "NODE00007 rescue": 1, "node0001": 10, card(1003).String(): 1, strings.ReplaceAll(card(1003).String(), ":", "-"): 1, "unseen node0000": 6, "r2 node0000": 2, "no such": 0, "storage": 1250} {
		_, page := u.get("/?q=" + strings.ReplaceAll(find, " ", "+"))
		if n := strings.Count(page, " href=m/"); n != want {
			t.Errorf("%q finds %d machines, expected %d", find, n, want)
		}
	}
}

// TestGroups: machines are grouped by what is asked for, and counted.
func TestGroups(t *testing.T) {
	s := newSite(t, 8)
	s.machine(1, time.Now()).breaks()
	s.machine(9, time.Now()).firmware()
	s.machine(4, time.Now()).breaks()
	s.machine(1000, time.Now().Add(-time.Hour)).firmware()
	for by, want := range map[string]string{
		"group":   "compute 12 storage 1 ", // card(1000) alone is divisible by eight
		"rack":    "r1 12 r2 1 ",
		"profile": "debian 3 rescue 9 – no profile 1 ",
		"state":   "armed 2 booting 1 seen 1 trouble 2 unseen 7 ",
	} {
		p, got := fleetView{By: by}, ""
		p.fill(s.api.Fleet(), s.screen)
		for _, g := range p.Groups {
			got += fmt.Sprintf("%s %d ", g.Name, g.Total)
		}
		if got != want {
			t.Errorf("by %s: %s, expected %s", by, got, want)
		}
	}
	p := fleetView{By: "group"}
	p.fill(s.api.Fleet(), s.screen)
	if got := fmt.Sprint(p.Counts); got != "[{trouble 2} {armed 2} {booting 1} {seen 1} {unseen 7}]" {
		t.Errorf("counts: %s", got)
	}
}

func TestSearch(t *testing.T) {
	m := api.Tile{Machine: api.Machine{Name: "web1", MACs: []string{"52:54:00:00:00:01"}, Addresses: []string{"192.0.2.7"}, UUID: "abc-1", Serial: "SN9", Profile: "debian", State: "seen"},
		Labels: map[string]string{"rack": "R7"}, Groups: []string{"front"}}
	for find, want := range map[string]bool{"": true, "WEB": true, "52-54-00": true, "192.0.2.7": true, "sn9 deb": true, "r7": true, "front": true, "booting": true, "web2": false, "web1 r8": false, "abc-1": true} {
		if got := wanted(find)(&m, "booting"); got != want {
			t.Errorf("%q: %v", find, got)
		}
	}
}

// BenchmarkFleet is the page of 10,000 machines, made and written.
func BenchmarkFleet(b *testing.B) {
	s := newSite(b, 10000)
	for i := range 10000 {
		s.machine(1000+i, time.Now().Add(-time.Hour)).firmware()
	}
	for b.Loop() {
		p := fleetView{By: "group"}
		p.fill(s.screen.Fleet.Fleet(), s.screen)
		s.screen.render(discard{}, http.StatusOK, "fleet", view{Title: "Fleet", Page: p})
	}
}

type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) WriteHeader(int)             {}
func (discard) Write(b []byte) (int, error) { return len(b), nil }
