// SPDX-License-Identifier: Apache-2.0

//go:build !linux && !freebsd && !darwin

package daemon

// dropPrivileges does nothing: there is no root here, the service manager chooses the account.
func dropPrivileges(string) error { return nil }

// lookup is not asked: nobody is root here.
func lookup(string) (uid, gid int, err error) { return -1, -1, nil }
