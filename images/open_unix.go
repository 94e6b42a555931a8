// SPDX-License-Identifier: Apache-2.0

//go:build unix

package images

import (
	"errors"
	"os"
	"syscall"
)

// openFlags keep a named pipe from blocking the request that asks for it.
const openFlags = os.O_RDONLY | syscall.O_NONBLOCK

func isNotDir(err error) bool { return errors.Is(err, syscall.ENOTDIR) }
func isLoop(err error) bool   { return errors.Is(err, syscall.ELOOP) }
