// SPDX-License-Identifier: Apache-2.0

package mmsg

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// Bind keeps the calling thread, which must be locked to its goroutine, on one processor, counted from 1; with 0 it does nothing.
// restore undoes it.
func Bind(cpu int) (restore func(), err error) {
	if cpu == 0 {
		return func() {}, nil
	}
	var before, set unix.CPUSet
	set.Set(cpu - 1)
	if err := errors.Join(unix.SchedGetaffinity(0, &before), unix.SchedSetaffinity(0, &set)); err != nil {
		return nil, fmt.Errorf("processor %d: %w", cpu-1, err)
	}
	return func() { _ = unix.SchedSetaffinity(0, &before) }, nil
}
