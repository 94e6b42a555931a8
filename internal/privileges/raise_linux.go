// SPDX-License-Identifier: Apache-2.0

package privileges

import (
	"fmt"

	"kernel.org/pub/linux/libs/security/libcap/cap"
)

// Raise puts the capabilities into effect that this process was permitted and has not got in effect, in every thread. A file's
// capabilities are best marked as permitted only: were they marked effective, the kernel would not start the program at all in a
// container that lacks one of them (capabilities(7), "Transformation of capabilities during execve"). Most processes have none.
func Raise() error {
	have := cap.GetProc()
	if differ, err := have.Cf(raised(have)); err != nil || differ == 0 {
		return err
	}
	if err := raised(have).SetProc(); err != nil {
		return fmt.Errorf("put capabilities into effect: %w", err)
	}
	return nil
}

// raised is a set in which everything that is permitted is in effect.
func raised(have *cap.Set) *cap.Set {
	out, err := have.Dup()
	if err == nil {
		err = out.FillFlag(cap.Effective, have, cap.Permitted)
	}
	if err != nil {
		return have // only a set that is no set cannot be copied
	}
	return out
}
