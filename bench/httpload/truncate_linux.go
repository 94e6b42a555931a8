// SPDX-License-Identifier: Apache-2.0

package httpload

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// mostAtOnce is more than a socket ever holds.
const mostAtOnce = 16 << 20

// truncate takes up to so many bytes off a socket without copying them: the buffer is not touched (tcp(7), MSG_TRUNC).
func truncate(fd uintptr, buf []byte, most int64) (int64, syscall.Errno) {
	n, _, errno := unix.Syscall6(unix.SYS_RECVFROM, fd, uintptr(unsafe.Pointer(&buf[0])), uintptr(min(most, mostAtOnce)), unix.MSG_TRUNC|unix.MSG_DONTWAIT, 0, 0)
	return int64(n), errno
}
