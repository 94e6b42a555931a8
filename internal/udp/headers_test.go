// SPDX-License-Identifier: Apache-2.0

package udp

import (
	"bytes"
	"net/netip"
	"testing"
)

// TestHeaders: what is wrapped comes out again, and nothing that is cut short does.
func TestHeaders(t *testing.T) {
	for _, tt := range []struct{ from, to, remote string }{
		{"10.0.0.2", "10.0.0.7", "10.0.0.2"},
		{"fd00::2", "fd00::7", "fd00::2"},
		{"fe80::2", "fe80::7%4", "fe80::2%3"},
	} {
		o := &Outgoing{Local: netip.MustParseAddr(tt.from), Remote: netip.AddrPortFrom(netip.MustParseAddr(tt.to), 546),
			Bufs: [][]byte{[]byte("DHCP"), []byte("v6")}}
		p := wrap(nil, o, 547)
		in := Incoming{Buf: make([]byte, 100)}
		if !unwrap(&in, append(p, 0, 0, 0), 3) || string(in.Buf[:in.N]) != "DHCPv6" || in.Truncated || in.Interface != 3 ||
			in.Remote != netip.AddrPortFrom(netip.MustParseAddr(tt.remote), 547) || in.Local != o.Remote.Addr().WithZone("") {
			t.Errorf("%+v: %+v", tt, in)
		}
		for cut := range len(p) {
			if in := (Incoming{Buf: make([]byte, 100)}); unwrap(&in, p[:cut], 3) && !in.Truncated {
				t.Errorf("cut at %d: %q", cut, in.Buf[:in.N])
			}
		}
	}
	for _, o := range []Outgoing{
		{Local: netip.MustParseAddr("10.0.0.2"), Remote: netip.MustParseAddrPort("[fd00::7]:546")},
		{Remote: netip.MustParseAddrPort("10.0.0.7:68")},
		{Local: netip.MustParseAddr("10.0.0.2"), Remote: netip.MustParseAddrPort("10.0.0.7:68"), Bufs: [][]byte{make([]byte, 65508)}},
	} {
		if p := wrap(nil, &o, 67); p != nil {
			t.Errorf("%v to %v was made", o.Local, o.Remote)
		}
	}
}

func FuzzUnwrap(f *testing.F) {
	for _, a := range []string{"10.0.0.2", "fd00::2"} {
		o := Outgoing{Local: netip.MustParseAddr(a), Remote: netip.AddrPortFrom(netip.MustParseAddr(a), 68), Bufs: [][]byte{[]byte("x")}}
		f.Add(wrap(nil, &o, 67))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		in := Incoming{Buf: make([]byte, 64)}
		if unwrap(&in, b, 2) && !in.Truncated && in.N > 0 && !bytes.Contains(b, in.Buf[:in.N]) {
			t.Errorf("%x has no %x", b, in.Buf[:in.N])
		}
	})
}
