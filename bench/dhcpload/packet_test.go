// SPDX-License-Identifier: Apache-2.0

package dhcpload

import (
	"errors"
	"strings"
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv4"
	"github.com/insomniacslk/dhcp/iana"
)

// TestDiscoverIsWhatFirmwareSends reads the packet with a codec that knows nothing of this package.
func TestDiscoverIsWhatFirmwareSends(t *testing.T) {
	seen := map[string]bool{}
	for n := range 300 {
		p, err := dhcpv4.FromBytes(discover(n))
		if err != nil {
			t.Fatal(err)
		}
		if seen[p.ClientHWAddr.String()] {
			t.Fatalf("machine %d has the address of another", n)
		}
		seen[p.ClientHWAddr.String()] = true
		arch := []iana.Arch{iana.INTEL_X86PC, iana.EFI_X86_64}[n%2]
		if p.MessageType() != dhcpv4.MessageTypeDiscover || !p.IsBroadcast() || len(p.ClientArch()) != 1 || p.ClientArch()[0] != arch {
			t.Fatalf("machine %d: %s", n, p.Summary())
		}
		if !strings.HasPrefix(p.ClassIdentifier(), "PXEClient:Arch:") || len(p.Options.Get(dhcpv4.OptionClientMachineIdentifier)) != 17 || len(p.Options.Get(dhcpv4.OptionClientNetworkInterfaceIdentifier)) != 3 {
			t.Fatalf("machine %d: %s", n, p.Summary())
		}
	}
}

// offer answers a machine as a proxy does.
func offer(t *testing.T, n int, mods ...dhcpv4.Modifier) []byte {
	t.Helper()
	request, err := dhcpv4.FromBytes(discover(n))
	if err != nil {
		t.Fatal(err)
	}
	reply, err := dhcpv4.NewReplyFromRequest(request, append([]dhcpv4.Modifier{
		dhcpv4.WithMessageType(dhcpv4.MessageTypeOffer), dhcpv4.WithOption(dhcpv4.OptClassIdentifier("PXEClient")),
	}, mods...)...)
	if err != nil {
		t.Fatal(err)
	}
	return reply.ToBytes()
}

func TestOffered(t *testing.T) {
	other := offer(t, 8)
	other[offXID+3] = 7
	for name, c := range map[string]struct {
		packet []byte
		want   int
		err    string
	}{
		"good":          {offer(t, 7), 7, ""},
		"not asked":     {offer(t, 5000), 0, errNotOurs.Error()},
		"own discover":  {discover(7), 0, errNotOurs.Error()},
		"short":         {offer(t, 7)[:200], 0, errNotOurs.Error()},
		"cut":           {append(offer(t, 7)[:offOpts:offOpts], 53), 7, "an option is cut off"},
		"no end":        {append(offer(t, 7)[:offOpts:offOpts], 53, 1, 2), 7, "options have no end mark"},
		"acknowledge":   {offer(t, 7, dhcpv4.WithMessageType(dhcpv4.MessageTypeAck)), 7, "message type [5], not an offer"},
		"other class":   {offer(t, 7, dhcpv4.WithOption(dhcpv4.OptClassIdentifier("HTTPClient"))), 7, `vendor class "HTTPClient", not PXEClient`},
		"other machine": {other, 7, "answer carries another machine's address"},
	} {
		n, err := offered(c.packet, 1000)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != c.err || n != c.want && !errors.Is(err, errNotOurs) {
			t.Errorf("%s: machine %d, %q; want %d, %q", name, n, got, c.want, c.err)
		}
	}
}
