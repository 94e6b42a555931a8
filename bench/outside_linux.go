// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

// outside builds the binary and starts this program again in a network namespace of its own, which ends with it.
func outside(ctx context.Context, o *options, args []string, stdout, stderr io.Writer) error {
	dir, err := os.MkdirTemp("", "bootlace-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := os.Chmod(dir, 0o755); err != nil { // servers that give up root read it
		return err
	}
	if o.bootlace == "" {
		path := filepath.Join(dir, "bootlace")
		build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", path, "github.com/bootlace-net/bootlace/cmd/bootlace")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			_, _ = fmt.Fprintf(stderr, "bench: bootlace does not build, the others are measured without it: %v\n%s", err, out)
		}
		args = append([]string{"-bootlace", path}, args...)
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(self, append([]string{verbInside}, args...)...)
	cmd.Env = append(os.Environ(), "TMPDIR="+dir)
	cmd.Stdout, cmd.Stderr = stdout, stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("a network namespace of its own (run as root, or allow user namespaces): %w", err)
	}
	err = cmd.Wait() // an interrupt reaches it as well: it is in the same process group
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return errors.New("no result")
	}
	return err
}

// settle makes the new namespace usable and lifts the limits that 10,000 sockets of a server meet.
func settle() error {
	if err := configure(unix.SIOCSIFFLAGS, "lo", up); err != nil {
		return fmt.Errorf("loopback up: %w", err)
	}
	// tftpd-hpa resolves its own address with AI_ADDRCONFIG, which finds IPv4 only where an address other than 127.0.0.1 exists.
	second := func(r *unix.Ifreq) error { return r.SetInet4Addr([]byte{192, 0, 2, 1}) }
	if err := configure(unix.SIOCSIFADDR, "lo:1", second); err != nil {
		return fmt.Errorf("second address: %w", err)
	}
	const files = 65536
	if unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: files, Max: files}) == nil {
		return nil
	}
	var l unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &l); err != nil {
		return err
	}
	l.Cur = l.Max
	return unix.Setrlimit(unix.RLIMIT_NOFILE, &l)
}
