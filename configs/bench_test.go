// SPDX-License-Identifier: Apache-2.0

package configs

import (
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
)

// bigSite is a site of 10,000 hosts in files of perFile, and 200 profiles.
func bigSite(perFile int) fs.FS {
	fsys := fstest.MapFS{
		"bootlace.yaml":      {Data: []byte("unknown: menu\n")},
		"profiles/base.yaml": {Data: []byte("kernel: base/linux\ncmdline: [console=ttyS0, quiet]\nvars: {domain: example.net, disk: {root: /dev/sda}}\n")},
	}
	for i := range 199 {
		fsys[fmt.Sprintf("profiles/p%03d.yaml", i)] = &fstest.MapFile{Data: fmt.Appendf(nil,
			"inherits: [base]\ntitle: Profile %d\ninitrd: [p%d/initrd]\ncmdline: [console=ttyS1, n=%d]\nvars: {n: %d}\n", i, i, i, i)}
	}
	var b strings.Builder
	flush := func(i int) {
		if b.Len() > 0 {
			fsys[fmt.Sprintf("hosts/h%05d.yaml", i)] = &fstest.MapFile{Data: []byte("hosts:\n" + b.String())}
			b.Reset()
		}
	}
	for i := range 10000 {
		fmt.Fprintf(&b, "- name: node%d\n  match: {mac: [\"02:00:00:00:%02x:%02x\", \"02:00:00:01:%02x:%02x\"]}\n  profile: p%03d\n  vars:\n    hostname: node%d\n    rack: r%d\n",
			i, i>>8, i&255, i>>8, i&255, i%199, i, i/40)
		if i%perFile == perFile-1 {
			flush(i)
		}
	}
	flush(10000)
	return fsys
}

func BenchmarkLoad10000(b *testing.B) {
	for _, perFile := range []int{40, 1000, 10000} {
		b.Run(fmt.Sprintf("%d-a-file", perFile), func(b *testing.B) {
			fsys := bigSite(perFile)
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				cfg, problems := check(fsys, "")
				if cfg == nil {
					b.Fatal(problems[0])
				}
			}
		})
	}
}

// BenchmarkMemory10000 says what a loaded site keeps, and how much the process has had in use at most.
func BenchmarkMemory10000(b *testing.B) {
	fsys := bigSite(1000)
	for range b.N {
		before := heap()
		cfg, _ := check(fsys, "")
		b.ReportMetric(float64(heap()-before)/(1<<20), "MiB-kept")
		runtime.KeepAlive(cfg)
		b.ReportMetric(peakRSS(b), "MiB-peak-rss")
	}
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// peakRSS reads what Linux has counted; 0 elsewhere.
func peakRSS(b *testing.B) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	var kib float64
	for line := range strings.Lines(string(status)) {
		if text, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			if _, err := fmt.Sscanf(text, "%f", &kib); err != nil {
				b.Fatal(err)
			}
		}
	}
	return kib / 1024
}
