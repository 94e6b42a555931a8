// SPDX-License-Identifier: Apache-2.0

//go:build linux || freebsd || darwin

package site

import (
	"fmt"
	"io/fs"
	"os/user"
	"strconv"
	"syscall"
)

// servingUser is who serve becomes when it is started as root; nil when it stays who it is.
func servingUser(name string) (*account, error) {
	if name == "" || name == "root" {
		return nil, nil
	}
	u, err := user.Lookup(name)
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("uid %q is no number", u.Uid)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("gid %q is no number", u.Gid)
	}
	return &account{name, uint32(uid), uint32(gid)}, nil
}

func owner(info fs.FileInfo) (uid, gid uint32, ok bool) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, false
	}
	return st.Uid, st.Gid, true
}
