// SPDX-License-Identifier: Apache-2.0

package contest

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// sh starts a shell script as a server would be.
func sh(t *testing.T, script string) *Process {
	t.Helper()
	p, err := Start(context.Background(), []string{"/bin/sh", "-c", script})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return p
}

// until waits for a condition that a real process brings about; its own time plays no part in the verdict.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 2000 {
		if ok() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("never: %s", what)
}

func TestCPUCountsReapedAndLivingChildren(t *testing.T) {
	const burn = `i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done`
	for name, script := range map[string]string{
		"itself":       burn + "; exec sleep 60",
		"reaped child": "(" + burn + "); sleep 60",
		"living child": "(" + burn + "; sleep 60) & wait",
	} {
		t.Run(name, func(t *testing.T) {
			p := sh(t, script)
			for source, cpu := range map[string]func() (time.Duration, error){"best": p.CPU, "proc": func() (time.Duration, error) { return treeTime(p.Pid()) }} {
				until(t, "30 ms of CPU time from "+source, func() bool {
					d, err := cpu()
					return err == nil && d >= 30*time.Millisecond
				})
			}
		})
	}
}

// TestGroupCountsForgottenChildren needs the right to make control groups; a server that ignores SIGCHLD is counted nowhere else.
func TestGroupCountsForgottenChildren(t *testing.T) {
	g, err := newGroup()
	if err != nil {
		t.Skip("no control groups here: ", err)
	}
	g.close()
	p, err := Start(context.Background(), []string{"/bin/sh", "-c", "trap '' CHLD; (i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done); exec sleep 60"})
	if err != nil {
		t.Fatal(err)
	}
	path := p.group.path
	until(t, "30 ms of CPU time", func() bool {
		d, err := p.CPU()
		return err == nil && d >= 30*time.Millisecond
	})
	p.Stop()
	if _, err := os.Stat(path); err == nil {
		t.Error("the control group is left behind")
	}
}

func TestParseCPUStat(t *testing.T) {
	got, err := parseCPUStat("usage_usec 216677\nuser_usec 216677\nsystem_usec 0\n")
	if err != nil || got != 216677*time.Microsecond {
		t.Errorf("%v %v", got, err)
	}
	if _, err := parseCPUStat("user_usec 1\n"); err == nil {
		t.Error("a file without usage is accepted")
	}
}

func TestKeepReachesChildren(t *testing.T) {
	p := sh(t, "sleep 3600 & sleep 3600; sleep 3600")
	until(t, "two children", func() bool { return len(descendants(p.Pid())) == 2 })
	if err := p.Keep([]int{0}); err != nil {
		t.Fatal(err)
	}
	for _, pid := range append(descendants(p.Pid()), p.Pid()) {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		if err != nil || !strings.Contains(string(b), "Cpus_allowed_list:\t0\n") {
			t.Errorf("not on processor 0 alone: %v\n%s", err, b)
		}
	}
	if err := p.Keep(nil); err != nil {
		t.Errorf("no processors named: %v", err)
	}
}

func TestPeakMemory(t *testing.T) {
	p := sh(t, "sleep 60")
	until(t, "some memory", func() bool { return p.Peak() > 100<<10 })
	if p.Peak() > 1<<30 {
		t.Errorf("a shell of %d bytes", p.Peak())
	}
}

func TestExitedSaysWhy(t *testing.T) {
	p := sh(t, "echo no such option >&2; exit 3")
	until(t, "exit", func() bool { return p.Exited() != nil })
	if err := p.Exited().Error(); !strings.Contains(err, "no such option") || !strings.Contains(err, "exit status 3") {
		t.Errorf("says %q", err)
	}
}

func TestStopReachesChildren(t *testing.T) {
	p := sh(t, "trap '' TERM; sleep 3600 & sleep 3600; sleep 3600")
	until(t, "children", func() bool { return len(descendants(p.Pid())) > 0 })
	kids := descendants(p.Pid())
	p.Stop()
	for _, k := range kids {
		until(t, "children gone", func() bool {
			b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", k))
			return len(b) == 0 || strings.Contains(string(b), ") Z ")
		})
	}
}

func TestParseStat(t *testing.T) {
	own, reaped, err := parseStat([]byte("77 (a) b) (c) S 1 77 77 0 -1 4194560 113 0 0 0 12 34 56 78 20 0 1 0 100 0 0"))
	if err != nil || own != 460*time.Millisecond || reaped != 1340*time.Millisecond {
		t.Errorf("own %v reaped %v err %v", own, reaped, err)
	}
	for _, bad := range []string{"", "1 (a) S 1", "1 (a) S 1 1 1 0 1 1 1 1 1 1 x 1 1 1 1"} {
		if _, _, err := parseStat([]byte(bad)); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}
