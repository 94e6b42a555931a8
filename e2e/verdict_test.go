// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/e2e/lab"
	"github.com/bootlace-net/bootlace/e2e/trace"
)

var none = netip.IPv4Unspecified()

func reply(src string, yi, si netip.Addr, file string, options ...trace.Option) trace.DHCP {
	return trace.DHCP{Reply: true, Src: netip.MustParseAddrPort(src), Dst: netip.MustParseAddrPort("255.255.255.255:68"),
		CIAddr: none, GIAddr: none, YIAddr: yi, SIAddr: si, File: file, Options: options}
}

// good is a boot as it should be: a plain address, our offer, and one file by TFTP.
func good() *trace.Trace {
	t := &trace.Trace{}
	at := time.Unix(0, 0)
	addFrame(t, at, []byte{0, 1, 'a', 0, 'o', 'c', 't', 'e', 't', 0}, 1036, 69)
	t.DHCP = []trace.DHCP{
		reply("10.77.0.1:67", netip.MustParseAddr("10.77.0.100"), none, "", trace.Option{Code: 53, Value: []byte{2}}),
		reply("10.77.0.2:67", none, lab.BootAddr(), "m/x/ipxe.efi", trace.Option{Code: 53, Value: []byte{2}},
			trace.Option{Code: 60, Value: []byte("PXEClient")}),
	}
	return t
}

// addFrame adds a UDP datagram from the machine to the boot server.
func addFrame(t *trace.Trace, at time.Time, payload []byte, sport, dport uint16) {
	b := append(make([]byte, 12), 8, 0, 0x45, 0, 0, byte(28+len(payload)), 0, 0, 0, 0, 64, 17, 0, 0, 10, 77, 0, 100, 10, 77, 0, 2,
		byte(sport>>8), byte(sport), byte(dport>>8), byte(dport), 0, byte(8+len(payload)), 0, 0)
	t.Add(at, append(b, payload...))
}

func TestFaults(t *testing.T) {
	given := netip.MustParseAddr("10.77.0.100")
	tests := map[string]struct {
		c      Case
		change func(*trace.Trace)
		want   string // part of the only fault; empty: none
	}{
		"as it should be":     {want: ""},
		"plain names a file":  {change: func(t *trace.Trace) { t.DHCP[0].File = "x" }, want: "plain DHCP server gave boot information"},
		"plain names us":      {change: func(t *trace.Trace) { t.DHCP[0].SIAddr = lab.BootAddr() }, want: "plain DHCP server gave boot information"},
		"plain may name us":   {c: Case{DHCP: lab.DHCPOptions{NextServer: true}}, change: func(t *trace.Trace) { t.DHCP[0].SIAddr = lab.BootAddr() }},
		"plain names itself":  {change: func(t *trace.Trace) { t.DHCP[0].SIAddr = lab.DHCPAddr() }},
		"we gave an address":  {change: func(t *trace.Trace) { t.DHCP[1].YIAddr = given }, want: "Bootlace gave an address"},
		"we came too late":    {change: func(t *trace.Trace) { t.DHCP[1].At = time.Second }, want: "no ProxyDHCP reply came before"},
		"we said nothing":     {change: func(t *trace.Trace) { t.DHCP = t.DHCP[:1] }, want: "no ProxyDHCP reply came before"},
		"nothing transferred": {change: func(t *trace.Trace) { *t = trace.Trace{DHCP: t.DHCP} }, want: "nothing was transferred"},
		"a step is missing":   {c: Case{Story: []string{"^tftp a", "^tftp b"}}, want: `no step like "^tftp b"`},
		"steps in order":      {c: Case{Story: []string{"^dhcp OFFER 10.77.0.1 address", "^dhcp OFFER 10.77.0.2 BINL"}}},
		"steps out of order":  {c: Case{Story: []string{"^dhcp OFFER 10.77.0.2", "^dhcp OFFER 10.77.0.1"}}, want: `no step like "^dhcp OFFER 10.77.0.1"`},
		"a step too many":     {c: Case{Never: []string{"^tftp "}}, want: "should not have been: tftp a"},
		"same host":           {c: Case{Beside: true}, change: func(t *trace.Trace) { t.DHCP[0].Src = t.DHCP[1].Src }},
		"same host, both in one": {c: Case{Beside: true}, change: func(t *trace.Trace) { t.DHCP[1].YIAddr = given },
			want: "plain DHCP server gave boot information"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tr := good()
			if tt.change != nil {
				tt.change(tr)
			}
			faults := tt.c.faults(tr, "token")
			if tt.want == "" && len(faults) > 0 || tt.want != "" && (len(faults) == 0 || !strings.Contains(faults[0], tt.want)) {
				t.Errorf("got %q, want %q", faults, tt.want)
			}
		})
	}
}

func TestSilence(t *testing.T) {
	c := Case{Silent: true}
	if got := c.faults(good(), ""); len(got) != 2 {
		t.Errorf("answered and transferred: got %q", got)
	}
	quiet := &trace.Trace{DHCP: good().DHCP[:1]}
	if got := c.faults(quiet, ""); got != nil {
		t.Errorf("left alone: got %q", got)
	}
	if got := c.faults(&trace.Trace{}, ""); len(got) != 1 || !strings.Contains(got[0], "never asked") {
		t.Errorf("nothing happened: got %q", got)
	}
}

func TestStrategies(t *testing.T) {
	tr := good()
	tr.DHCP = append(tr.DHCP, reply("10.77.0.2:4011", none, lab.BootAddr(), "x", trace.Option{Code: 60, Value: []byte("PXEClient")}))
	if diff := cmp.Diff("BINL, 4011", strategies(tr)); diff != "" {
		t.Errorf("strategies (-want +got):\n%s", diff)
	}
}
