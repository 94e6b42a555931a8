// SPDX-License-Identifier: Apache-2.0

package main

import (
	"net/url"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bootlace-net/bootlace/images/catalog"
	"github.com/bootlace-net/bootlace/images/vault"
)

// fileOf reads [ROLE=]URL|FILE.
func fileOf(arg string) (f catalog.File, err error) {
	role, from, said := strings.Cut(arg, "=")
	if !said || !slices.Contains(vault.Roles(), vault.Role(role)) {
		role, from = "", arg
	}
	base := filepath.Base(from)
	if u, perr := url.Parse(from); perr == nil && u.Host != "" {
		base = path.Base(u.Path)
	}
	if role == "" {
		role = string(roleOf(base))
	}
	return catalog.File{Role: role, Path: base, URL: from}, nil
}

// roleOf goes by the names that distributions use.
func roleOf(base string) vault.Role {
	b := strings.ToLower(base)
	begins := func(with ...string) bool {
		return slices.ContainsFunc(with, func(s string) bool { return strings.HasPrefix(b, s) })
	}
	switch {
	case strings.HasSuffix(b, ".iso"):
		return vault.RoleISO
	case strings.HasPrefix(b, "shim"):
		return vault.RoleShim
	case strings.HasSuffix(b, ".efi"):
		return vault.RoleProgram
	case begins("vmlinuz", "linux", "bzimage", "kernel"):
		return vault.RoleKernel
	case begins("initrd", "initramfs"):
		return vault.RoleInitrd
	}
	return vault.RoleOther
}
