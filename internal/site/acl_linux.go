// SPDX-License-Identifier: Apache-2.0

package site

import "syscall"

// hasList reports whether an access control list says more than mode bits do (acl(5)).
func hasList(path string) bool {
	n, err := syscall.Getxattr(path, "system.posix_acl_access", nil)
	return err == nil && n > 0
}
