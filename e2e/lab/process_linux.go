// SPDX-License-Identifier: Apache-2.0

package lab

import (
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"syscall"
	"time"
)

// Process is a long-running program in a namespace.
type Process struct {
	Name  string
	Stdin io.WriteCloser
	cmd   *exec.Cmd
	done  chan struct{}
	err   error
}

// stopGrace is how long a program may take to end after SIGTERM.
const stopGrace = 15 * time.Second

// Start starts a program whose output goes to out. It is in a process group of its own, so that a Ctrl-C in the terminal
// reaches only us and Stop can end its children too.
func (n *Namespace) Start(out io.Writer, name string, args ...string) (*Process, error) {
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.WaitDelay = time.Second
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	p := &Process{Name: name, Stdin: stdin, cmd: cmd, done: make(chan struct{})}
	if err := n.Do(cmd.Start); err != nil {
		return nil, fmt.Errorf("%s: %w", n.Name, err)
	}
	dismiss, err := guard(p.PID())
	if err != nil {
		_ = syscall.Kill(-p.PID(), syscall.SIGKILL)
	}
	go func() {
		p.err = errors.Join(cmd.Wait(), err)
		dismiss()
		close(p.done)
	}()
	return p, nil
}

// guard ends a program's group when we are gone without having ended it, as after SIGKILL or a test's own timeout. The
// parent-death signal is not enough: the kernel forgets it when a program changes its user (prctl(2)), as Bootlace does.
func guard(pid int) (dismiss func(), err error) {
	g := exec.Command("sh", "-c", `read -r _ || kill -s KILL -- "-$0"`, strconv.Itoa(pid))
	g.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	line, err := g.StdinPipe()
	if err != nil {
		return func() {}, err
	}
	if err := g.Start(); err != nil {
		return func() {}, err
	}
	return func() {
		_, _ = io.WriteString(line, "\n") // a guard that was killed is not missed
		_ = g.Wait()
	}, nil
}

// Done is closed when the program has ended and all its output was taken.
func (p *Process) Done() <-chan struct{} { return p.done }

// Ended tells whether the program has ended.
func (p *Process) Ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// PID is the program's process id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Err is how the program ended; nil while it runs and after exit code 0.
func (p *Process) Err() error {
	if !p.Ended() {
		return nil
	}
	return p.err
}

// Ending is how the program ended, in the system's words: "exit status 0", "signal: killed"; "" while it runs.
func (p *Process) Ending() string {
	if !p.Ended() {
		return ""
	}
	return p.cmd.ProcessState.String()
}

// Stop ends the program: SIGTERM, then SIGKILL to its whole group. It returns when it is gone.
// The error says that it did not end by itself.
func (p *Process) Stop() error {
	if p.Ended() {
		return nil
	}
	_ = syscall.Kill(-p.PID(), syscall.SIGTERM)
	select {
	case <-p.done:
		return nil
	case <-time.After(stopGrace):
	}
	err := syscall.Kill(-p.PID(), syscall.SIGKILL)
	<-p.done
	return errors.Join(fmt.Errorf("%s did not end within %v of SIGTERM and was killed", p.Name, stopGrace), err)
}

// Kill ends the program as a power cut would: SIGKILL to its whole group, at once. It returns when it is gone.
func (p *Process) Kill() error {
	err := syscall.Kill(-p.PID(), syscall.SIGKILL)
	<-p.done
	return err
}
