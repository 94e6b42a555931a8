// SPDX-License-Identifier: Apache-2.0

package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/bootlace-net/bootlace/boot"
	"github.com/bootlace-net/bootlace/configs"
	"github.com/bootlace-net/bootlace/internal/recorder"
	"github.com/bootlace-net/bootlace/internal/site"
)

// edition writes a site all of whose rendered files tell the same number everywhere, with or without a mistake in it.
func edition(t *testing.T, dir string, n int, wrong bool) {
	t.Helper()
	mistake := ""
	if wrong {
		mistake = "\ncmdlin: [typo]"
	}
	for name, text := range map[string]string{
		"profiles/p.yaml": fmt.Sprintf("kernel: e%[1]d/linux\ninitrd: [e%[1]d/initrd]\ncmdline: [edition=%[1]d, 'again={{ .vars.n }}', %[2]s]\nvars: {n: %[1]d}\nfiles: {seed: {content: \"{{ .vars.n }} %[3]s {{ .vars.n }}\"}}%[4]s\n",
			n, strings.Repeat(fmt.Sprintf("pad=%d, ", n), 50)+"end", strings.Repeat(fmt.Sprintf("%d ", n), 2000), mistake),
		"hosts/h.yaml": "hosts:\n  - {name: node, match: {mac: '52:54:00:00:00:01'}, profile: p}\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path+"~", []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(path+"~", path); err != nil {
			t.Fatal(err)
		}
	}
}

// TestReloadUnderLoad: while configurations come and go, some of them wrong, every file is wholly of one edition, as long as
// it said, and never of one older than what was in use when it was asked for; a wrong one never shows.
func TestReloadUnderLoad(t *testing.T) {
	dir := t.TempDir()
	edition(t, dir, 200, false)
	d, err := assemble(Options{Dir: dir, Over: site.Overrides{State: t.TempDir()},
		Log: func(configs.Log) (recorder.Log, error) { return recorder.Log{}, nil }})
	if err != nil {
		t.Fatal(err)
	}
	runState(t, d)
	var over atomic.Bool
	var inUse, newest, reads atomic.Int64
	inUse.Store(200)
	newest.Store(200)
	var readers sync.WaitGroup
	for _, name := range []string{"boot.ipxe", "autoexec.ipxe", "pxelinux.cfg/default", "grub/grub.cfg", "seed"} {
		for range 2 {
			readers.Go(func() {
				for !over.Load() {
					least := inUse.Load()
					n, err := oneEdition(d.doorFor(nil), "m/52-54-00-00-00-01/"+name)
					if err != nil {
						t.Errorf("%s: %v", name, err)
						return
					}
					if n < least || n > newest.Load() || n%2 != 0 {
						t.Errorf("%s is of edition %d, while %d was in use", name, n, least)
					}
					reads.Add(1)
				}
			})
		}
	}
	for n := int64(201); n <= 240; n++ {
		wrong := n%2 == 1
		edition(t, dir, int(n), wrong)
		if !wrong {
			newest.Store(n)
		}
		d.reload()
		if !wrong {
			inUse.Store(n)
		}
	}
	over.Store(true)
	readers.Wait()
	if n, err := oneEdition(d.doorFor(nil), "m/52-54-00-00-00-01/boot.ipxe"); err != nil || n != 240 || reads.Load() < 40 {
		t.Errorf("in the end edition %d, %v, after %d reads", n, err, reads.Load())
	}
}

// oneEdition reads a file twice, in different pieces, and gives the one number of three digits that is in it.
func oneEdition(d *door, name string) (int64, error) {
	f, _, err := d.open(context.Background(), question{boot.HTTP, name, netip.IPv4Unspecified(), netip.IPv4Unspecified()})
	if err != nil {
		return 0, err
	}
	defer f.Close()
	text := make([]byte, f.Size())
	if _, err := f.ReadAt(text, 0); err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	again, err := io.ReadAll(io.NewSectionReader(f, 0, 1<<20))
	if err != nil || string(again) != string(text) {
		return 0, fmt.Errorf("%d bytes, then %d, %w", len(text), len(again), err)
	}
	seen := map[string]bool{}
	for _, n := range regexp.MustCompile(`\b2\d\d\b`).FindAllString(strings.ReplaceAll(string(text), "e2", "e 2"), -1) {
		seen[n] = true
	}
	if len(seen) != 1 {
		return 0, fmt.Errorf("editions %v in one file", seen)
	}
	for n := range seen {
		var number int64
		_, err = fmt.Sscan(n, &number)
		return number, err
	}
	return 0, nil
}
