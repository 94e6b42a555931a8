// SPDX-License-Identifier: Apache-2.0

package dhcpproxy

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/internal/dhcp4"
)

// TestCapturesOfFirmware replays what real firmware sent and compares the answers, decoded, with golden files.
func TestCapturesOfFirmware(t *testing.T) {
	files, err := filepath.Glob("testdata/*.pcap")
	if err != nil || len(files) < 8 {
		t.Fatalf("%d captures, %v: expected at least 8", len(files), err)
	}
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".pcap")
		if strings.Contains(name, "pxe6") {
			continue // see TestCapturesOfFirmware6
		}
		t.Run(name, func(t *testing.T) {
			r := &Responder{Planner: newPlanner(t), Machines: remember()}
			var text strings.Builder
			answered := 0
			for _, c := range readPcap(t, path) {
				if c.to.Addr().Is6() || c.to.Port() != portServer && c.to.Port() != portBINL || c.from.Addr() == serverIP {
					continue
				}
				a := on67(0)
				if c.to.Port() == portBINL {
					a = on4011(0, c.from.String())
				}
				a.Time = c.at
				ans := r.Respond(c.payload, a, nil)
				if len(ans.Reply) > 0 {
					answered++
					checkReply(t, c.payload, ans)
				}
				fmt.Fprintf(&text, "%s from %s to %s\n%s\n", dhcp4.Describe(c.payload)[0], c.from, c.to, ans.story())
			}
			if answered == 0 {
				t.Error("nothing was answered")
			}
			golden(t, name, text.String())
		})
	}
}

// checkReply holds every answer to what all clients want, judged by an independent codec.
func checkReply(t *testing.T, request []byte, ans Answer) {
	t.Helper()
	p, err := dhcpv4.FromBytes(ans.Reply)
	if err != nil {
		t.Fatalf("an independent codec cannot read the reply: %v", err)
	}
	var m dhcp4.Message
	m.Parse(request)
	if p.OpCode != dhcpv4.OpcodeBootReply || p.TransactionID != dhcpv4.TransactionID(request[offXID:offXID+4]) {
		t.Error("op or xid do not fit the request")
	}
	if !p.YourIPAddr.IsUnspecified() {
		t.Errorf("yiaddr %s: a proxy gives no address", p.YourIPAddr)
	}
	if p.ServerIdentifier() == nil || p.ServerIdentifier().IsUnspecified() {
		t.Error("no option 54: EDK2 drops the offer")
	}
	if id := p.ClassIdentifier(); id != "PXEClient" && id != "HTTPClient" {
		t.Errorf("option 60 is %q", id)
	}
	if len(ans.Reply) < dhcp4.MinSize || len(ans.Reply) > m.Limit() {
		t.Errorf("%d bytes: expected %d to %d", len(ans.Reply), dhcp4.MinSize, m.Limit())
	}
	if v := p.Options.Get(dhcpv4.OptionVendorSpecificInformation); v != nil {
		for code := byte(1); code <= 5; code++ {
			if dhcp4.SubOption(v, code) != nil {
				t.Errorf("option 43 has MTFTP's %d", code)
			}
		}
		if v[len(v)-1] != dhcp4.OptEnd {
			t.Error("option 43 has no end mark")
		}
	}
	if len(m.UUID) == sizeUUID && string(p.Options.Get(dhcpv4.OptionClientMachineIdentifier)) != string(m.UUID) {
		t.Error("option 97 is not echoed")
	}
	if len(m.Relay) > 0 {
		list := dhcp4.Options(ans.Reply[offOpts:])
		var back dhcp4.Message
		back.Parse(ans.Reply)
		if last := list[len(list)-1]; last.Code != dhcp4.OptRelayAgent || string(back.Relay) != string(m.Relay) {
			t.Error("option 82 is not echoed as the last one")
		}
	}
}

