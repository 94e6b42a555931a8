// SPDX-License-Identifier: Apache-2.0

package contest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Process is a running server; it ends with Stop, or with this program.
type Process struct {
	cmd    *exec.Cmd
	group  *group // nil: where there is none, /proc must do
	output tail
	exited chan struct{}
	err    error
	peak   int64
	mu     sync.Mutex
}

// Start runs a server. Its process group is its own, so that Stop reaches what it forks.
func Start(ctx context.Context, argv []string) (*Process, error) {
	return StartCmd(ctx, exec.Command(argv[0], argv[1:]...))
}

// StartCmd is Start for a command that needs more than arguments, as a namespace of its own.
func StartCmd(ctx context.Context, cmd *exec.Cmd) (*Process, error) {
	p := &Process{cmd: cmd, exited: make(chan struct{})}
	p.group, _ = newGroup() // without one the times of /proc are used
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	cmd.Stdout, cmd.Stderr = &p.output, &p.output
	cmd.WaitDelay = time.Second
	if p.group != nil {
		cmd.SysProcAttr.UseCgroupFD, cmd.SysProcAttr.CgroupFD = true, int(p.group.dir.Fd())
	}
	if err := cmd.Start(); err != nil {
		if p.group != nil {
			p.group.close()
		}
		return nil, err
	}
	go func() {
		p.err = cmd.Wait()
		close(p.exited)
	}()
	go p.watch(ctx)
	return p, nil
}

// watch samples the memory of the tree once a second: one process keeps its own peak, a forest of them does not.
func (p *Process) watch(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-p.exited:
			return
		case <-ctx.Done():
			return
		case <-tick.C:
			p.note(treeMemory(p.cmd.Process.Pid))
		}
	}
}

func (p *Process) note(v int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.peak = max(p.peak, v)
}

// CPU is the user and system time used so far by the process, its descendants and its dead children.
func (p *Process) CPU() (time.Duration, error) {
	if p.group != nil {
		return p.group.time()
	}
	return treeTime(p.cmd.Process.Pid)
}

// Peak is the greatest memory seen, in bytes.
func (p *Process) Peak() int64 {
	p.note(max(peakMemory(p.cmd.Process.Pid), treeMemory(p.cmd.Process.Pid)))
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.peak
}

// Exited tells whether the server has ended by itself, and why.
func (p *Process) Exited() error {
	select {
	case <-p.exited:
		if p.err == nil {
			return fmt.Errorf("server ended: %s", p.output.String())
		}
		return fmt.Errorf("server ended: %w: %s", p.err, p.output.String())
	default:
		return nil
	}
}

// Says returns the last line the server wrote, for an error that only it can explain.
func (p *Process) Says() string {
	text := p.output.String()
	return text[strings.LastIndexByte(text, '\n')+1:]
}

// Pid of the server.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Stop ends the server and everything it started: asked first, then forced.
func (p *Process) Stop() {
	pid := p.cmd.Process.Pid
	_ = syscall.Kill(-pid, syscall.SIGTERM)
	select {
	case <-p.exited:
	case <-time.After(2 * time.Second):
	}
	_ = syscall.Kill(-pid, syscall.SIGKILL)
	<-p.exited
	if p.group != nil {
		p.group.close()
	}
}

// Keep lets the server and what it starts from now on run on the given processors only (none: all). It comes after the start, because
// a runtime that counts processors must not take the server for one on a smaller machine.
func (p *Process) Keep(cpus []int) error {
	if len(cpus) == 0 {
		return nil
	}
	var set unix.CPUSet
	for _, c := range cpus {
		set.Set(c)
	}
	var errs error
	for _, pid := range append(descendants(p.Pid()), p.Pid()) {
		for _, tid := range threads(pid) {
			if err := unix.SchedSetaffinity(tid, &set); err != nil && !errors.Is(err, unix.ESRCH) {
				errs = errors.Join(errs, fmt.Errorf("processors of thread %d: %w", tid, err))
			}
		}
	}
	return errs
}

// tail keeps the last words of a server, for the message when it fails.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

const tailSize = 2048

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, b...)
	if len(t.buf) > 2*tailSize {
		t.buf = append(t.buf[:0], t.buf[len(t.buf)-tailSize:]...)
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(bytes.TrimSpace(t.buf))
}
