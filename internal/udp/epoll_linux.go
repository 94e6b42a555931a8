// SPDX-License-Identifier: Apache-2.0

package udp

import (
	"os"
	"slices"
	"unsafe"

	"golang.org/x/sys/unix"
)

// look takes what is ready, without waiting and without telling the scheduler.
func (s *Set) look() error {
	n, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(s.polled), uintptr(unsafe.Pointer(unsafe.SliceData(s.events))), uintptr(len(s.events)), 0, 0, 0)
	if errno != 0 && errno != unix.EINTR {
		return os.NewSyscallError("epoll_pwait", errno)
	}
	s.ready = s.events[:0]
	if errno == 0 {
		s.ready = s.events[:n]
	}
	return nil
}

// epollWait waits for what look would find, in one system call; Linux before 5.11 takes two.
func (s *Set) epollWait(ts *unix.Timespec) (ready, kick bool, err error) {
	n, _, errno := unix.Syscall6(unix.SYS_EPOLL_PWAIT2, uintptr(s.polled), uintptr(unsafe.Pointer(unsafe.SliceData(s.events))), uintptr(len(s.events)),
		uintptr(unsafe.Pointer(ts)), 0, 0)
	switch {
	case errno == unix.ENOSYS || errno == unix.EPERM: // EPERM: a filter that does not know it
		s.sleep = s.ppoll
		return s.ppoll(ts)
	case errno != 0:
		return false, false, os.NewSyscallError("epoll_pwait2", errno)
	}
	s.ready = s.events[:n]
	kick = slices.ContainsFunc(s.ready, func(e unix.EpollEvent) bool { return e.Fd == kicked })
	return n > 1 || n == 1 && !kick, kick, nil
}
