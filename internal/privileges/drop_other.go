// SPDX-License-Identifier: Apache-2.0

//go:build !linux && !freebsd && !darwin

package privileges

// Drop does nothing: there is no root here, the service manager chooses the account.
func Drop(string) error { return nil }

// Lookup is not asked: nobody is root here.
func Lookup(string) (uid, gid int, err error) { return -1, -1, nil }

// Inherit does nothing: a new file has the rights of its directory here.
func Inherit(string, string) error { return nil }
