// SPDX-License-Identifier: Apache-2.0

package menus

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/bootlace-net/bootlace/boot"
)

func urlOf(root any, path string) (string, error) {
	sc, err := scopeOf(root)
	if err != nil {
		return "", err
	}
	n, err := sc.name(sc.path(strings.TrimPrefix(path, "/")))
	if err != nil {
		return "", err
	}
	if strings.HasSuffix(path, "/") {
		return sc.url(n) + "/", nil // a directory, to which its reader adds names (cloud-init's NoCloud)
	}
	return sc.url(n), nil
}

func include(root any, name string, data any) (string, error) {
	sc, err := scopeOf(root)
	if err != nil {
		return "", err
	}
	t := sc.tree.partials.Lookup(name)
	if t == nil || name == "" {
		return "", fmt.Errorf("there is no template %q: %s", name, boot.Hint(name, sc.tree.partialNames()))
	}
	var b strings.Builder
	if err := t.Execute(&b, data); err != nil {
		return "", err
	}
	return b.String(), nil
}

func secret(root any, name string) (string, error) {
	sc, err := scopeOf(root)
	switch {
	case err != nil:
		return "", err
	case sc.dryRun && sc.tree.opts.SecretTrouble != nil:
		return "secret", sc.tree.opts.SecretTrouble(name)
	case sc.dryRun:
		return "secret", nil
	case sc.tree.opts.Secret == nil:
		return "", errors.New("there are no secrets: none are configured")
	}
	return sc.tree.opts.Secret(name, sc.visit.Client)
}

func macForm(form func(boot.MAC) string) func(string) (string, error) {
	return func(s string) (string, error) {
		if s == "" {
			return "", nil // not known: as empty as it was
		}
		m, err := boot.ParseMAC(s)
		return form(m), err
	}
}

func bare(m boot.MAC) string { return hex.EncodeToString(m[:]) }

func hexIPText(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	a, err := netip.ParseAddr(s)
	if err != nil || !a.Unmap().Is4() {
		return "", fmt.Errorf("%q is not an IPv4 address", s)
	}
	return hexIP(a.Unmap()), nil
}

// hexIP is how PXELINUX, U-Boot and GRUB write an IPv4 address in a file's name.
func hexIP(a netip.Addr) string {
	b := a.As4()
	return strings.ToUpper(hex.EncodeToString(b[:]))
}
