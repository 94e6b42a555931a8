// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"bytes"
	"context"
	"io/fs"
	"net/netip"
	"path"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bootlace-net/bootlace/internal/simnet"
	"github.com/bootlace-net/bootlace/internal/udp"
)

// requestSeeds are requests as firmware sends them, and as nobody should.
func requestSeeds() [][]byte {
	return [][]byte{
		append([]byte{0, opRRQ}, options([]string{"a=octet"})...),
		append([]byte{0, opRRQ}, options([]string{"a=octet", "tsize=0", "blksize=1468", "windowsize=4"})...),
		append([]byte{0, opRRQ}, options([]string{"a=netascii", "blksize=8", "timeout=1", "utimeout=10000", "rollover=0"})...),
		append([]byte{0, opRRQ}, options([]string{`\Boot\BCD=octet`, "tsize=0", "blksize=1456", "windowsize=4", "msftwindow=31416"})...),
		append([]byte{0, opWRQ}, options([]string{"up=octet", "tsize=600", "windowsize=2"})...),
		append([]byte{0, opRRQ}, options([]string{"a=mail"})...),
		[]byte("\x00\x01a\x00octet\x00blksize\x0099999999999999999999\x00tsize\x00-1\x00blksize\x000"),
		[]byte("\x00\x01\xff\xff\x00octet\x00\xff\xff\x00"),
		[]byte("\x00\x010\x00netascii\x00d\x001\x00=======\x00\x00"),
		{0, opRRQ}, {0}, {},
	}
}

