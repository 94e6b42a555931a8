// SPDX-License-Identifier: Apache-2.0

package trace_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bootlace-net/bootlace/e2e/trace"
)

var update = flag.Bool("update", false, "write what is decoded over the golden files")

func TestHTTP(t *testing.T) {
	f := newFilm()
	const c, s = "10.77.0.100:8846", "10.77.0.2:80"
	f.add(tcp4(c, s, "HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n"))
	f.add(tcp4(s, c, "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n"))
	f.add(tcp4(c, s, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"))
	f.add(tcp4(c, s, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n")) // the segment again
	f.add(tcp4(s, c, "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nabc"))
	f.add(tcp4(s, c, "defg"))
	f.add(tcp4(c, s, "GET /b HTTP/1.1\r\n\r\n"))
	f.add(tcp4(s, c, "HTTP/1.1 404 Not Found\r\n\r\n"))
	f.add(tcp4(c, s, "GET /c HTTP/1.1\r\n\r\n"))
	want := []string{"http HEAD /a 200", "http GET /a 200", "http GET /b 404", "http GET /c 0"}
	if diff := cmp.Diff(want, steps(&f.Trace)); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	if got := f.Requests()[1].Bytes; got != 7 {
		t.Errorf("body: got %d bytes, want 7", got)
	}
}

func TestFirstTransfer(t *testing.T) {
	f := newFilm()
	if at, any := f.FirstTransfer(); any {
		t.Errorf("nothing was transferred, got %v", at)
	}
	f.add(message{src: "0.0.0.0:68", dst: "255.255.255.255:67", options: opt(53, "\x01")}.frame())
	f.add(tcp4(client, "10.77.0.2:80", "GET /a HTTP/1.1\r\n\r\n"))
	f.add(udp4(client, listen, rrq("a", "octet")))
	if at, any := f.FirstTransfer(); !any || at != time.Millisecond {
		t.Errorf("got %v %v, want 1ms", at, any)
	}
}

func TestPCAPRoundTrip(t *testing.T) {
	var file bytes.Buffer
	w, err := trace.NewPCAP(&file, 50)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Unix(1_700_000_000, 123456789)
	for _, size := range []int{10, 100} {
		if err := w.Frame(at, bytes.Repeat([]byte{7}, size)); err != nil {
			t.Fatal(err)
		}
	}
	var sizes []int
	if err := trace.ReadPCAP(&file, func(got time.Time, raw []byte) {
		if !got.Equal(at) {
			t.Errorf("time: got %v, want %v", got, at)
		}
		sizes = append(sizes, len(raw))
	}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{10, 50}, sizes); diff != "" {
		t.Errorf("kept bytes (-want +got):\n%s", diff)
	}
}

func TestReadPCAPRefuses(t *testing.T) {
	var whole bytes.Buffer
	w, _ := trace.NewPCAP(&whole, 100)
	_ = w.Frame(time.Unix(1, 0), make([]byte, 60))
	b := whole.Bytes()
	for name, data := range map[string][]byte{
		"empty": nil, "no capture": make([]byte, 24), "cut header": b[:10], "cut record": b[:30], "cut frame": b[:len(b)-1],
		"huge frame": append(bytes.Clone(b[:32]), 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0),
	} {
		if err := trace.ReadPCAP(bytes.NewReader(data), func(time.Time, []byte) {}); !errors.Is(err, trace.ErrPCAP) {
			t.Errorf("%s: got %v, want ErrPCAP", name, err)
		}
	}
}

// TestCaptures decodes captures of real boots and compares with the text beside them. The captures are cut: of a transfer
// that takes many packets they have the first.
func TestCaptures(t *testing.T) {
	files, err := filepath.Glob("testdata/*.pcap")
	if err != nil || len(files) == 0 {
		t.Fatalf("no captures in testdata: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			golden := strings.TrimSuffix(file, ".pcap") + ".txt"
			got := decodeFile(t, file)
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("decoded (-want +got):\n%s", diff)
			}
		})
	}
}

func decodeFile(t *testing.T, file string) string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var tr trace.Trace
	if err := trace.ReadPCAP(f, tr.Add); err != nil {
		t.Fatal(err)
	}
	return strings.Join(steps(&tr), "\n") + "\n\n" + tr.String()
}

// FuzzAdd: whatever is on the wire, decoding ends, and what it says has no control characters but newlines.
func FuzzAdd(f *testing.F) {
	f.Add(message{reply: true, src: "10.77.0.2:67", dst: broadcast, options: opt(43, "\x06\x01\x08")}.frame())
	f.Add(udp4(client, listen, rrq("a", "octet", "blksize")))
	f.Add(udp4(server, client, tftpError(1, "\x1b[2J")))
	f.Add(tcp4(client, "10.77.0.2:80", "GET /\x1b[2J HTTP/1.1\r\n\x1b: y\r\n\r\n"))
	f.Add(udp6("[fe80::2]:547", "[fe80::1]:546", []byte{2, 0, 0, 0, 0, 59, 0, 1, 7}))
	f.Add(append(make([]byte, 12), 0x08, 0x06))
	f.Add(append(make([]byte, 12), 0x86, 0xdd))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var tr trace.Trace
		tr.Add(time.Unix(0, 0), udp4(client, listen, rrq("a", "octet")))
		tr.Add(time.Unix(1, 0), tcp4(client, "10.77.0.2:80", "GET /a HTTP/1.1\r\n\r\n"))
		tr.Add(time.Unix(2, 0), raw)
		text := tr.String() + strings.Join(steps(&tr), "\n")
		if at := strings.IndexFunc(text, func(r rune) bool { return r < ' ' && r != '\n' }); at >= 0 {
			t.Errorf("control character at %d of %q", at, text)
		}
	})
}
