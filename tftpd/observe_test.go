// SPDX-License-Identifier: Apache-2.0

package tftpd

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/rs/zerolog"

	"github.com/bootlace-net/bootlace/internal/udp"
)

// ask sends a plain request from an address and says whether anything came back.
func (w *world) ask(from, name string, opts ...string) bool {
	c := w.socket(from)
	defer c.Close()
	c.Send([]udp.Outgoing{{Remote: netip.MustParseAddrPort(serverAddr + ":69"),
		Bufs: [][]byte{append([]byte{0, opRRQ}, options(append([]string{name + "=octet"}, opts...))...)}}})
	_, err := c.Recv([]udp.Incoming{{Buf: make([]byte, 2048)}}, 50*time.Millisecond)
	return err == nil
}

// probe asks for the size alone, as EDK2 does before each file.
func (w *world) probe(from, name string) {
	c := w.socket(from)
	defer c.Close()
	c.Send([]udp.Outgoing{{Remote: netip.MustParseAddrPort(serverAddr + ":69"),
		Bufs: [][]byte{append([]byte{0, opRRQ}, options([]string{name + "=octet", "tsize=0", "blksize=1468", "windowsize=4"})...)}}})
	in := []udp.Incoming{{Buf: make([]byte, 2048)}}
	if _, err := c.Recv(in, time.Second); err != nil {
		w.t.Fatal(err)
	}
	c.Send([]udp.Outgoing{{Remote: in[0].Remote, Bufs: [][]byte{errorPacket(CodeOptions, "User aborted the transfer")}}})
	time.Sleep(10 * time.Millisecond)
}

// TestRefusalsAreCountedAndLogged exceeds one limit after the other: silence, a count by reason, and one line a second.
func TestRefusalsAreCountedAndLogged(t *testing.T) {
	for _, tt := range []struct {
		reason string
		limits Limits
		from   func(i int) string
	}{
		{"transfers_per_address", Limits{PerAddress: 1}, func(i int) string { return "10.0.1.1:" + itoa(int64(2000+i)) }},
		{"transfers_per_prefix", Limits{PerPrefix: 1}, func(i int) string { return "10.0.1." + itoa(int64(1+i)) + ":2000" }},
		{"network_not_allowed", Limits{Networks: []netip.Prefix{netip.MustParsePrefix("10.0.1.1/32")}},
			func(i int) string { return "10.0.1." + itoa(int64(1+i)) + ":2000" }},
		{"request_rate", Limits{RequestRate: 0.5}, func(i int) string { return "10.0.1.1:" + itoa(int64(2000+i)) }},
	} {
		t.Run(tt.reason, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				w := newWorld(t, func(w *world) {
					w.shelf.files["a"] = Bytes(pattern(600))
					w.server.Limits, w.server.Logger = tt.limits, zerolog.New(&log)
				})
				if !w.ask(tt.from(0), "a") {
					t.Error("the first request was not answered")
				}
				for i := range 5 {
					if w.ask(tt.from(i+1), "a") {
						t.Errorf("request %d was answered", i+2)
					}
				}
				w.stop()
				lines := strings.Count(log.String(), `"reason":"`+tt.reason+`"`)
				if lines != 1 {
					t.Errorf("%d lines for five refusals within a second\n%s", lines, log.String())
				}
				var counted float64
				reg := prometheus.NewRegistry()
				reg.MustRegister(w.server.Collector())
				families, err := reg.Gather()
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range families {
					for _, m := range f.GetMetric() {
						if f.GetName() == "bootlace_tftp_refused_total" && m.GetLabel()[0].GetValue() == tt.reason {
							counted = m.GetCounter().GetValue()
						}
					}
				}
				if counted != 5 {
					t.Errorf("counted %v, want 5", counted)
				}
			})
		})
	}
}

func TestMetricNames(t *testing.T) {
	srv := loopbackServer(t, map[string]string{"a": string(pattern(3000))}, nil)
	if got, err := fetchPin(srv.LocalAddrs()[0], "a", 512); err != nil || len(got) != 3000 {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
	reg := prometheus.NewPedanticRegistry()
	reg.MustRegister(srv.Collector())
	families, err := reg.Gather()
	if err != nil || len(families) < 10 {
		t.Fatalf("%d families, %v", len(families), err)
	}
	problems, err := promlint.NewWithMetricFamilies(families).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
}

// TestUploadsAreCounted: blocks and bytes of an upload are counted like those of a download.
func TestUploadsAreCounted(t *testing.T) {
	srv := loopbackServer(t, nil, func(s *Server) { s.Storer = uploads(t, t.TempDir()) })
	if err := putPin(srv.LocalAddrs()[0], "a", string(pattern(512*3+100))); err != nil {
		t.Fatal(err)
	}
	reg := prometheus.NewRegistry()
	reg.MustRegister(srv.Collector())
	want := map[string]float64{"bootlace_tftp_received_blocks_total": 4, "bootlace_tftp_received_bytes_total": 512*3 + 100}
	got := map[string]float64{}
	for deadline := time.Now().Add(10 * time.Second); !cmp.Equal(got, want) && time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) { // the record comes after the last ACK
		families, err := reg.Gather()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range families {
			if _, ok := want[f.GetName()]; ok {
				got[f.GetName()] = f.GetMetric()[0].GetCounter().GetValue()
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestWarningAboutRollover speaks only of clients known to stop at block 65535, and only of files that have more.
func TestWarningAboutRollover(t *testing.T) {
	for _, tt := range []struct {
		size int64
		opts []string
		want bool
	}{
		{65535*1024 - 1, []string{"blksize=1024", "tsize=0"}, false}, // GRUB
		{65535 * 1024, []string{"blksize=1024", "tsize=0"}, true},
		{65535 * 1432, []string{"blksize=1432", "tsize=0"}, false}, // iPXE
	} {
		synctest.Test(t, func(t *testing.T) {
			var log bytes.Buffer
			w := newWorld(t, func(w *world) {
				w.shelf.files["a"] = newDisk(tt.size)
				w.server.Logger = zerolog.New(&log)
			})
			w.ask("10.0.1.1:2000", "a", tt.opts...)
			w.stop()
			if got := strings.Contains(log.String(), "more than 65535 blocks"); got != tt.want {
				t.Errorf("%d bytes, %v: warned %v\n%s", tt.size, tt.opts, got, log.String())
			}
		})
	}
}

// TestRecordIsOneLine has everything an operator wants in one structured line, in words.
func TestRecordIsOneLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		w := newWorld(t, func(w *world) {
			w.shelf.files["a"] = Bytes(pattern(3000))
			w.server.Logger = zerolog.New(&log)
		})
		if _, err := models[4].fetch(w, "10.0.1.1:2000", "a"); err != nil {
			t.Fatal(err)
		}
		w.ask("10.0.1.1:2001", "evil\x1b[2J\n")
		w.probe("10.0.1.1:2002", "a")
		w.stop()
		for _, part := range []string{`"client":"10.0.1.1:2000"`, `"name":"a"`, `"outcome":"complete"`, `"bytes":3000`, `"duration":`, `"blksize":1468`,
			`"windowsize":4`, `"retransmits":0`, `"rtt":`, `"class":"EDK2"`, `"outcome":"refused"`, `error 1: File not found`, `"name":"evil[2J"`,
			`"outcome":"UEFI size probe, normal"`} {
			if !strings.Contains(log.String(), part) {
				t.Errorf("no %s in\n%s", part, log.String())
			}
		}
	})
}
