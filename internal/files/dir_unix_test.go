// SPDX-License-Identifier: Apache-2.0

//go:build unix

package files

import "syscall"

func mkfifo(name string, mode uint32) error { return syscall.Mkfifo(name, mode) }
