// SPDX-License-Identifier: Apache-2.0

package proto

import (
	"errors"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseRequest(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want Request
		err  error
	}{
		{"\x00\x01a\x00octet\x00", Request{Name: "a"}, nil},
		{"\x00\x02a\x00NETASCII\x00", Request{Name: "a", Mode: Netascii, Write: true}, nil},
		{"\x00\x01a\x00octet\x00TSIZE\x000\x00tsize\x001\x00", Request{Name: "a", Options: []Option{{"tsize", "0"}}}, nil},
		{"\x00\x01a\x00octet\x00x", Request{Name: "a"}, nil},
		{"\x00\x01a\x00octet\x00x\x00y", Request{Name: "a"}, nil},
		{"\x00\x01a\x00octet\x00\x00\x00", Request{Name: "a"}, nil},
		{"\x00\x01" + strings.Repeat("a", 600) + "\x00octet\x00", Request{}, ErrMalformed},
		{"\x00\x01\x00octet\x00", Request{}, ErrMalformed},
		{"\x00\x01a", Request{}, ErrMalformed},
		{"\x00\x01a\x00octet", Request{}, ErrMalformed},
		{"\x00\x01a\x00binary\x00", Request{}, ErrMalformed},
		{"\x00\x03\x00\x01", Request{}, ErrNotRequest},
		{"", Request{}, ErrNotRequest},
	} {
		got, err := ParseRequest([]byte(tt.in))
		if !errors.Is(err, tt.err) {
			t.Errorf("%.40q: %v, want %v", tt.in, err, tt.err)
		}
		if diff := cmp.Diff(tt.want, got, cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })); err == nil && diff != "" {
			t.Errorf("%.40q (-want +got)\n%s", tt.in, diff)
		}
	}
}

func TestClassify(t *testing.T) {
	for _, tt := range []struct {
		request string
		want    Class
	}{
		{"a octet", Other},
		{"a octet blksize=1432 tsize=0", IPXE},
		{"a octet tsize=0 blksize=1468 windowsize=4", EDK2},
		{"a octet blksize=1468 windowsize=4", EDK2},
		{"/grub.cfg octet blksize=1024 tsize=0", GRUB},
		{"a octet tsize=0 blksize=1408", PXELINUX},
		{"a octet timeout=5 blksize=1468", UBoot},
		{"a octet tsize=0 blksize=1456 windowsize=4 msftwindow=31416", WindowsBoot},
		{"4ab1/start4.elf octet tsize=0 blksize=1024", RaspberryPi},
		{"a octet blksize=1400 windowsize=16", Other},
		{"a octet tsize=0 blksize=512 timeout=6", Other},
	} {
		f := strings.Fields(tt.request)
		r, err := ParseRequest(append([]byte{0, 1}, options(append([]string{f[0] + "=" + f[1]}, f[2:]...))...))
		if err != nil {
			t.Fatal(err)
		}
		if got := Classify(&r); got != tt.want {
			t.Errorf("%s is %v, want %v", tt.request, got, tt.want)
		}
	}
}

// requestSeeds are requests as firmware sends them, and as nobody should.
func requestSeeds(tb testing.TB) (seeds [][]byte) {
	tb.Helper()
	text, err := os.ReadFile("../../testdata/requests.txt")
	if err != nil {
		tb.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		s, err := strconv.Unquote(strings.TrimSpace(line))
		if err != nil {
			tb.Fatal(line, err)
		}
		seeds = append(seeds, []byte(s))
	}
	return seeds
}

func FuzzRequest(f *testing.F) {
	for _, b := range requestSeeds(f) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := ParseRequest(b)
		if err != nil {
			return
		}
		if r.Name == "" || len(r.Name) > maxName || strings.Contains(r.Name, "\x00") || len(r.Options) > maxOptions {
			t.Fatalf("%+v", r)
		}
		// the same request said again is the same request
		again := append(append([]byte{0, b[1]}, r.Name+"\x00"+r.Mode.String()+"\x00"...), wire(r.Options)...)
		if s, err := ParseRequest(again); err != nil || s.Name != r.Name || s.Mode != r.Mode || len(s.Options) != len(r.Options) {
			t.Fatalf("%+v became %+v: %v", r, s, err)
		}
		Classify(&r)
	})
}

// wire says options as a client does; a name may hold any byte but NUL.
func wire(opts []Option) (b []byte) {
	for _, o := range opts {
		b = append(b, o.Name+"\x00"+o.Value+"\x00"...)
	}
	return b
}

func FuzzOptions(f *testing.F) {
	for _, b := range requestSeeds(f) {
		f.Add(b, 8, 1468, 64, int64(1000), 1500, false)
	}
	f.Fuzz(func(t *testing.T, b []byte, lo, hi, window int, size int64, mtu int, v6 bool) {
		r, err := ParseRequest(b)
		if err != nil || lo < MinBlock || hi > MaxBlock || lo > hi || window > 65535 {
			return
		}
		g := Negotiate(&r, Bounds{MinBlock: lo, MaxBlock: hi, Window: window, Size: size, MTU: mtu, IPv6: v6})
		if g.Block != DefaultBlock && (g.Block < MinBlock || g.Block > hi) || g.Window < 1 || g.Window > max(window, 1) {
			t.Fatalf("%+v", g)
		}
		if g.Timeout < 0 || g.Timeout > 255_000_000_000 || g.Size < -1 {
			t.Fatalf("%+v", g)
		}
		checkOACK(t, &r, g)
	})
}

// checkOACK says that nothing is answered that was not asked, in the order asked, and no value above the one asked.
func checkOACK(t *testing.T, r *Request, g Grant) {
	if g.OACK == nil {
		return
	}
	at := -1
	for _, o := range ParseOptions(g.OACK[2:]) {
		i := -1
		for k, asked := range r.Options {
			if asked.Name == o.Name {
				i = k
			}
		}
		if i <= at {
			t.Fatalf("OACK %q for %v", g.OACK, r.Options)
		}
		at = i
		if o.Name != "tsize" && o.Name != "msftwindow" && len(o.Value) > len(strings.TrimLeft(r.Options[i].Value, "+")) {
			t.Fatalf("%s=%s for %s", o.Name, o.Value, r.Options[i].Value)
		}
		if len(o.Value) > 1 && o.Value[0] == '0' {
			t.Fatalf("%s=%s has a leading zero: octal for GRUB", o.Name, o.Value)
		}
	}
}

func options(pairs []string) []byte {
	var b []byte
	for _, kv := range pairs {
		k, v, _ := strings.Cut(kv, "=")
		b = append(append(append(append(b, k...), 0), v...), 0)
	}
	return b
}