// TestAnswersByFamily has a golden reply for every strategy and family.
func TestAnswersByFamily(t *testing.T) {
	uuid := "\x00\x78\x56\x34\x12\x34\x12\x78\x56\x9a\xbc\xde\xf0\x12\x34\x56\x78"
	ipxe := func(arch boot.Arch, features string) request {
		return ofROM(arch).with(dhcp4.OptUserClass, "iPXE").with(dhcp4.OptIPXE, features)
	}
	const all = "\x13\x01\x01\x18\x01\x01\x21\x01\x01\x15\x01\x01"
	cases := []struct {
		name     string
		req      request
		arrival  Arrival
		strategy boot.Strategy
		loader   string
		noHTTP   bool
	}{
		{name: "bios-skip", req: ofROM(boot.ArchBIOS).with(dhcp4.OptUUID, uuid)},
		{name: "bios-menu", req: ofROM(boot.ArchBIOS), strategy: boot.StrategyMenu},
		{name: "uefi-skip", req: ofROM(boot.ArchX64).with(dhcp4.OptMaxSize, "\x05\xc0").with(dhcp4.OptUUID, uuid)},
		{name: "uefi-binl", req: ofROM(boot.ArchX64).with(dhcp4.OptMaxSize, "\x05\xc0"), strategy: boot.StrategyBINL},
		{name: "uefi-ebc", req: ofROM(boot.ArchEBC)},
		{name: "uefi-arm64", req: ofROM(boot.ArchARM64)},
		{name: "uefi-several-archs", req: request{typ: dhcp4.Discover, class: "PXEClient", archs: []boot.Arch{60000, boot.ArchX64, boot.ArchBIOS}}},
		{name: "uefi-shim", req: ofROM(boot.ArchX64), loader: "shim/shimx64.efi"},
		{name: "uefi-pinned-silence", req: ofROM(boot.ArchX64), strategy: boot.StrategySilent},
		{name: "http-x64", req: ofROM(boot.ArchX64HTTP)},
		{name: "http-arm64", req: ofROM(boot.ArchARM64HTTP)},
		{name: "http-off", req: ofROM(boot.ArchX64HTTP), noHTTP: true},
		{name: "ipxe-bios", req: ipxe(boot.ArchBIOS, all)},
		{name: "ipxe-no-http", req: ipxe(boot.ArchBIOS, "\x15\x01\x01\x18\x01\x01")},
		{name: "ipxe-cannot-boot-kernels", req: ipxe(boot.ArchBIOS, "\x15\x01\x01\x21\x01\x01")},
		{name: "ipxe-ours", req: ofROM(boot.ArchBIOS).with(dhcp4.OptUserClass, "Tinkerbell").with(dhcp4.OptIPXE, all)},
		{name: "ipxe-ours-rfc3004", req: ofROM(boot.ArchX64).with(dhcp4.OptUserClass, "\x0aTinkerbell").with(dhcp4.OptIPXE, "\x24\x01\x01\x13\x01\x01")},
		{name: "rpi-oui", req: request{typ: dhcp4.Discover, mac: boot.MAC{0xdc, 0xa6, 0x32, 1, 2, 3}, class: "PXEClient:Arch:00000:UNDI:002001", archs: []boot.Arch{0}}},
		{name: "rpi-guid", req: ofROM(boot.ArchBIOS).with(dhcp4.OptUUID, "\x00RPi4\x11\x31\xc0\x00\x32\x01\x02\x03\x3a\x0c\x9e\xdc")},
		{name: "rpi-4011", req: request{typ: dhcp4.Request, mac: boot.MAC{0xdc, 0xa6, 0x32, 1, 2, 3}, archs: []boot.Arch{0}, ciaddr: "10.77.0.9"}, arrival: on4011(0, "10.77.0.9:68")},
		{name: "uboot", req: request{typ: dhcp4.Discover, class: "U-Boot.armv8", archs: []boot.Arch{22}}},
		{name: "uboot-as-uefi", req: request{typ: dhcp4.Discover, class: "PXEClient:Arch:00022:UNDI:003000", archs: []boot.Arch{22}}},
		{name: "riscv64", req: ofROM(boot.ArchRISCV64)},
		{name: "loongarch64", req: ofROM(boot.ArchLoong64)},
		{name: "no-arch-option", req: request{typ: dhcp4.Discover, class: "PXEClient:Arch:00007:UNDI:003000"}},
		{name: "openfirmware", req: ofROM(12)},
		{name: "binl-edk2", req: request{typ: dhcp4.Request, class: "PXEClient:Arch:00007:UNDI:003000", archs: []boot.Arch{7}, ciaddr: "10.77.0.100"}, arrival: on4011(0, "10.77.0.100:4011")},
		{name: "binl-inform", req: request{typ: dhcp4.Inform, class: "PXEClient:Arch:00000:UNDI:002001", archs: []boot.Arch{0}, ciaddr: "10.77.0.100"}, arrival: on4011(0, "10.77.0.100:68")},
		{name: "inform-67", req: request{typ: dhcp4.Inform, class: "PXEClient:Arch:00000:UNDI:002001", archs: []boot.Arch{0}, ciaddr: "10.77.0.100"}},
		{name: "binl-item-xid0", req: request{typ: dhcp4.Request, class: "PXEClient", archs: []boot.Arch{0}, ciaddr: "10.77.0.100", flags: dhcp4.FlagBroadcast}.with(dhcp4.OptVendor, "\x47\x04\x80\x01\x00\x00\xff"), arrival: on4011(0, "10.77.0.100:68")},
		{name: "binl-other-server", req: request{typ: dhcp4.Request, class: "PXEClient", ciaddr: "10.77.0.100"}.with(dhcp4.OptServerID, "\x0a\x4d\x00\x63"), arrival: on4011(0, "10.77.0.100:68")},
		{name: "binl-discover", req: ofROM(boot.ArchX64), arrival: on4011(0, "10.77.0.100:4011")},
		{name: "hlen-16", req: request{typ: dhcp4.Discover, class: "PXEClient", archs: []boot.Arch{7}, hlen: 16, chaddr: []byte("0123456789abcdef")}},
		{name: "hlen-16-client-id", req: request{typ: dhcp4.Discover, class: "PXEClient", archs: []boot.Arch{7}, hlen: 16, chaddr: []byte("0123456789abcdef")}.with(dhcp4.OptClientID, "\x01\x52\x54\x00\x12\x34\x56")},
		{name: "mac-zero", req: request{typ: dhcp4.Discover, class: "PXEClient", archs: []boot.Arch{0}, hlen: 6, chaddr: make([]byte, 16)}},
		{name: "no-end", req: func() request { r := ofROM(boot.ArchX64); r.noEnd = true; return r }()},
		{name: "relay", req: func() request {
			r := ofROM(boot.ArchX64).with(dhcp4.OptRelayAgent, "\x01\x04ge-1\x02\x03tor")
			r.giaddr = "10.9.0.1"
			return r
		}(), arrival: func() Arrival { a := on67(0); a.Remote = unicast("10.9.0.1:67"); return a }()},
		{name: "relay-source-port", req: func() request {
			r := ofROM(boot.ArchX64).with(dhcp4.OptRelayAgent, "\x01\x04ge-1\x13\x00")
			r.giaddr = "10.9.0.1"
			return r
		}(), arrival: func() Arrival { a := on67(0); a.Remote = unicast("10.9.0.1:40067"); return a }()},
		{name: "address-known", req: func() request { r := ofROM(boot.ArchX64); r.ciaddr = "10.77.0.50"; return r }()},
		{name: "long-name-uefi", req: ofROM(boot.ArchX64).with(dhcp4.OptMaxSize, "\x05\xc0"), loader: strings.Repeat("d/", 60) + "snponly.efi"},
		{name: "long-name-bios", req: ofROM(boot.ArchBIOS).with(dhcp4.OptMaxSize, "\x05\xc0"), loader: strings.Repeat("d/", 60) + "undionly.kpxe"},
		{name: "long-name-shim", req: ofROM(boot.ArchX64).with(dhcp4.OptMaxSize, "\x05\xc0"), loader: strings.Repeat("d/", 60) + "shimx64.efi"},
		{name: "overload", req: ofROM(boot.ArchBIOS).with(dhcp4.OptUUID, uuid).with(dhcp4.OptClientID, "\x01"+strings.Repeat("i", 50)).with(dhcp4.OptRelayAgent, "\x01\xa0"+strings.Repeat("c", 160)), strategy: boot.StrategyMenu, loader: strings.Repeat("d/", 20) + "undionly.kpxe"},
		{name: "squeezed", req: ofROM(boot.ArchBIOS).with(dhcp4.OptRelayAgent, "\x01\xf0"+strings.Repeat("c", 240)).with(dhcp4.OptClientID, strings.Repeat("i", 200))},
	}
	shown := map[boot.Strategy]int{}
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlanner(t)
			p.strategy, p.loader = tt.strategy, tt.loader
			r := &Responder{Planner: p, Machines: remember()}
			a := tt.arrival
			if !a.Local.IsValid() {
				a = on67(0)
			}
			if tt.noHTTP {
				a.Tree = boot.Endpoint{}
			}
			packet := tt.req.bytes()
			ans := r.Respond(packet, a, nil)
			if len(ans.Reply) > 0 {
				checkReply(t, packet, ans)
			}
			shown[ans.Strategy]++
			golden(t, "family/"+tt.name, ans.story())
		})
	}
	for _, s := range boot.Strategies()[1:] {
		if shown[s] == 0 {
			t.Errorf("the strategy %s has no vector", s)
		}
	}
}
