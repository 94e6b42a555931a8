// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
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

// BenchmarkReload10000 reloads a large site again and again while one client asks for scripts without a pause, and tells
// how long a request took: half of them, 99 and 99.9 of a hundred, and the slowest of all.
func BenchmarkReload10000(b *testing.B) {
	d, err := assemble(Options{Dir: largeSite(b), Over: Overrides{State: b.TempDir()},
		Log: func(configs.Log) (zerolog.Logger, error) { return zerolog.Nop(), nil }})
	if err != nil {
		b.Fatal(err)
	}
	stop, took := make(chan struct{}), make(chan []time.Duration)
	go func() { took <- ask(b, d.tree, stop) }()
	for b.Loop() {
		d.reload()
	}
	close(stop)
	all := <-took
	slices.Sort(all)
	b.ReportMetric(float64(all[len(all)/2].Microseconds()), "us-p50")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds()), "us-p99")
	b.ReportMetric(float64(all[len(all)*999/1000].Microseconds()), "us-p99.9")
	b.ReportMetric(float64(all[len(all)-1].Microseconds()), "us-max")
}

// ask opens scripts of one machine after the other until stop.
func ask(b *testing.B, t *tree, stop <-chan struct{}) (took []time.Duration) {
	for i := 0; ; i = (i + 1) % 10_000 {
		select {
		case <-stop:
			return took
		default:
		}
		began := time.Now()
		f, _, err := t.open(boot.HTTP, fmt.Sprintf("m/02-00-00-00-%02x-%02x/boot.ipxe", i>>8, i&255), netip.IPv4Unspecified(), netip.IPv4Unspecified())
		if err != nil {
			b.Error(err)
			return took
		}
		took = append(took, time.Since(began))
		_ = f.Close() // in memory
	}
}
