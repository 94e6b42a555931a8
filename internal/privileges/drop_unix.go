// SPDX-License-Identifier: Apache-2.0

//go:build linux || freebsd || darwin

package privileges

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// Drop makes a process that was started as root one of the named user, for good and in every thread. Its ports
// are bound by then; nothing it does later needs more. A process that is not root stays what it is, and so does one whose
// user is to be "root" or "".
func Drop(name string) error {
	if os.Geteuid() != 0 || name == "" || name == "root" {
		return nil
	}
	uid, gid, err := Lookup(name)
	if err != nil {
		return err
	}
	if err := syscall.Setgroups([]int{gid}); err != nil {
		return fmt.Errorf("drop groups: %w", err)
	}
	if err := syscall.Setgid(gid); err != nil {
		return fmt.Errorf("become group %d: %w", gid, err)
	}
	if err := syscall.Setuid(uid); err != nil {
		return fmt.Errorf("become user %s: %w", name, err)
	}
	return nil
}

// Lookup gives the numbers of a user and of its first group.
func Lookup(name string) (uid, gid int, err error) {
	u, err := user.Lookup(name)
	if err != nil {
		return 0, 0, fmt.Errorf("%w: name a user of this system, or root", err)
	}
	if uid, err = strconv.Atoi(u.Uid); err != nil {
		return 0, 0, fmt.Errorf("user %s: uid %q is no number", name, u.Uid)
	}
	if gid, err = strconv.Atoi(u.Gid); err != nil {
		return 0, 0, fmt.Errorf("user %s: gid %q is no number", name, u.Gid)
	}
	return uid, gid, nil
}