func FuzzRequest(f *testing.F) {
	for _, b := range requestSeeds() {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := parseRequest(b)
		if err != nil {
			return
		}
		if r.Name == "" || len(r.Name) > maxName || strings.Contains(r.Name, "\x00") || len(r.Options) > maxOptions {
			t.Fatalf("%+v", r)
		}
		// the same request said again is the same request
		again := append(append([]byte{0, b[1]}, r.Name+"\x00"+r.Mode.String()+"\x00"...), wire(r.Options)...)
		if s, err := parseRequest(again); err != nil || s.Name != r.Name || s.Mode != r.Mode || len(s.Options) != len(r.Options) {
			t.Fatalf("%+v became %+v: %v", r, s, err)
		}
		classify(&r)
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
	for _, b := range requestSeeds() {
		f.Add(b, 8, 1468, 64, int64(1000), 1500, false)
	}
	f.Fuzz(func(t *testing.T, b []byte, lo, hi, window int, size int64, mtu int, v6 bool) {
		r, err := parseRequest(b)
		if err != nil || lo < minBlock || hi > maxBlock || lo > hi || window > 65535 {
			return
		}
		g := negotiate(&r, bounds{minBlock: lo, maxBlock: hi, window: window, size: size, mtu: mtu, v6: v6})
		if g.block != defaultBlock && (g.block < minBlock || g.block > hi) || g.window < 1 || g.window > max(window, 1) {
			t.Fatalf("%+v", g)
		}
		if g.timeout < 0 || g.timeout > 255*time.Second || g.size < -1 {
			t.Fatalf("%+v", g)
		}
		checkOACK(t, &r, g)
	})
}

// checkOACK says that nothing is answered that was not asked, in the order asked, and no value above the one asked.
func checkOACK(t *testing.T, r *Request, g grant) {
	if g.oack == nil {
		return
	}
	at := -1
	for _, o := range parseOptions(g.oack[2:]) {
		i := -1
		for k, asked := range r.Options {
			if asked.Name == o.Name {
				i = k
			}
		}
		if i <= at {
			t.Fatalf("OACK %q for %v", g.oack, r.Options)
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

func FuzzNames(f *testing.F) {
	for _, s := range []string{"a", `\Boot\BCD`, "//a//b", "../a", `..\a`, "a\xff", "....//a", "./../a", "a/..", "C:/a", "%2e%2e/a", "a\x00b", " a ", "/"} {
		f.Add(s)
	}
	rule, err := ParseRule("^x/=../")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if s := tidyName(name); tidyName(s) != s || strings.Contains(s, "//") || strings.Contains(s, `\`) {
			t.Fatalf("%q is tidied to %q, and that to %q", name, s, tidyName(s))
		}
		if s, err := cleanName(name); err == nil && (!fs.ValidPath(s) && strings.ToValidUTF8(s, "") == s || path.IsAbs(s) || s == ".." || strings.HasPrefix(s, "../")) {
			t.Fatalf("%q is cleaned to %q", name, s)
		}
		n := Names{Rules: []Rule{rule}, PerAddress: "hosts/%a", Opener: opener(func(r Request) {
			if s, err := cleanName(r.Name); err == nil && strings.Contains("/"+s+"/", "/../") {
				t.Fatalf("%q leads to %q", name, s)
			}
		})}
		n.Open(context.Background(), &Request{Name: name, Remote: netip.MustParseAddrPort("10.0.0.5:2000")})
	})
}

type opener func(Request)

func (o opener) Open(_ context.Context, r *Request) (Content, error) {
	o(*r)
	return nil, fs.ErrNotExist
}

// FuzzServer plays any sequence of packets from three clients to port 69 and to where answers came from; then an honest client
// must get its file and a server that ends must leave nothing.
//
// The input is packets of a byte for the client and the target, a byte for the pause before it, a byte for the length, and so many
// bytes.
func FuzzServer(f *testing.F) {
	add := func(single bool, packets ...[]byte) {
		var in []byte
		for i, p := range packets {
			in = append(append(in, byte(i%3)|byte(min(i/3, 1))<<2, byte(i), byte(len(p))), p...)
		}
		f.Add(in, single)
	}
	acks := [][]byte{{0, opACK, 0, 0}, {0, opACK, 0, 1}, {0, opACK, 0, 2}, {0, opACK, 255, 255}, {0, opACK}, {0, opERROR, 0, 0}, {0, opERROR, 0, 5, 'x', 0},
		{0, opDATA, 0, 1, 'x'}, {0, opDATA, 0, 2}, {0, opOACK, 'a', 0}, {255, 255, 255, 255}}
	for _, single := range []bool{false, true} {
		add(single, requestSeeds()...)
		add(single, append(requestSeeds(), acks...)...)
		for _, r := range requestSeeds() {
			add(single, append([][]byte{r, r, r}, acks...)...)
		}
	}
	f.Fuzz(func(t *testing.T, in []byte, single bool) {
		if len(in) > 2000 {
			return
		}
		synctest.Test(t, func(t *testing.T) { hostile(t, in, single) })
	})
}

func hostile(t *testing.T, in []byte, single bool) {
	want := pattern(3000)
	up := newAttic()
	w := newWorld(t, func(w *world) {
		w.shelf.files["a"], w.shelf.files["honest"] = Bytes(pattern(5000)), Bytes(want)
		w.server.SinglePort, w.server.MinBlock, w.server.Storer = single, 8, up
	})
	var conns [3]*simnet.Conn
	var tids [3]netip.AddrPort
	for i := range conns {
		conns[i] = w.socket(netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 2, byte(i + 1)}), 2000).String())
		defer conns[i].Close()
	}
	for len(in) >= 3 {
		who, pause, n := int(in[0]%4)%3, time.Duration(in[1])*time.Millisecond, min(int(in[2]), len(in)-3)
		to := netip.MustParseAddrPort(serverAddr + ":69")
		if in[0]&4 != 0 && tids[who].IsValid() {
			to = tids[who]
		}
		time.Sleep(pause)
		conns[who].Send([]udp.Outgoing{{Remote: to, Bufs: [][]byte{in[3 : 3+n]}}})
		in = in[3+n:]
		answer := []udp.Incoming{{Buf: make([]byte, 2048)}}
		for {
			if _, err := conns[who].Recv(answer, time.Millisecond); err != nil {
				break
			}
			tids[who] = answer[0].Remote
		}
	}
	if got, err := models[0].fetch(w, "10.0.3.1:2000", "honest"); err != nil || !bytes.Equal(got, want) {
		t.Errorf("the honest client got %d bytes: %v", len(got), err)
	}
	time.Sleep(5 * time.Minute)
	synctest.Wait()
	if n := w.server.index.running(); n != 0 {
		t.Errorf("%d requests still run", n)
	}
	w.stop()
	up.mu.Lock()
	defer up.mu.Unlock()
	if up.open != 0 {
		t.Errorf("%d uploads are neither kept nor given up", up.open)
	}
}
