// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/internal/recorder"
	"github.com/bootlace-net/bootlace/internal/site"
)

// largeSite writes 10,000 hosts with 200 profiles.
func largeSite(b *testing.B) string {
	b.Helper()
	dir := b.TempDir()
	put := func(name, text string) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	for i := range 200 {
		put(fmt.Sprintf("profiles/p%d.yaml", i), fmt.Sprintf("kernel: p%d/linux\ncmdline: [console=ttyS0, 'rack={{ .vars.rack }}']\n", i))
	}
	var hosts strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&hosts, "  - {name: node%d, match: {mac: '02:00:00:00:%02x:%02x'}, profile: p%d, vars: {rack: r%d}}\n", i, i>>8, i&255, i%200, i/40)
	}
	put("hosts/all.yaml", "hosts:\n"+hosts.String())
	return dir
}

// askerEnv makes a second process of this program the client of the benchmark: it has its own place in the system's scheduler, as
// a machine on the network has, and measures what such a machine would.
const askerEnv = "BOOTLACE_BENCH_ASKER"

// BenchmarkReload10000 reloads a large site again and again while a client asks for scripts 2,000 times a second, and tells how
// long an answer took over loopback: half of them, 99 and 99.9 of a hundred, and the slowest of all.
func BenchmarkReload10000(b *testing.B) {
	if to := os.Getenv(askerEnv); to != "" {
		ask(b, to)
		return
	}
	d, err := assemble(Options{Dir: largeSite(b), Over: site.Overrides{State: b.TempDir()},
		Log: func(configs.Log) (recorder.Log, error) { return recorder.Log{}, nil }})
	if err != nil {
		b.Fatal(err)
	}
	runState(b, d)
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	go reply(b, d.doorFor(nil), conn)
	var out bytes.Buffer
	asker := exec.Command(os.Args[0], "-test.run", "^$", "-test.bench", "^BenchmarkReload10000$", "-test.benchtime", "1x")
	asker.Env, asker.Stdout, asker.Stderr = append(os.Environ(), askerEnv+"="+conn.LocalAddr().String()), &out, os.Stderr
	stop, err := asker.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := asker.Start(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		d.reload()
	}
	_ = stop.Close() // ends the asker
	if err := asker.Wait(); err != nil {
		b.Fatal(err)
	}
	report(b, out.Bytes())
}

// report reads what the asker measured from the line that holds it.
func report(b *testing.B, out []byte) {
	var took []time.Duration
	for line := range bytes.Lines(out) {
		if json.Unmarshal(line, &took) == nil && len(took) > 0 {
			break
		}
	}
	if len(took) < 100 {
		b.Fatalf("%d answers: %s", len(took), out)
	}
	slices.Sort(took)
	for name, i := range map[string]int{"p50": len(took) / 2, "p99": len(took) * 99 / 100, "p99.9": len(took) * 999 / 1000, "max": len(took) - 1} {
		b.ReportMetric(float64(took[i].Microseconds()), "us-"+name)
	}
	b.ReportMetric(float64(len(took)), "answers")
}

// reply opens one machine's script after the other, one for each packet.
func reply(b *testing.B, d *door, conn *net.UDPConn) {
	var buf [16]byte
	for i := 0; ; i = (i + 1) % 10_000 {
		n, from, err := conn.ReadFromUDPAddrPort(buf[:])
		if err != nil {
			return // closed
		}
		f, _, err := d.open(b.Context(), question{boot.HTTP, fmt.Sprintf("m/02-00-00-00-%02x-%02x/boot.ipxe", i>>8, i&255), netip.IPv4Unspecified(), netip.IPv4Unspecified()})
		if err != nil {
			b.Error(err)
			return
		}
		_ = f.Close() // in memory
		if _, err := conn.WriteToUDPAddrPort(buf[:n], from); err != nil {
			return
		}
	}
}

// ask sends a packet every half millisecond and prints how long each answer took, until standard input ends.
func ask(b *testing.B, to string) {
	conn, err := net.Dial("udp4", to)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	var over atomic.Bool
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		over.Store(true)
	}()
	var took []time.Duration
	for buf := make([]byte, 16); !over.Load(); time.Sleep(500 * time.Microsecond) {
		began := time.Now()
		if _, err := conn.Write(buf[:1]); err != nil {
			b.Fatal(err)
		}
		_ = conn.SetReadDeadline(began.Add(5 * time.Second))
		if _, err := conn.Read(buf); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	line, err := json.Marshal(took)
	if err != nil {
		b.Fatal(err)
	}
	fmt.Printf("\n%s\n", line)
}
