// SPDX-License-Identifier: Apache-2.0

package lab

import (
	"fmt"
	"os/exec"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"
)

// Namespace is a network namespace and the thread that holds it.
type Namespace struct {
	Name string // for messages
	tid  int
	work chan func()
	done chan struct{}
}

// NewNamespace makes an empty namespace. It needs root.
func NewNamespace(name string) (*Namespace, error) {
	n := &Namespace{Name: name, work: make(chan func()), done: make(chan struct{})}
	ready := make(chan error)
	go n.hold(ready)
	if err := <-ready; err != nil {
		return nil, fmt.Errorf("network namespace %s: %w (it needs root)", name, err)
	}
	return n, nil
}

// hold never unlocks its thread: the runtime ends a thread whose goroutine ended locked, and with it go the namespace
// and, through their parent-death signal, the programs started from it.
func (n *Namespace) hold(ready chan<- error) {
	runtime.LockOSThread()
	defer close(n.done)
	n.tid = unix.Gettid()
	err := unix.Unshare(unix.CLONE_NEWNET)
	ready <- err
	if err != nil {
		return
	}
	for f := range n.work {
		f()
	}
}

// Do runs f on the namespace's thread: sockets opened and programs started by f belong to the namespace.
// f must not call Do.
func (n *Namespace) Do(f func() error) error {
	result := make(chan error, 1)
	n.work <- func() { result <- f() }
	return <-result
}

// Close gives the namespace up. What runs in it is killed.
func (n *Namespace) Close() {
	close(n.work)
	<-n.done
}

// Path names the namespace for other programs (`nsenter --net=PATH`, `ip link set … netns PATH`).
func (n *Namespace) Path() string {
	return fmt.Sprintf("/proc/%d/task/%d/ns/net", unix.Getpid(), n.tid)
}

// Run runs a short command to its end in the namespace.
func (n *Namespace) Run(stdin string, name string, args ...string) error {
	return n.Do(func() error {
		cmd := exec.Command(name, args...)
		cmd.Stdin = strings.NewReader(stdin)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %s: %w: %s", n.Name, cmd, err, strings.TrimSpace(string(out)))
		}
		return nil
	})
}
