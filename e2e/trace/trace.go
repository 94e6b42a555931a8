// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"net/netip"
	"slices"
	"time"
)

// Trace is what was seen of one boot. The zero value is ready for frames.
type Trace struct {
	DHCP   []DHCP
	DHCP6  []DHCP6
	Frames int
	Bytes  int
	Lost   int // frames the capture could not keep up with; set by whoever captures

	start time.Time
	tftp  tftp
	http  exchanges
	notes map[string]int
}

// Add takes the next frame, from its Ethernet header on. It keeps no reference to raw.
func (t *Trace) Add(at time.Time, raw []byte) {
	if t.Frames == 0 {
		t.start = at
	}
	t.Frames++
	t.Bytes += len(raw)
	f := decode(raw)
	since := at.Sub(t.start)
	switch {
	case f.proto == protoTCP:
		t.http.add(since, f)
	case f.proto != protoUDP:
		t.note(f)
	case f.has(546, 547), f.has(4011) && f.src.Addr().Is6():
		if d, ok := decodeDHCP6(since, f); ok {
			t.DHCP6 = append(t.DHCP6, d)
		}
	case f.has(67, 68, 4011):
		if d, ok := decodeDHCP(since, f); ok {
			t.DHCP = append(t.DHCP, d)
		}
	default:
		t.tftp.add(since, f)
	}
}

// note counts what is not decoded further.
func (t *Trace) note(f frame) {
	what := f.proto.String()
	switch {
	case f.proto == protoARP && f.payload[7] == 1:
		what = "ARP request " + f.src.Addr().String() + " > " + f.dst.Addr().String()
	case f.proto == protoARP:
		what = "ARP reply " + f.src.Addr().String()
	case f.proto == protoICMP || f.proto == protoICMPv6:
		what += " type " + decimal(f.payload[0]) + " from " + f.src.Addr().String()
	}
	if t.notes == nil {
		t.notes = make(map[string]int)
	}
	t.notes[what]++
}

// Transfers gives the TFTP transfers in the order of their requests.
func (t *Trace) Transfers() []*Transfer { return slices.Clone(t.tftp.all) }

// Requests gives the HTTP requests in order.
func (t *Trace) Requests() []*Exchange { return slices.Clone(t.http.all) }

// FirstTransfer is when the first file was asked for by TFTP or HTTP; false if none was.
func (t *Trace) FirstTransfer() (time.Duration, bool) {
	var times []time.Duration
	for _, x := range t.tftp.all {
		times = append(times, x.At)
	}
	for _, x := range t.http.all {
		times = append(times, x.At)
	}
	if len(times) == 0 {
		return 0, false
	}
	return slices.Min(times), true
}

// From gives the DHCP replies that came from an address.
func (t *Trace) From(a netip.Addr) []DHCP {
	var out []DHCP
	for _, d := range t.DHCP {
		if d.Reply && d.Src.Addr() == a {
			out = append(out, d)
		}
	}
	return out
}
