// SPDX-License-Identifier: Apache-2.0

package trace_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/e2e/trace"
)

const (
	pxeClass  = "PXEClient"
	broadcast = "255.255.255.255:68"
)

func TestStrategy(t *testing.T) {
	offer, ours := opt(53, "\x02"), "10.77.0.2:67"
	tests := map[string]struct {
		m     message
		want  string
		proxy bool
	}{
		"plain address":  {message{src: "10.77.0.1:67", yi: "10.77.0.100", options: offer}, "address", false},
		"nothing at all": {message{src: "10.77.0.1:67", options: offer}, "nothing", false},
		"skip discovery": {message{src: ours, options: join(offer, opt(60, pxeClass), opt(43, "\x06\x01\x08\xff"))}, "PXE10-skip", true},
		"menu":           {message{src: ours, options: join(offer, opt(60, pxeClass), opt(43, "\x06\x01\x03\x09\x04\x00\x00\x01A\xff"))}, "menu", true},
		"no option 43":   {message{src: ours, file: "x.efi", options: join(offer, opt(60, pxeClass))}, "BINL", true},
		"boot server":    {message{src: "10.77.0.2:4011", file: "x.efi", options: join(opt(53, "\x05"), opt(60, pxeClass))}, "4011", true},
		"for an iPXE":    {message{src: ours, file: "http://10.77.0.2/boot.ipxe", options: join(offer, opt(60, pxeClass))}, "iPXE script", true},
		"HTTP":           {message{src: ours, options: join(offer, opt(60, "HTTPClient"), opt(67, "http://10.77.0.2/x.efi"))}, "HTTPClient", true},
		"old BOOTP ways": {message{src: "10.77.0.1:67", yi: "10.77.0.100", file: "x.0", options: offer}, "boot file", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFilm()
			tt.m.reply, tt.m.dst = true, broadcast
			f.add(tt.m.frame())
			d := only(t, f.DHCP)
			if got := d.Strategy(); got != tt.want {
				t.Errorf("strategy: got %q, want %q", got, tt.want)
			}
			if got := d.Proxy(); got != tt.proxy {
				t.Errorf("proxy: got %v, want %v", got, tt.proxy)
			}
		})
	}
}

func TestMessageInWords(t *testing.T) {
	f := newFilm()
	f.add(message{reply: true, src: "10.77.0.2:67", dst: broadcast, si: "10.77.0.2", file: "m/52-54-00-77-00-01/ipxe.efi",
		options: join(opt(53, "\x02"), opt(54, "\x0a\x4d\x00\x02"), opt(60, pxeClass), opt(43, "\x06\x01\x08\xff"), opt(93, "\x00\x07"),
			opt(97, "\x00\x77\x77"))}.frame())
	want := `OFFER  10.77.0.2:67 > 255.255.255.255:68  xid=deadbeef secs=0 flags=0000 ci=0.0.0.0 yi=0.0.0.0 si=10.77.0.2 gi=0.0.0.0 ` +
		`mac=52:54:00:77:00:01 bytes=276
          file='m/52-54-00-77-00-01/ipxe.efi' sname=''
          53=OFFER 54=10.77.0.2 60='PXEClient' 43={6:08 end} 93=7 97=007777 end`
	if diff := cmp.Diff(want, only(t, f.DHCP).String()); diff != "" {
		t.Errorf("message (-want +got):\n%s", diff)
	}
}

func TestOptionText(t *testing.T) {
	tests := map[string]trace.Option{
		"53=DISCOVER":          {Code: 53, Value: []byte{1}},
		"53=type 99":           {Code: 53, Value: []byte{99}},
		"55=[1,3,67]":          {Code: 55, Value: []byte{1, 3, 67}},
		`67='a\x00\x1b[2J'`:    {Code: 67, Value: []byte("a\x00\x1b[2J")},
		"6=10.0.0.1/10.0.0.2":  {Code: 6, Value: []byte{10, 0, 0, 1, 10, 0, 0, 2}},
		"51=3600":              {Code: 51, Value: []byte{0, 0, 14, 16}},
		"57=1472":              {Code: 57, Value: []byte{5, 192}},
		"57=05":                {Code: 57, Value: []byte{5}},
		"175={177:01 23:01}":   {Code: 175, Value: []byte{177, 1, 1, 23, 1, 1}},
		"43={71:80000000 end}": {Code: 43, Value: []byte{71, 4, 128, 0, 0, 0, 255}},
		"61=01525400":          {Code: 61, Value: []byte{1, 0x52, 0x54, 0}},
		"end":                  {Code: 255},
	}
	for want, o := range tests {
		if got := o.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestDHCPv6(t *testing.T) {
	f := newFilm()
	const url = "tftp://[fd77::2]/ipxe.efi"
	proxy := join([]byte{2, 0xbe, 0x7b, 0xad}, []byte{0, 59, 0, byte(len(url))}, []byte(url))
	full := join(proxy, []byte{0, 3, 0, 2, 1, 2})
	f.add(udp6("[fe80::2]:547", "[fe80::1]:546", proxy))
	f.add(udp6("[fe80::2]:547", "[fe80::1]:546", full))
	f.add(udp6("[fe80::2]:4011", "[fe80::1]:4011", append([]byte{7}, proxy[1:]...)))
	var got []bool
	for _, d := range f.DHCP6 {
		got = append(got, d.Proxy())
	}
	if diff := cmp.Diff([]bool{true, false, true}, got); diff != "" {
		t.Errorf("proxy (-want +got):\n%s", diff)
	}
	if s := f.DHCP6[0].String(); !strings.Contains(s, "ADVERTISE") || !strings.Contains(s, "59='"+url+"'") {
		t.Errorf("message: %s", s)
	}
}

func TestFrom(t *testing.T) {
	f := newFilm()
	f.add(message{src: "0.0.0.0:68", dst: "255.255.255.255:67", options: opt(53, "\x01")}.frame())
	f.add(message{reply: true, src: "10.77.0.1:67", dst: broadcast, options: opt(53, "\x02")}.frame())
	f.add(message{reply: true, src: "10.77.0.2:67", dst: broadcast, options: opt(53, "\x02")}.frame())
	if d := only(t, f.From(netip.MustParseAddr("10.77.0.2"))); d.Src.String() != "10.77.0.2:67" {
		t.Errorf("got a message from %s", d.Src)
	}
}
