// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"net/netip"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/dhcpproxy"
	"github.com/bootlace-net/bootlace/internal/dhcp4"
	"github.com/bootlace-net/bootlace/tftpd"
)

// power is one power-on of a machine: what its firmware asks DHCP, and what it loads then.
type power struct {
	*assembled
	t   *testing.T
	at  time.Time
	xid uint32
	ask dhcp4.Ask
}

func (p *power) discover() dhcpproxy.Answer {
	p.xid++
	p.ask.Type, p.ask.XID = dhcp4.Discover, p.xid
	return p.dhcp.Respond(p.ask.Bytes(), p.arrival(), nil)
}

func (p *power) arrival() dhcpproxy.Arrival {
	return dhcpproxy.Arrival{Local: ourAddr, Subnet: ourNet, Interface: "lo", Tree: p.site.Endpoint(), Remote: netip.MustParseAddrPort("0.0.0.0:68"), Time: p.at}
}

// load fetches what a boot takes, the last of it to the end or not.
func (p *power) load(whole tftpd.Outcome) {
	const one = "m/52-54-00-00-00-01/"
	p.ask.Type = dhcp4.Request
	p.dhcp.Respond(p.ask.Bytes(), p.arrival(), nil)
	if !p.ask.IPXE {
		p.transfer(p.t, one+"snponly.efi", "10.0.0.1", tftpd.Probed)
		p.transfer(p.t, one+"snponly.efi", "10.0.0.1", tftpd.Complete)
	}
	p.byHTTP(one + "boot.ipxe")
	p.byHTTP(one + "linux")
	p.transfer(p.t, one+"initrd", "10.0.0.1", whole)
}

// TestTwelveBootsInARow: a machine that boots well may do so as often as it likes; one that gets nowhere is sent to its disk
// when it comes for the seventh time, whatever its firmware.
func TestTwelveBootsInARow(t *testing.T) {
	for name, ask := range map[string]dhcp4.Ask{
		"iPXE in a BIOS": {MAC: mac(1), Class: boot.ClassPXE, Arch: boot.ArchBIOS, IPXE: true},
		"UEFI":           {MAC: mac(1), Class: boot.ClassPXE, Arch: boot.ArchX64},
	} {
		a := withImages(t, []string{"linux", "initrd"}, map[string]string{
			"profiles/p.yaml": "kernel: linux\ninitrd: [initrd]\n",
			"hosts/h.yaml":    "hosts: [{name: one, match: {mac: '52:54:00:00:00:01'}, profile: p}]\n",
		})
		p := &power{assembled: a, t: t, at: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), ask: ask}
		for i := range 12 {
			if ans := p.discover(); ans.Verdict != dhcpproxy.AnsweredOffer || ans.Loop.Returns > 0 {
				t.Errorf("%s, boot %d: %s", name, i+1, ans.Verdict)
			}
			p.load(tftpd.Complete)
			p.at = p.at.Add(2 * time.Minute)
		}
		for i := range 8 {
			want := dhcpproxy.AnsweredOffer
			if i >= 6 {
				want = dhcpproxy.AnsweredLocal
			}
			if ans := p.discover(); ans.Verdict != want {
				t.Errorf("%s, attempt %d that gets nowhere: %s, want %s", name, i+1, ans.Verdict, want)
			}
			p.load(tftpd.Aborted)
			p.at = p.at.Add(2 * time.Minute)
		}
	}
}
