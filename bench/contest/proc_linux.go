// SPDX-License-Identifier: Apache-2.0

package contest

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// tick is the unit of times in /proc/PID/stat: USER_HZ is 100 on every Linux system.
const tick = 10 * time.Millisecond

// treeTime sums the CPU time of a process tree. The process itself is read from its CPU clock, to the nanosecond and with dead
// threads; children, living and reaped, from /proc in ticks.
func treeTime(pid int) (time.Duration, error) {
	var ts unix.Timespec
	// clock_getcpuclockid(3): the clock of another process is its complemented pid, shifted, with CPUCLOCK_SCHED = 2.
	if err := unix.ClockGettime(int32(^pid)<<3|2, &ts); err != nil {
		return 0, fmt.Errorf("CPU clock of process %d: %w", pid, err)
	}
	total := time.Duration(ts.Nano())
	_, reaped, err := statTimes(pid)
	if err != nil {
		return 0, err
	}
	total += reaped
	for _, c := range descendants(pid) {
		if own, reaped, err := statTimes(c); err == nil { // a child that ended meanwhile is counted with its parent next time
			total += own + reaped
		}
	}
	return total, nil
}

// statTimes returns the CPU time of a process and of its reaped children.
func statTimes(pid int) (own, reaped time.Duration, err error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, 0, err
	}
	return parseStat(b)
}

// parseStat reads utime, stime, cutime and cstime: fields 14 to 17, counted after the name, which may hold blanks and brackets.
func parseStat(b []byte) (own, reaped time.Duration, err error) {
	fields := bytes.Fields(b[bytes.LastIndexByte(b, ')')+1:])
	if len(fields) < 15 {
		return 0, 0, fmt.Errorf("short stat line %q", b)
	}
	var v [4]int64
	for i := range v {
		if v[i], err = strconv.ParseInt(string(fields[11+i]), 10, 64); err != nil {
			return 0, 0, err
		}
	}
	return time.Duration(v[0]+v[1]) * tick, time.Duration(v[2]+v[3]) * tick, nil
}

// descendants lists all children of all threads, deep.
func descendants(pid int) []int {
	var all []int
	for _, tid := range threads(pid) {
		b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, tid))
		for _, f := range strings.Fields(string(b)) {
			if c, err := strconv.Atoi(f); err == nil {
				all = append(all, c)
				all = append(all, descendants(c)...)
			}
		}
	}
	return all
}

// threads lists the threads of a process.
func threads(pid int) []int {
	var all []int
	tasks, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	for _, t := range tasks {
		if tid, err := strconv.Atoi(t.Name()); err == nil {
			all = append(all, tid)
		}
	}
	return all
}

// peakMemory is VmHWM of one process in bytes, 0 when it is gone.
func peakMemory(pid int) int64 {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			if kb, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64); err == nil {
				return kb << 10
			}
		}
	}
	return 0
}

// treeMemory is the resident size of a process and what its descendants hold beside file pages, which they share.
func treeMemory(pid int) int64 {
	resident, _ := statm(pid)
	for _, c := range descendants(pid) {
		r, shared := statm(c)
		resident += r - shared
	}
	return resident
}

func statm(pid int) (resident, shared int64) {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	f := strings.Fields(string(b))
	if len(f) < 3 {
		return 0, 0
	}
	page := int64(os.Getpagesize())
	resident, _ = strconv.ParseInt(f[1], 10, 64)
	shared, _ = strconv.ParseInt(f[2], 10, 64)
	return resident * page, shared * page
}
