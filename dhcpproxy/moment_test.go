// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"net/netip"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/dhcp4"
	"github.com/bootlace-net/bootlace/internal/dhcp6"
)

// moments is a planner that keeps what it was asked.
type moments struct {
	*planner
	asked []Moment
}

func (m *moments) Plan(c boot.Client, at Moment) boot.Plan {
	m.asked = append(m.asked, at)
	return m.planner.Plan(c, at)
}

func at(seconds int) Arrival {
	return Arrival{Local: netip.MustParseAddr("10.77.0.2"), Subnet: netip.MustParsePrefix("10.77.0.2/24"), Interface: "eth0",
		Remote: netip.MustParseAddrPort("0.0.0.0:68"), Tree: boot.Endpoint{Scheme: boot.HTTP, Port: 8080},
		Time: time.Unix(1e9, 0).Add(time.Duration(seconds) * time.Second)}
}

// TestMoments: whoever plans is told which packets begin something, and by which way the machine tries to boot.
func TestMoments(t *testing.T) {
	m := &moments{planner: newPlanner(t)}
	r := &Responder{Planner: m, Machines: remember()}
	mac := boot.MAC{2, 0, 0, 0, 0, 1}
	uefi := dhcp4.Ask{Type: dhcp4.Discover, XID: 1, MAC: mac, Class: boot.ClassPXE, Arch: boot.ArchX64}
	later, http, ipxe, port4011 := uefi, uefi, uefi, uefi
	later.XID = 2
	http.Class, http.Arch, http.XID = boot.ClassHTTP, boot.ArchX64HTTP, 3
	ipxe.IPXE, ipxe.XID = true, 4
	port4011.Type, port4011.CIAddr = dhcp4.Request, netip.MustParseAddr("10.77.0.9")
	rom, other := boot.WayOf(&boot.Client{Class: boot.ClassPXE}, false), boot.WayOf(&boot.Client{Stage: boot.StageIPXE}, false)
	byHTTP, six := boot.WayOf(&boot.Client{Class: boot.ClassHTTP}, false), boot.WayOf(&boot.Client{Class: boot.ClassPXE}, true)
	for i, tt := range []struct {
		ask   dhcp4.Ask
		role  Role
		after int
		want  Moment
	}{
		{uefi, RoleDHCP, 0, Moment{Fresh: true, Way: rom}},
		{uefi, RoleDHCP, 4, Moment{Fresh: false, Way: rom}},
		{port4011, RoleBINL, 5, Moment{Fresh: false, Way: rom}},
		{ipxe, RoleDHCP, 8, Moment{Fresh: true, Way: other}},
		{ipxe, RoleDHCP, 9, Moment{Fresh: false, Way: other}},
		{later, RoleDHCP, 200, Moment{Fresh: true, Way: rom}},
		{http, RoleDHCP, 210, Moment{Fresh: true, Way: byHTTP}},
		{ipxe, RoleDHCP, 400, Moment{Fresh: true, Way: other}}, // it takes the same id in every boot
	} {
		a := at(tt.after)
		a.Role = tt.role
		tt.want.Time = a.Time
		m.asked = nil
		ans := r.Respond(tt.ask.Bytes(), a, nil)
		if len(m.asked) != 1 || m.asked[0] != tt.want || ans.Fresh != tt.want.Fresh {
			t.Errorf("%d: planned for %+v, answered fresh %v, want %+v", i, m.asked, ans.Fresh, tt.want)
		}
	}
	solicit := dhcp6.Ask{XID: [3]byte{1}, MAC: mac, Class: boot.ClassPXE, Arch: boot.ArchX64}
	a := at(500)
	a.Local, a.Remote = netip.MustParseAddr("2001:db8::1"), netip.MustParseAddrPort("[fe80::1]:546")
	m.asked = nil
	r.DUID = testDUID()
	r.Respond6(solicit.Bytes(), a, nil)
	r.Respond6(solicit.Bytes(), a, nil)
	if len(m.asked) != 2 || m.asked[0] != (Moment{Time: a.Time, Fresh: true, Way: six}) || m.asked[1] != (Moment{Time: a.Time, Way: six}) {
		t.Errorf("DHCPv6: %+v", m.asked)
	}
}

// TestSystems: an operating system is told from firmware by what its packet says, whatever the machine said before.
func TestSystems(t *testing.T) {
	r := &Responder{Planner: newPlanner(t), Machines: remember()}
	mac := boot.MAC{2, 0, 0, 0, 0, 1}
	firmware := dhcp4.Ask{Type: dhcp4.Discover, XID: 1, MAC: mac, Class: boot.ClassPXE, Arch: boot.ArchX64, UUID: boot.UUID{1}}
	if ans := r.Respond(firmware.Bytes(), at(0), nil); ans.System || ans.Verdict != AnsweredOffer {
		t.Errorf("firmware: %+v", ans)
	}
	// op, type, hlen; then a DISCOVER with Debian's parameter list and a host name
	plain := func(options ...byte) []byte {
		b := make([]byte, 240)
		b[0], b[1], b[2] = 1, 1, 6
		copy(b[28:], mac[:])
		copy(b[236:], []byte{99, 130, 83, 99})
		return append(append(b, options...), 55, 3, 1, 3, 6, 12, 4, 'n', 'o', 'd', 'e', 255)
	}
	for what, tt := range map[string]struct {
		packet []byte
		want   bool
	}{
		"DISCOVER":                      {plain(53, 1, 1), true},
		"DISCOVER of Windows":           {plain(53, 1, 1, 60, 8, 'M', 'S', 'F', 'T', ' ', '5', '.', '0'), true},
		"REQUEST without a server":      {plain(53, 1, 3, 50, 4, 10, 77, 0, 9), true},
		"REQUEST to a server":           {plain(53, 1, 3, 54, 4, 10, 77, 0, 1, 50, 4, 10, 77, 0, 9), false},
		"RELEASE":                       {plain(53, 1, 7), false},
		"DISCOVER with an architecture": {plain(53, 1, 1, 93, 2, 0, 7), false},
		"DISCOVER of U-Boot":            {plain(53, 1, 1, 60, 12, 'U', '-', 'B', 'o', 'o', 't', '.', 'a', 'r', 'm', 'v', '8'), false},
	} {
		if ans := r.Respond(tt.packet, at(60), nil); ans.System != tt.want {
			t.Errorf("%s: a system: %v, %v", what, ans.System, ans.Verdict)
		}
	}
}
