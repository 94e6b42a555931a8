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

// urlOf gives the address of a file of the machine; a scheme, of which there may be one, asks for that protocol.
func urlOf(root any, path string, scheme ...string) (string, error) {
	sc, err := scopeOf(root)
	if err != nil {
		return "", err
	}
	n, err := sc.name(sc.path(strings.TrimPrefix(path, "/")))
	if err != nil {
		return "", err
	}
	server, err := speaking(sc.visit.Server.For(&sc.plan, boot.TrustSystem), scheme)
	if err != nil {
		return "", err
	}
	sc.asked = append(sc.asked, n.Path())
	url := server.URL(escapePath(n.String()))
	if strings.HasSuffix(path, "/") {
		url += "/" // a directory, to which its reader adds names (cloud-init's NoCloud)
	}
	return url, nil
}

// speaking gives the endpoint of this server for a protocol.
func speaking(server boot.Endpoint, scheme []string) (boot.Endpoint, error) {
	switch {
	case len(scheme) == 0 || len(scheme) == 1 && scheme[0] == server.Scheme.String():
		return server, nil
	case len(scheme) == 1 && scheme[0] == boot.TFTP.String():
		return server.TFTP(), nil
	case len(scheme) == 1 && scheme[0] == boot.HTTP.String():
		return server, errors.New("HTTP is off")
	default:
		return server, fmt.Errorf("%q is no protocol: expected one of tftp and http, or nothing", scheme)
	}
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
	case sc.tree.opts.SecretsByToken && sc.slot != slotFile:
		return "", errors.New("loaders read this, and have no token: with secrets: strict a secret is expected in a file that {{ file_url }} tells of")
	}
	sc.holds |= boot.HoldsSecret
	switch {
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
