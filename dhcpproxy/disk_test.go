// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"strings"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv6"
	"github.com/insomniacslk/dhcp/iana"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/dhcp4"
)

// TestToDisk: a machine whose answer is its own disk gets there by the shortest way that its firmware knows, every time, and is
// never taken for one that loops.
func TestToDisk(t *testing.T) {
	const nowhere = "/m/52-54-00-12-34-56/boot-the-local-disk"
	v4 := func(class string, archs ...boot.Arch) func(byte) ([]byte, Arrival) {
		return func(id byte) ([]byte, Arrival) {
			req := request{typ: dhcp4.Discover, xid: uint32(id), class: class, archs: archs}
			return req.bytes(), on67(0)
		}
	}
	ipxe := func(id byte) ([]byte, Arrival) {
		req := ofROM(boot.ArchBIOS)
		asIPXE(&req)
		req.xid = uint32(id)
		return req.bytes(), on67(0)
	}
	v6 := func(class string, arch iana.Arch, user string, typ dhcpv6.MessageType, role Role) func(byte) ([]byte, Arrival) {
		return func(id byte) ([]byte, Arrival) {
			m := solicit(t, typ, class, arch, user)
			m.TransactionID = dhcpv6.TransactionID{1, 2, id}
			a := on547()
			if a.Role = role; role == RoleBINL {
				a.Multicast = false
				return withServer(t, m.ToBytes(), testDUID()), a
			}
			return m.ToBytes(), a
		}
	}
	const pxe7, http16 = "PXEClient:Arch:00007:UNDI:003000", "HTTPClient:Arch:00016:UNDI:003000"
	for _, tt := range []struct {
		name     string
		ask      func(id byte) ([]byte, Arrival)
		verdict  Verdict
		strategy boot.Strategy
		file     string // its end
	}{
		{"UEFI PXE", v4(pxe7, boot.ArchX64), AnsweredLocal, boot.StrategyMenu, ""},
		{"BIOS PXE", v4("PXEClient:Arch:00000:UNDI:002001", boot.ArchBIOS), AnsweredLocal, boot.StrategyMenu, ""},
		{"UEFI HTTP Boot", v4(http16, boot.ArchX64HTTP), AnsweredLocal, boot.StrategyHTTP, "http://10.77.0.2:8080" + nowhere},
		{"an iPXE", ipxe, AnsweredOffer, boot.StrategyIPXE, "/boot.ipxe"},
		{"U-Boot", v4("U-Boot.armv8", boot.ArchARM64), AnsweredOffer, boot.StrategyUBoot, "m/52-54-00-12-34-56/"},
		{"a Raspberry Pi", v4("PXEClient:Arch:00041:UNDI:002001", boot.ArchRPi), AnsweredOffer, boot.StrategyRPi, ""},
		{"UEFI PXE over IPv6", v6(pxe7, 7, "", dhcpv6.MessageTypeSolicit, RoleDHCP), AnsweredLocal, boot.StrategyBINL, "tftp://[fd77::2]" + nowhere},
		{"its request on port 4011", v6(pxe7, 7, "", dhcpv6.MessageTypeRequest, RoleBINL), AnsweredLocal, boot.StrategyBINL, "tftp://[fd77::2]" + nowhere},
		{"UEFI HTTP Boot over IPv6", v6(http16, 16, "", dhcpv6.MessageTypeSolicit, RoleDHCP), AnsweredLocal, boot.StrategyHTTP, "http://[fd77::2]:8080" + nowhere},
		{"an iPXE over IPv6", v6(pxe7, 7, "iPXE", dhcpv6.MessageTypeInformationRequest, RoleDHCP), AnsweredAck, boot.StrategyIPXE, "/boot.ipxe"},
	} {
		p := newPlanner(t)
		p.toDisk = true
		r := &Responder{Planner: p, Machines: remember(), DUID: testDUID(), Limits: Limits{Returns: 1, Within: time.Hour}}
		for id := range byte(12) {
			packet, a := tt.ask(id + 1)
			a.Time = a.Time.Add(time.Duration(id) * 2 * time.Minute)
			var ans Answer
			if strings.Contains(tt.name, "4011") || a.Local.Is6() {
				ans = r.Respond6(packet, a, nil)
			} else {
				ans = r.Respond(packet, a, nil)
				checkReply(t, packet, ans)
			}
			if ans.Verdict != tt.verdict || ans.Strategy != tt.strategy || !strings.HasSuffix(ans.File, tt.file) || ans.Loop != (Loop{}) || ans.level() != boot.LevelInfo {
				t.Errorf("%s, power-on %d: %s by %s %q, loop %v", tt.name, id, ans.Verdict, ans.Strategy, ans.File, ans.Loop)
			}
		}
	}
}

// TestToDiskAnotherWay: who asks on took no notice of the menu; a BIOS that comes again at once found no disk behind the network.
func TestToDiskAnotherWay(t *testing.T) {
	p := newPlay(t)
	p.p.toDisk = true
	p.r.Limits = Limits{Returns: 1, Within: time.Hour}
	p.discover(0, 1, boot.ArchX64)
	p.discover(0.1, 1, boot.ArchX64)
	p.discover(4, 1, boot.ArchX64)
	p.discover(12, 1, boot.ArchX64)
	p.discover(20, 2, boot.ArchX64)
	p.discover(100, 3, boot.ArchBIOS)
	p.discover(115, 4, boot.ArchBIOS)
	p.discover(130, 5, boot.ArchBIOS)
	p.p.strategy = boot.StrategyBINL
	p.discover(300, 6, boot.ArchX64)
	p.expect(
		"0 rom local menu: its answer is its own disk",
		"0.1 rom local menu: its answer is its own disk",
		"4 rom offer skip: usual for this kind of client",
		"12 rom offer binl: the last offer (skip) was not taken",
		"20 rom local menu: its answer is its own disk",
		"100 rom local menu: its answer is its own disk",
		"115 rom offer skip: the last offer (binl) was not taken",
		"130 rom local menu: its answer is its own disk",
		"300 rom offer binl: pinned by the configuration",
	)
	r := &Responder{Planner: p.p, Machines: remember()}
	a := on67(0)
	a.Tree = boot.Endpoint{} // no HTTP
	if ans := r.Respond(ofROM(boot.ArchX64HTTP).bytes(), a, nil); ans.Verdict != SilentNoHTTP {
		t.Errorf("HTTP Boot without HTTP: %s", ans.Verdict)
	}
}
