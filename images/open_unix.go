// SPDX-License-Identifier: Apache-2.0

//go:build unix

package images

import (
	"errors"
	"syscall"
)

func isNotDir(err error) bool { return errors.Is(err, syscall.ENOTDIR) }
func isLoop(err error) bool   { return errors.Is(err, syscall.ELOOP) }
